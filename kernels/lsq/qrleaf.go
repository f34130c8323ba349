package lsq

import "math"

// leafCols is the number of columns of a leaf, the part of a panel whose reflectors are
// formed one by one.
const leafCols = 8

// qrLeaf makes a pass over a leaf, columns of h rows that begin ldx apart in x. In pass p it
// first adds w[c] times column c to column p, for the c < p in ascending order, one
// multiply-add per element. Then it sets dots[c] to the inner product of column p with column
// c, for all 8, in canonical order. h is a positive multiple of 8.
func qrLeafGeneric(pass, h int, x []float64, ldx int, w, dots *[leafCols]float64) {
	y := x[pass*ldx:][:h]
	for c := range pass {
		wc := w[c]
		for r, v := range x[c*ldx:][:h] {
			y[r] = math.FMA(v, wc, y[r])
		}
	}
	for c := range dots {
		dots[c] = dot8(y, x[c*ldx:][:h])
	}
}
