package dense

import "math"

const (
	// π/2 in three parts of 53 bits.
	halfPi1 = 0x1.921fb54442d18p+0
	halfPi2 = 0x1.1a62633145c07p-54
	halfPi3 = -0x1.f1976b7ed8fbcp-110

	twoOverPi = 0x1.45f306dc9c883p-1

	// Up to maxSin the three parts suffice for the nearest approach of a float64 to a
	// multiple of π/2.
	maxSin = 0x1p30
)

// sincos returns the sine and cosine of x.
//
// The polynomials in r², r = |x| − k·π/2, interpolate at Chebyshev nodes: within 2⁻⁵⁵ of
// the sine, 2⁻⁶⁰ of the cosine. From maxSin on the functions are those of package math.
func sincos(x float64) (sin, cos float64) {
	a := math.Abs(x)
	if !(a < maxSin) {
		return math.Sincos(x)
	}
	shifted := math.FMA(a, twoOverPi, toInteger)
	k := shifted - toInteger
	quadrant := math.Float64bits(shifted) & 3

	// The first difference is exact: a multiple of the last bit of halfPi1, or of x, below 1.
	first := math.FMA(-k, halfPi1, a)
	p := float64(k * halfPi2)
	pLo := math.FMA(k, halfPi3, math.FMA(k, halfPi2, -p))
	r := first - p
	back := r - first
	rLo := ((first - (r - back)) - (p + back)) - pLo

	w := float64(r * r)
	s := 1.591810123027412e-10
	s = math.FMA(s, w, -2.5051131455427946e-08)
	s = math.FMA(s, w, 2.755731610068303e-06)
	s = math.FMA(s, w, -0.0001984126983675497)
	s = math.FMA(s, w, 0.008333333333330946)
	s = math.FMA(s, w, -0.16666666666666666)
	half := float64(0.5 * w)
	s = r + math.FMA(float64(r*w), s, float64(rLo*(1-half))) // cos r ≈ 1 − r²/2 beside rLo

	c := -1.138261486854208e-11
	c = math.FMA(c, w, 2.0876146024689503e-09)
	c = math.FMA(c, w, -2.755731727056032e-07)
	c = math.FMA(c, w, 2.4801587298763433e-05)
	c = math.FMA(c, w, -0.0013888888888887395)
	c = math.FMA(c, w, 0.041666666666666664)
	one := 1 - half
	c = one + (((1 - one) - half) + math.FMA(float64(w*w), c, -float64(r*rLo)))

	switch quadrant {
	case 0:
		sin, cos = s, c
	case 1:
		sin, cos = c, -s
	case 2:
		sin, cos = -s, -c
	case 3:
		sin, cos = -c, s
	}
	if math.Signbit(x) {
		sin = -sin
	}
	return sin, cos
}
