//go:build !amd64 || purego

package gemm

// tileSize returns the rows and columns of the tile, of which the columns are a multiple of
// the rows, and how many steps of k are packed at once.
func tileSize() (rows, cols, depth int) { return tileRows, tileCols, tileDepth }

func tile(m, n, k int, p *panels, c []float64, ldc int, beta float64, _ bool) {
	tileGeneric(m, n, k, p, c, ldc, beta)
}

// Small reports false: where there is no assembly, what it would leave out is not worth it.
func Small(_, _, _ int, _ *float64, _, _ int, _ *float64, _ int, _ *float64, _ int, _ float64) bool {
	return false
}

func packRows(dst, src []float64, ld, k, w, width, size int, alpha float64) {
	packRowsGeneric(dst, src, ld, k, w, width, size, alpha)
}

func packColumns(dst, src []float64, ld, k, w, stride int, alpha float64) {
	packColumnsGeneric(dst, src, ld, k, w, stride, alpha)
}
