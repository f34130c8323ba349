package gemm

// packPanelsOfB packs panels of nr columns of B, times Alpha, one behind the other to dst:
// those of group t.
func (g *Product) packPanelsOfB(dst []float64, nr, t int) {
	packPanels(dst, g.B, g.BKS, g.BCS, g.K, g.N, nr, t, g.Alpha)
}

// packPanelsOfA packs panels of nr rows of A likewise.
func (g *Product) packPanelsOfA(dst []float64, nr, t int) {
	packPanels(dst, g.A, g.AKS, g.ARS, g.K, g.M, nr, t, 1)
}

// packPanels packs panels of the k×n matrix src with strides ks and cs.
func packPanels(dst, src []float64, ks, cs, k, n, nr, t int, alpha float64) {
	from := t * panelsPacked * nr
	to := min(n, from+panelsPacked*nr)
	if cs == 1 {
		packRows(dst[from*k:], src[from:], ks, k, to-from, nr, k*nr, alpha)
		return
	}
	for j := from; j < to; j += nr {
		packColumns(dst[j*k:], src[j*cs:], cs, k, min(nr, n-j), nr, alpha)
	}
}

// packRowsGeneric copies k rows of w elements, alpha times each, from src, where they are ld
// apart, to panels of the given width in dst, which are size apart. The vector forms fill
// rows of panels up to a multiple of 4 elements.
func packRowsGeneric(dst, src []float64, ld, k, w, width, size int, alpha float64) {
	for p := range k {
		from := src[p*ld:][:w]
		for j := 0; j < w; j += width {
			to := dst[j/width*size+p*width:][:min(width, w-j)]
			for i := range to {
				to[i] = alpha * from[j+i]
			}
		}
	}
}

// packColumnsGeneric copies the transpose of w rows of k elements, alpha times each, from
// src, where they are ld apart, to rows of dst, which are stride apart. The vector forms fill
// these up to a multiple of 4 elements.
func packColumnsGeneric(dst, src []float64, ld, k, w, stride int, alpha float64) {
	for j := range w {
		for p, v := range src[j*ld:][:k] {
			dst[p*stride+j] = alpha * v
		}
	}
}
