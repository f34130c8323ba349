//go:build race

package simd

import (
	"runtime"
	"unsafe"
)

// Race tells whether the race detector is on, under which Go code takes many times longer.
const Race = true

// Reads tells the race detector, which does not see assembly, that x is read.
func Reads(x []float64) {
	if len(x) > 0 {
		runtime.RaceReadRange(unsafe.Pointer(&x[0]), 8*len(x))
	}
}

// Writes tells the race detector, which does not see assembly, that x is written.
func Writes(x []float64) {
	if len(x) > 0 {
		runtime.RaceWriteRange(unsafe.Pointer(&x[0]), 8*len(x))
	}
}
