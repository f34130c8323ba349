//go:build !amd64 || purego

package dense

func dot(x, y []float64) float64 { return dotGeneric(x, y) }

func axpy(alpha float64, x, y []float64) { axpyGeneric(alpha, x, y) }

// gemmTileSize returns the rows and columns of the tile of gemmTile, and how many columns of
// b it reads at once.
func gemmTileSize() (rows, cols, lanes int) { return gemmTileRows, gemmTileCols, 1 }

func gemmTile(m, n, k int, p *gemmPanels, c []float64, ldc int, beta float64, _ bool) {
	gemmTileGeneric(m, n, k, p, c, ldc, beta)
}

func gemmPack(dst, src []float64, ld, k, w, stride int, alpha float64) {
	gemmPackGeneric(dst, src, ld, k, w, stride, alpha)
}

func gemmPackTrans(dst, src []float64, ld, k, w, stride int, alpha float64) {
	gemmPackTransGeneric(dst, src, ld, k, w, stride, alpha)
}
