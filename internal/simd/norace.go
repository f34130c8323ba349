//go:build !race

package simd

// Reads tells the race detector, which does not see assembly, that x is read.
// Without the detector it is nothing.
func Reads(x []float64) {}

// Writes tells the race detector, which does not see assembly, that x is written.
// Without the detector it is nothing.
func Writes(x []float64) {}
