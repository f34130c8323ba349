package dense

import "math"

func gaussianGeneric(dst, x []float64) {
	for i, v := range x {
		dst[i], _ = gaussianOf(v)
	}
}

func gaussianGradGeneric(dst, grad, x []float64) {
	for i, v := range x {
		dst[i], grad[i] = gaussianOf(v)
	}
}

// gaussianOf returns exp(−x²) and its derivative. The rounding error of x² goes into the
// exponential, which would magnify it.
func gaussianOf(x float64) (value, slope float64) {
	// The square of max is next to vanish, and less than a multiple of ln 2, so that p is
	// positive there and products of p with 0 keep their sign.
	const max = 27.398
	if x > max {
		x = max
	} else if x < -max {
		x = -max
	}
	square := float64(x * x)
	rest := math.FMA(-x, x, square)
	k, scale, powerRest := liftedPower(-square)
	r := reduced(-square, k, rest+powerRest)
	p := r + expTail(r)
	xScale := x * scale
	return math.FMA(scale, p, scale) * drop, math.FMA(xScale, p, xScale) * (-2 * drop)
}
