package dense

// Scal multiplies x by alpha:
//
//	x[i] = alpha·x[i]
//
// No value of alpha is special: 0·Inf is NaN. The bits, those of a NaN apart, are the same at
// every level and in every run. Scal does not allocate.
func Scal(alpha float64, x []float64) { scal(alpha, x) }

func scalGeneric(alpha float64, x []float64) {
	for i := range x {
		x[i] *= alpha
	}
}
