//go:build !purego

package gonumlapack

import (
	"github.com/rapidhgn/rapidhgn/asm"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

func transposeTile(dst []float64, ldd int, src []float64, lds, m, n int) {
	readsRows(src, lds, m, n)
	writesRows(dst, ldd, n, m)
	switch simd.Active() {
	case simd.AVX512, simd.AVX2:
		asm.TransposeAVX2(&dst[0], ldd, &src[0], lds, m, n)
	default:
		transposeGeneric(dst, ldd, src, lds, m, n)
	}
}

func rotate(n int, c, s, a []float64, at, lda, cols int) {
	writesRows(a[min(at, at+n*lda):], max(lda, -lda), n+1, cols)
	switch simd.Active() {
	case simd.AVX512:
		asm.RotateAVX512(n, &c[0], &s[0], &a[at], lda, cols)
	case simd.AVX2:
		asm.RotateAVX2(n, &c[0], &s[0], &a[at], lda, cols)
	default:
		rotateGeneric(n, c, s, a, at, lda, cols)
	}
}
