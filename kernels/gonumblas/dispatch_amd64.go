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

// The kernels of AVX2, for short vectors where package dense is faster than gonum: one call
// less than to choose, and the same bits.

func shortDot(x, y []float64) float64 {
	simd.Reads(x)
	simd.Reads(y)
	return asm.DotAVX2(x, y)
}

func shortAxpy(alpha float64, x, y []float64) {
	simd.Reads(x)
	simd.Writes(y)
	asm.AxpyAVX2(alpha, x, y)
}

func shortScal(alpha float64, x []float64) {
	simd.Writes(x)
	asm.ScalAVX2(alpha, x)
}

func shortSwap(x, y []float64) {
	simd.Writes(x)
	simd.Writes(y)
	asm.SwapAVX2(x, y)
}
