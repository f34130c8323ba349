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

// gemmTileSize returns the rows and columns of the tile of gemmTile, and how many columns of
// b it reads at once.
func gemmTileSize() (rows, cols, lanes int) {
	switch simd.Active() {
	case simd.AVX512:
		return 8, 24, 8
	case simd.AVX2:
		return 4, 12, 4
	default:
		return gemmTileRows, gemmTileCols, 1
	}
}

func gemmTile(m, n, k int, p *gemmPanels, c []float64, ldc int, beta float64, stream bool) {
	switch simd.Active() {
	case simd.AVX512:
		asm.GemmTile8x24AVX512(m, n, k, &p.a[0], p.ars, p.aks, p.ats, &p.b[0], p.bks, p.bts, &c[0], ldc, beta, stream)
	case simd.AVX2:
		asm.GemmTile4x12AVX2(m, n, k, &p.a[0], p.ars, p.aks, p.ats, &p.b[0], p.bks, p.bts, &c[0], ldc, beta, stream)
	default:
		gemmTileGeneric(m, n, k, p, c, ldc, beta)
	}
}

func gemmPack(dst, src []float64, ld, k, w, stride int, alpha float64) {
	switch simd.Active() {
	case simd.AVX512, simd.AVX2:
		asm.GemmPackAVX2(&dst[0], &src[0], ld, k, w, stride, alpha)
	default:
		gemmPackGeneric(dst, src, ld, k, w, stride, alpha)
	}
}

func gemmPackTrans(dst, src []float64, ld, k, w, stride int, alpha float64) {
	switch simd.Active() {
	case simd.AVX512, simd.AVX2:
		asm.GemmPackTransAVX2(&dst[0], &src[0], ld, k, w, stride, alpha)
	default:
		gemmPackTransGeneric(dst, src, ld, k, w, stride, alpha)
	}
}
