//go:build !(darwin || linux)

package kerneltest

import "testing"

// PageEnd returns a copy of values that ends where a page begins that can be neither read
// nor written, so that a stray access crashes even if its value is dropped. The memory
// lives until the test ends. Systems without such pages give a copy on the heap.
func PageEnd(t testing.TB, values []float64) []float64 { return onHeap(values) }
