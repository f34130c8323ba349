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
	size := k * nr
	for j := t * panelsPacked * nr; j < min(n, (t+1)*panelsPacked*nr); j += nr {
		to, w := dst[j*k:][:size], min(nr, n-j)
		if cs == 1 {
			packRows(to, src[j:], ks, k, w, nr, alpha)
		} else {
			packColumns(to, src[j*cs:], cs, k, w, nr, alpha)
		}
	}
}

// packRowsGeneric copies k rows of w elements, alpha times each, from src, where they are ld
// apart, to dst, where they are stride apart. The vector forms fill rows of dst up to a
// multiple of 4 elements.
func packRowsGeneric(dst, src []float64, ld, k, w, stride int, alpha float64) {
	for p := range k {
		to, from := dst[p*stride:][:w], src[p*ld:][:w]
		for j := range to {
			to[j] = alpha * from[j]
		}
	}
}

// packColumnsGeneric does what packRowsGeneric does with the transpose of w rows of k
// elements.
func packColumnsGeneric(dst, src []float64, ld, k, w, stride int, alpha float64) {
	for j := range w {
		for p, v := range src[j*ld:][:k] {
			dst[p*stride+j] = alpha * v
		}
	}
}
