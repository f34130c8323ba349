//go:build !amd64 || purego

package lsq

func qrDot(h int, v []float64, ldv, nv int, a []float64, lda, na int, scale, top []float64, ldt int, w []float64, ldw int, ahead []float64) {
	qrDotGeneric(h, v, ldv, nv, a, lda, na, scale, top, ldt, w, ldw)
}

func qrUpdate(h int, v []float64, ldv, nv int, w []float64, ldw int, a []float64, lda, na int) {
	qrUpdateGeneric(h, v, ldv, nv, w, ldw, a, lda, na)
}

func qrPack(h, cols int, src []float64, lds int, dst []float64, ldd int, squares []float64, ldq int) {
	qrPackGeneric(h, cols, src, lds, dst, ldd, squares, ldq)
}

func qrLeaf(pass, h int, x []float64, ldx int, w, dots *[leafCols]float64) {
	qrLeafGeneric(pass, h, x, ldx, w, dots)
}
