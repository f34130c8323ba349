package dense

// Mul multiplies y by x, element by element:
//
//	y[i] = x[i]·y[i]
//
// x and y may be the same slice, but must not otherwise overlap. The bits, those of a NaN
// apart, are the same at every level and in every run.
//
// Mul panics, before writing, if the lengths differ. It does not allocate.
func Mul(x, y []float64) {
	if len(x) != len(y) {
		panic("dense: len(x) != len(y)")
	}
	mul(x, y)
}

func mulGeneric(x, y []float64) {
	y = y[:len(x)]
	for i, a := range x {
		y[i] *= a
	}
}
