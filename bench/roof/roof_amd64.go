//go:build !purego

package roof

import (
	"github.com/rapidhgn/rapidhgn/asm"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

func fma(n int) (flops float64) {
	const chains = 12
	switch simd.Active() {
	case simd.AVX512:
		asm.RoofAVX512(n)
		return 2 * chains * 8 * float64(n)
	case simd.AVX2:
		asm.RoofAVX2(n)
		return 2 * chains * 4 * float64(n)
	default:
		return fmaGeneric(n)
	}
}

func read(x []float64) {
	switch simd.Active() {
	case simd.AVX512:
		asm.RoofReadAVX512(x)
	case simd.AVX2:
		asm.RoofReadAVX2(x)
	default:
		readGeneric(x)
	}
}
