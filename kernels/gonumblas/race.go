//go:build race

package gonumblas

import "github.com/rapidhgn/rapidhgn/internal/simd"

// annotate tells the race detector, which does not see assembly, that x and m rows of n
// elements of a are read, and y written.
func annotate(m, n int, a []float64, lda int, x, y []float64) {
	simd.Reads(x)
	simd.Writes(y)
	for i := range m {
		simd.Reads(a[i*lda:][:n])
	}
}
