package lsq

import "math"

// lanes is the number of partial sums of an inner product along a column: element i goes to
// lane i mod 8. Heights of what kernels work on are multiples of it, filled up with zeros.
const lanes = 8

// qrDot sets
//
//	w[c·ldw+i] = fma(Σᵣ v[i·ldv+r]·a[c·lda+r], scale[i], top[c·ldt+i])
//
// for c < na, i < nv, r < h, the sum in canonical order. h and nv are positive multiples of
// 8, and w overlaps nothing else, but may be top if ldw is ldt.
func qrDotGeneric(h int, v []float64, ldv, nv int, a []float64, lda, na int, scale, top []float64, ldt int, w []float64, ldw int) {
	for c := range na {
		x := a[c*lda:][:h]
		for i := range nv {
			w[c*ldw+i] = math.FMA(dot8(v[i*ldv:][:h], x), scale[i], top[c*ldt+i])
		}
	}
}

// dot8 returns the canonical sum of the products of x and y, whose length is a multiple of 8.
func dot8(x, y []float64) float64 {
	var s0, s1, s2, s3, s4, s5, s6, s7 float64
	for i := 0; i < len(x); i += lanes {
		a, b := (*[lanes]float64)(x[i:]), (*[lanes]float64)(y[i:])
		s0 = math.FMA(a[0], b[0], s0)
		s1 = math.FMA(a[1], b[1], s1)
		s2 = math.FMA(a[2], b[2], s2)
		s3 = math.FMA(a[3], b[3], s3)
		s4 = math.FMA(a[4], b[4], s4)
		s5 = math.FMA(a[5], b[5], s5)
		s6 = math.FMA(a[6], b[6], s6)
		s7 = math.FMA(a[7], b[7], s7)
	}
	return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))
}
