package dense

import "math"

const (
	log2e = 0x1.71547652b82fep+0
	ln2Hi = 0x1.62e42fef00000p-1 // 33 bits, so that its product with an exponent is exact
	ln2Lo = 0x1.473de6af278edp-34

	// toInteger plus a number below 2⁵¹ rounds that number to an integer, whose bits are
	// then the lowest of the sum.
	toInteger = 0x1.8p52

	// Below minExp the exponential is 0, even times 4 or 56.
	minExp = -800
)

// power is 2ᵏ for −1155 ≤ k ≤ 0, as two factors, since it may be below the normal range.
type power struct{ a, b float64 }

func powerOf(k int64) power {
	half := k >> 1
	return power{
		math.Float64frombits(uint64(1023+half) << 52),
		math.Float64frombits(uint64(1023+k-half) << 52),
	}
}

// times returns x·2ᵏ with one rounding at most.
func (s power) times(x float64) float64 { return float64(float64(x*s.a) * s.b) }

// expm1Parts returns scale = 2ᵏ and p with exp(x+low) = 2ᵏ(1+p), −0.3 < p < 0.42, for
// x ≤ 0 and |low| < 2⁻⁴⁰. Where k = 0, p is expm1(x+low) to the last bit or so.
//
// p is r + r²/2 + r³·P(r) with r = x − k·ln 2, where P, of degree 9, interpolates at
// Chebyshev nodes; the polynomial is within 2⁻⁵⁸ of p, relatively.
func expm1Parts(x, low float64) (p float64, scale power) {
	if x < minExp {
		x = minExp
	}
	shifted := math.FMA(x, log2e, toInteger)
	k := shifted - toInteger
	scale = powerOf(int64(math.Float64bits(shifted)) - int64(math.Float64bits(toInteger)))
	r := math.FMA(-k, ln2Lo, math.FMA(-k, ln2Hi, x)) + low

	p = 2.0911236630261545e-09
	p = math.FMA(p, r, 2.510038549551032e-08)
	p = math.FMA(p, r, 2.755728296954995e-07)
	p = math.FMA(p, r, 2.7557268459997064e-06)
	p = math.FMA(p, r, 2.4801587317144498e-05)
	p = math.FMA(p, r, 0.00019841269863053618)
	p = math.FMA(p, r, 0.0013888888888886552)
	p = math.FMA(p, r, 0.008333333333330062)
	p = math.FMA(p, r, 0.041666666666666664)
	p = math.FMA(p, r, 0.16666666666666669)
	p = math.FMA(p, r, 0.5)
	return math.FMA(float64(r*r), p, r), scale
}

// onePlus returns 1+p in two parts, for |p| < 1.
func onePlus(p float64) (hi, lo float64) {
	hi = 1 + p
	return hi, (1 - hi) + p
}

// logistic holds what sigmoid, tanh and softplus have in common, in two parts hi + lo each.
// With E = exp(x), x ≤ 0:
type logistic struct {
	p       float64 // E = scale·(1+p)
	scale   power
	d, dLo  float64 // 1 + E
	g, gLo  float64 // 1/(1+E), the sigmoid of −x
	eg, egL float64 // E/(1+E), the sigmoid of x, apart from the factor scale
}

func logisticOf(x float64) (l logistic) {
	l.p, l.scale = expm1Parts(x, 0)

	// 1 + E = (1 + 2ᵏ) + 2ᵏp; both sums are of a larger and a smaller part.
	unit := l.scale.times(1)
	rest := l.scale.times(l.p)
	sum := 1 + unit
	sumLo := (1 - sum) + unit
	l.d = sum + rest
	l.dLo = ((sum - l.d) + rest) + sumLo

	l.g = 1 / l.d
	l.gLo = float64(l.g * math.FMA(-l.g, l.dLo, math.FMA(-l.g, l.d, 1)))

	e, eLo := onePlus(l.p)
	l.eg = float64(e * l.g)
	l.egL = math.FMA(eLo, l.g, math.FMA(e, l.gLo, math.FMA(e, l.g, -l.eg)))
	return l
}

// slope returns factor·E/(1+E)², where factor is a power of 2. For 1 it is the derivative of
// the sigmoid at ±x.
func (l *logistic) slope(factor float64) float64 {
	return l.scale.times(factor * math.FMA(l.eg, l.g, math.FMA(l.egL, l.g, float64(l.eg*l.gLo))))
}

// tanhHalf returns (1−E)/(1+E), the hyperbolic tangent of −x/2.
func (l *logistic) tanhHalf() float64 {
	// 1 − E = (1 − 2ᵏ) − 2ᵏp, where 2ᵏ = 1 or the first part is the larger.
	rest := l.scale.times(l.p)
	sum := 1 - l.scale.times(1)
	n := sum - rest
	nLo := (sum - n) - rest
	q := float64(n * l.g)
	return q + math.FMA(nLo, l.g, math.FMA(n, l.gLo, math.FMA(n, l.g, -q)))
}

// log1p returns log(1+E).
//
// It is log(d) + dLo/d, with d = 2ʲ(1+f), −0.3 < f < 0.42, s = f/(2+f) and log(1+f) =
// 2 artanh(s) = f − (f²/2 − s(f²/2 + s²·L(s²))). L, of degree 6, interpolates at Chebyshev
// nodes; the right-hand side is within 2⁻⁵⁷ of the logarithm, relatively.
func (l *logistic) log1p() float64 {
	c := float64(l.dLo * l.g)
	f, j := l.d-1, 0.0
	if l.d > math.Sqrt2 {
		f, j = float64(0.5*l.d)-1, 1
	}
	s := f / (2 + f)
	w := float64(s * s)
	r := 0.14616585424888623
	r = math.FMA(r, w, 0.15331710618210773)
	r = math.FMA(r, w, 0.18182889455674947)
	r = math.FMA(r, w, 0.22222211130259878)
	r = math.FMA(r, w, 0.2857142862600327)
	r = math.FMA(r, w, 0.39999999999899444)
	r = math.FMA(r, w, 0.666666666666667)
	half := float64(float64(0.5*f) * f)
	r = math.FMA(s, math.FMA(r, w, half), math.FMA(j, ln2Lo, c))
	return float64(j*ln2Hi) - ((half - r) - f)
}
