package lsq

import "math"

// qrUpdate adds products of columns of v to those of a,
//
//	a[c·lda+r] += Σₖ v[k·ldv+r]·w[c·ldw+k]
//
// for c < na, k < nv, r < h, by one chain of multiply-adds in ascending k per element. h is
// a positive multiple of 8, nv is positive, and a overlaps nothing else.
func qrUpdateGeneric(h int, v []float64, ldv, nv int, w []float64, ldw int, a []float64, lda, na int) {
	for c := range na {
		x := a[c*lda:][:h]
		k := 0
		for ; k+4 <= nv; k += 4 {
			w0, w1, w2, w3 := w[c*ldw+k], w[c*ldw+k+1], w[c*ldw+k+2], w[c*ldw+k+3]
			v0, v1 := v[k*ldv:][:len(x)], v[(k+1)*ldv:][:len(x)]
			v2, v3 := v[(k+2)*ldv:][:len(x)], v[(k+3)*ldv:][:len(x)]
			for r, s := range x {
				s = math.FMA(v0[r], w0, s)
				s = math.FMA(v1[r], w1, s)
				s = math.FMA(v2[r], w2, s)
				x[r] = math.FMA(v3[r], w3, s)
			}
		}
		for ; k < nv; k++ {
			wk := w[c*ldw+k]
			for r, s := range v[k*ldv:][:len(x)] {
				x[r] = math.FMA(s, wk, x[r])
			}
		}
	}
}
