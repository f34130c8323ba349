//go:build !purego

package dense

import (
	"github.com/rapidhgn/rapidhgn/asm"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

func dot(x, y []float64) float64 {
	simd.Reads(x)
	simd.Reads(y)
	switch simd.Active() {
	case simd.AVX512:
		return asm.DotAVX512(x, y)
	case simd.AVX2:
		return asm.DotAVX2(x, y)
	default:
		return dotGeneric(x, y)
	}
}

func axpy(alpha float64, x, y []float64) {
	simd.Reads(x)
	simd.Writes(y)
	switch simd.Active() {
	case simd.AVX512:
		asm.AxpyAVX512(alpha, x, y)
	case simd.AVX2:
		asm.AxpyAVX2(alpha, x, y)
	default:
		axpyGeneric(alpha, x, y)
	}
}
