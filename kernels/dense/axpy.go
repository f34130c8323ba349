package dense

import "math"

// Axpy adds a multiple of x to y:
//
//	y[i] = fma(alpha, x[i], y[i])
//
// with one rounding per element. x and y may be the same slice, but must not otherwise
// overlap. No value of alpha is special: 0·Inf is NaN.
//
// The bits, those of a NaN apart, are the same at every level and in every run.
//
// Axpy panics, before writing, if the lengths differ. It does not allocate.
func Axpy(alpha float64, x, y []float64) {
	if len(x) != len(y) {
		panic("dense: len(x) != len(y)")
	}
	axpy(alpha, x, y)
}

func axpyGeneric(alpha float64, x, y []float64) {
	y = y[:len(x)]
	i := 0
	for ; i+4 <= len(x); i += 4 {
		a, b := (*[4]float64)(x[i:]), (*[4]float64)(y[i:])
		b[0] = math.FMA(alpha, a[0], b[0])
		b[1] = math.FMA(alpha, a[1], b[1])
		b[2] = math.FMA(alpha, a[2], b[2])
		b[3] = math.FMA(alpha, a[3], b[3])
	}
	for ; i < len(x); i++ {
		y[i] = math.FMA(alpha, x[i], y[i])
	}
}
