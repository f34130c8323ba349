//go:build !purego

package gonumlapack

import (
	"github.com/rapidhgn/rapidhgn/asm"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

func transposeTile(dst []float64, ldd int, src []float64, lds, m, n int) {
	switch simd.Active() {
	case simd.AVX512, simd.AVX2:
		asm.TransposeAVX2(&dst[0], ldd, &src[0], lds, m, n)
	default:
		transposeGeneric(dst, ldd, src, lds, m, n)
	}
}
