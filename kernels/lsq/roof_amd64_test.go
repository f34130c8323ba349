//go:build !purego

package lsq

import (
	"time"

	"github.com/rapidhgn/rapidhgn/asm"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// roof returns the rate of multiply-adds at the active level in GFLOP/s, 0 if there is no
// kernel for it.
func roof() float64 {
	const n = 2000
	start := time.Now()
	switch simd.Active() {
	case simd.AVX512:
		asm.RoofAVX512(n)
		return 2 * 12 * 8 * n / time.Since(start).Seconds() / 1e9
	case simd.AVX2:
		asm.RoofAVX2(n)
		return 2 * 12 * 4 * n / time.Since(start).Seconds() / 1e9
	}
	return 0
}
