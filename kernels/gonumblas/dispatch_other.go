//go:build !amd64 || purego

package gonumblas

func gemvDot(m int, a []float64, lda int, x, y []float64, alpha float64) {
	gemvDotGeneric(m, a, lda, x, y, alpha)
}

func gemvAxpy(m int, a []float64, lda int, x, y []float64, alpha float64) {
	gemvAxpyGeneric(m, a, lda, x, y, alpha)
}
