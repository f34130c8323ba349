package lsq

import "math"

// leafCols is the number of columns of a leaf, the part of a panel whose reflectors are
// formed one by one.
const leafCols = 8

// qrLeaf makes a pass over a leaf, columns of h rows that begin ldx apart in x. In pass p > 0
// it first adds w[c] times column p−1 to the columns c ≥ p, one multiply-add per element.
// Then it sets dots[c] to the inner product of column p with column c, for all 8, in
// canonical order. h is a positive multiple of 8.
func qrLeafGeneric(pass, h int, x []float64, ldx int, w, dots *[leafCols]float64) {
	first := x[pass*ldx:][:h]
	if pass > 0 {
		last := x[(pass-1)*ldx:][:h]
		for c := pass; c < leafCols; c++ {
			y, wc := x[c*ldx:][:h], w[c]
			for r, v := range last {
				y[r] = math.FMA(v, wc, y[r])
			}
		}
	}
	for c := range dots {
		dots[c] = dot8(first, x[c*ldx:][:h])
	}
}
