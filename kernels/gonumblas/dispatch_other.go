//go:build !amd64 || purego

package gonumblas

import "github.com/rapidhgn/rapidhgn/kernels/dense"

func gemvDot(m int, a []float64, lda int, x, y []float64, alpha float64) {
	gemvDotGeneric(m, a, lda, x, y, alpha)
}

func gemvAxpy(m int, a []float64, lda int, x, y []float64, alpha float64) {
	gemvAxpyGeneric(m, a, lda, x, y, alpha)
}

func shortDot(x, y []float64) float64 { return dense.Dot(x, y) }

func shortAxpy(alpha float64, x, y []float64) { dense.Axpy(alpha, x, y) }

func shortScal(alpha float64, x []float64) { dense.Scal(alpha, x) }

func shortSwap(x, y []float64) { dense.Swap(x, y) }
