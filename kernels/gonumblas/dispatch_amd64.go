//go:build !purego

package gonumblas

import (
	"github.com/rapidhgn/rapidhgn/asm"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

func gemvDot(m int, a []float64, lda int, x, y []float64, alpha float64) {
	annotate(m, len(x), a, lda, x, y[:m])
	switch simd.Active() {
	case simd.AVX512:
		asm.GemvDotAVX512(m, len(x), &a[0], lda, &x[0], &y[0], alpha)
	case simd.AVX2:
		asm.GemvDotAVX2(m, len(x), &a[0], lda, &x[0], &y[0], alpha)
	default:
		gemvDotGeneric(m, a, lda, x, y, alpha)
	}
}

func gemvAxpy(m int, a []float64, lda int, x, y []float64, alpha float64) {
	annotate(m, len(y), a, lda, x[:m], y)
	switch simd.Active() {
	case simd.AVX512:
		asm.GemvAxpyAVX512(m, len(y), &a[0], lda, &x[0], &y[0], alpha)
	case simd.AVX2:
		asm.GemvAxpyAVX2(m, len(y), &a[0], lda, &x[0], &y[0], alpha)
	default:
		gemvAxpyGeneric(m, a, lda, x, y, alpha)
	}
}
