package dense

import "math"

// Rot applies a plane rotation to x and y:
//
//	x[i], y[i] = fma(c, x[i], s·y[i]), fma(c, y[i], −(s·x[i]))
//
// where the products with s are rounded. x and y must not overlap. The bits, those of a NaN
// apart, are the same at every level and in every run.
//
// Rot panics, before writing, if the lengths differ. It does not allocate.
func Rot(x, y []float64, c, s float64) {
	if len(x) != len(y) {
		panic("dense: len(x) != len(y)")
	}
	rot(x, y, c, s)
}

func rotGeneric(x, y []float64, c, s float64) {
	y = y[:len(x)]
	for i, a := range x {
		b := y[i]
		x[i], y[i] = math.FMA(c, a, float64(s*b)), math.FMA(c, b, -float64(s*a))
	}
}
