package dense

import "math"

const (
	// π/2 in parts of 53, 32 and 53 bits.
	halfPi1 = 0x1.921fb54442d18p+0
	halfPi2 = 0x1.1a62633p-54
	halfPi3 = 0x1.45c06e0e68948p-86

	twoOverPi = 0x1.45f306dc9c883p-1

	// A number below 2⁵⁰, plus toInteger, is rounded to an integer, whose bits are the
	// lowest of the sum.
	toInteger = 0x1.8p52

	// Below maxSin, k has 21 bits, so that its product with halfPi2 is exact.
	maxSin = 0x1p21

	// Elements that the reference does where the vector code stops, at one beyond maxSin.
	sinStep = 8
)

func sinGeneric(dst, x []float64) {
	for i, v := range x {
		dst[i], _ = sincos(v)
	}
}

func sinGradGeneric(dst, grad, x []float64) {
	for i, v := range x {
		dst[i], grad[i] = sincos(v)
	}
}

// sincos returns the sine and cosine of x.
//
// The polynomials in r², r = |x| − k·π/2, interpolate at Chebyshev nodes: within 2⁻⁵⁵ of
// the sine, 2⁻⁶⁰ of the cosine.
func sincos(x float64) (sin, cos float64) {
	a := math.Abs(x)
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return math.NaN(), math.NaN()
	}
	var quadrant uint64
	var r, rLo float64
	if a < maxSin {
		shifted := math.FMA(a, twoOverPi, toInteger)
		k := shifted - toInteger
		quadrant = math.Float64bits(shifted)
		// The first difference is exact: a multiple of the last bit of halfPi1, or of x,
		// below 1. So is the first rLo: r is the difference of the two before, rounded.
		first := math.FMA(-k, halfPi1, a)
		r = math.FMA(-k, halfPi2, first)
		rLo = math.FMA(-k, halfPi2, first-r)
		rLo = math.FMA(-k, halfPi3, rLo)
	} else {
		quadrant, r, rLo = reduceHalfPi(a)
	}

	w := float64(r * r)
	s := 1.591810123027412e-10
	s = math.FMA(s, w, -2.5051131455427946e-08)
	s = math.FMA(s, w, 2.755731610068303e-06)
	s = math.FMA(s, w, -0.0001984126983675497)
	s = math.FMA(s, w, 0.008333333333330946)
	s = math.FMA(s, w, -0.16666666666666666)
	s = r + math.FMA(s, float64(r*w), rLo)

	c := -1.138261486854208e-11
	c = math.FMA(c, w, 2.0876146024689503e-09)
	c = math.FMA(c, w, -2.755731727056032e-07)
	c = math.FMA(c, w, 2.4801587298763433e-05)
	c = math.FMA(c, w, -0.0013888888888887395)
	c = math.FMA(c, w, 0.041666666666666664)
	c = math.FMA(c, w, -0.5)
	c = 1 + math.FMA(c, w, -float64(r*rLo))

	if quadrant&1 != 0 {
		s, c = c, s
	}
	sinSign := quadrant<<62 ^ math.Float64bits(x)
	cosSign := (quadrant + 1) << 62
	return flip(s, sinSign), flip(c, cosSign)
}

// flip returns x, or −x if the highest bit of sign is set.
func flip(x float64, sign uint64) float64 {
	return math.Float64frombits(math.Float64bits(x) ^ sign&(1<<63))
}
