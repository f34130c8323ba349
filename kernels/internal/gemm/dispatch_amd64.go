//go:build !purego

package gemm

import (
	"github.com/rapidhgn/rapidhgn/asm"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// tileSize returns the rows and columns of the tile, of which the columns are a multiple of
// the rows, and how many steps of k are packed at once: more of them write C less often, but
// at AVX2 a panel of B that leaves L1 costs more.
func tileSize() (rows, cols, depth int) {
	switch simd.Active() {
	case simd.AVX512:
		return 8, 24, 512
	case simd.AVX2:
		return 4, 12, 256
	default:
		return tileRows, tileCols, tileDepth
	}
}

func tile(m, n, k int, p *panels, c []float64, ldc int, beta float64, stream bool) {
	switch simd.Active() {
	case simd.AVX512:
		asm.GemmTile8x24AVX512(m, n, k, &p.a[0], p.ars, p.aks, p.ats, &p.b[0], p.bks, p.bts, &c[0], ldc, beta, stream)
	case simd.AVX2:
		asm.GemmTile4x12AVX2(m, n, k, &p.a[0], p.ars, p.aks, p.ats, &p.b[0], p.bks, p.bts, &c[0], ldc, beta, stream)
	default:
		tileGeneric(m, n, k, p, c, ldc, beta)
	}
}

// Small sets the m×n matrix C to A·B + beta·C as Run does, with the least to do before, and
// reports true; or does nothing and reports false. All sizes are positive, A has the strides
// ars and aks, B has rows ldb apart, C ldc.
func Small(m, n, k int, a *float64, ars, aks int, b *float64, ldb int, c *float64, ldc int, beta float64) bool {
	if UnderRace {
		return false
	}
	switch simd.Active() {
	case simd.AVX512:
		asm.GemmTile8x24AVX512(m, n, k, a, ars, aks, 8*ars, b, ldb, 24, c, ldc, beta, false)
	case simd.AVX2:
		asm.GemmTile4x12AVX2(m, n, k, a, ars, aks, 4*ars, b, ldb, 12, c, ldc, beta, false)
	default:
		return false
	}
	return true
}

func packRows(dst, src []float64, ld, k, w, width, size int, alpha float64) {
	switch simd.Active() {
	case simd.AVX512, simd.AVX2:
		asm.GemmPackRowsAVX2(&dst[0], &src[0], ld, k, w, width, size, alpha)
	default:
		packRowsGeneric(dst, src, ld, k, w, width, size, alpha)
	}
}

func packColumns(dst, src []float64, ld, k, w, stride int, alpha float64) {
	switch simd.Active() {
	case simd.AVX512, simd.AVX2:
		asm.GemmPackColumnsAVX2(&dst[0], &src[0], ld, k, w, stride, alpha)
	default:
		packColumnsGeneric(dst, src, ld, k, w, stride, alpha)
	}
}
