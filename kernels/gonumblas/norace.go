//go:build !race

package gonumblas

// annotate tells the race detector, which does not see assembly, that x and m rows of n
// elements of a are read, and y written. Without the detector it is nothing.
func annotate(m, n int, a []float64, lda int, x, y []float64) {}
