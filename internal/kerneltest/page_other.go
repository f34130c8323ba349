//go:build !(darwin || linux)

package kerneltest

import (
	"slices"
	"testing"
)

// PageEnd returns a copy of values that ends where a page begins that can be neither read
// nor written, so that a stray access crashes even if its value is dropped. The memory
// lives until the test ends. Linux and Darwin have such pages; elsewhere the copy is on
// the heap.
func PageEnd(t testing.TB, values []float64) []float64 { return slices.Clip(slices.Clone(values)) }
