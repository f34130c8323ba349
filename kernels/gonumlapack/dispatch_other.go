//go:build !amd64 || purego

package gonumlapack

func transposeTile(dst []float64, ldd int, src []float64, lds, m, n int) {
	transposeGeneric(dst, ldd, src, lds, m, n)
}

func rotate(n int, c, s, a []float64, at, lda, cols int) {
	rotateGeneric(n, c, s, a, at, lda, cols)
}
