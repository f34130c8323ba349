//go:build !race

package simd

// Race tells whether the race detector is on, under which Go code takes many times longer.
const Race = false

// Reads tells the race detector, which does not see assembly, that x is read.
// Without the detector it is nothing.
func Reads(x []float64) {}

// Writes tells the race detector, which does not see assembly, that x is written.
// Without the detector it is nothing.
func Writes(x []float64) {}
