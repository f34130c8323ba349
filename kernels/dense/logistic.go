package dense

import "math"

// The functions of this file are rational in E = exp(−|x|) or exp(−2|x|), softplus apart.
// With E the derivatives do not cancel, as 1 − tanh² would.

func tanhGeneric(dst, x []float64) {
	for i, v := range x {
		dst[i], _ = tanhOf(v)
	}
}

func tanhGradGeneric(dst, grad, x []float64) {
	for i, v := range x {
		dst[i], grad[i] = tanhOf(v)
	}
}

// tanhOf returns tanh x = (1−E)/(1+E) and its derivative 4E/(1+E)², E = exp(−2|x|).
func tanhOf(x float64) (value, slope float64) {
	size := math.Abs(x)
	if size > vanish/2 {
		size = vanish / 2
	}
	r, tail, scale := liftedExp(-2 * size)
	e := math.FMA(scale, r+tail, scale)
	g, c := reciprocal(e * drop)
	power := scale * drop
	rest := 1 - power
	low := (1 - rest) - power
	n := math.FMA(-power, r, rest) // n + low is 1−E
	low += math.FMA(-power, r, rest-n)
	low = math.FMA(-power, tail, low)
	value = math.FMA(n, g, float64(g*math.FMA(n, c, low)))
	return math.Copysign(value, x), logisticSlope(e, g, c) * (4 * drop)
}

func sigmoidGeneric(dst, x []float64) {
	for i, v := range x {
		dst[i], _ = sigmoidOf(v)
	}
}

func sigmoidGradGeneric(dst, grad, x []float64) {
	for i, v := range x {
		dst[i], grad[i] = sigmoidOf(v)
	}
}

// sigmoidOf returns the sigmoid of x, 1/(1+E) or E/(1+E) with E = exp(−|x|), and its
// derivative E/(1+E)².
func sigmoidOf(x float64) (value, slope float64) {
	e := liftedDecay(x)
	g, c := reciprocal(e * drop)
	return sigmoidFrom(x, e, g, c), logisticSlope(e, g, c) * drop
}

func sigmoidFrom(x, e, g, c float64) float64 {
	n := float64(lift)
	if math.Signbit(x) {
		n = e
	}
	return n * math.FMA(g, c, g) * drop
}

func softplusGeneric(dst, x []float64) {
	for i, v := range x {
		dst[i] = softplusFrom(v, liftedDecay(v))
	}
}

func softplusGradGeneric(dst, grad, x []float64) {
	for i, v := range x {
		e := liftedDecay(v)
		g, c := reciprocal(e * drop)
		dst[i], grad[i] = softplusFrom(v, e), sigmoidFrom(v, e, g, c)
	}
}

// softplusFrom returns max(x, 0) + log(1+E), where e is lift·E.
//
// With s = E/(2+E), log(1+E) = 2 artanh(s) = E − s(E − s²·L(s²)). L, of degree 10,
// interpolates at Chebyshev nodes; the right-hand side is within 2⁻⁵⁸ of the logarithm,
// relatively.
func softplusFrom(x, e float64) float64 {
	unlifted := float64(e * drop)
	lifted := e / (2 + unlifted)
	s := lifted * drop
	w := math.FMA(s, s, 0x1p-200) // which does not show, but w² must not underflow
	v := float64(w * w)
	even := 0.156305778010044
	even = math.FMA(even, v, 0.10845178394891875)
	even = math.FMA(even, v, 0.133351786314494)
	even = math.FMA(even, v, 0.18181819897962714)
	even = math.FMA(even, v, 0.285714285716001)
	even = math.FMA(even, v, 0.6666666666666666)
	odd := 0.07492143795503257
	odd = math.FMA(odd, v, 0.1173427906130154)
	odd = math.FMA(odd, v, 0.15384543964860542)
	odd = math.FMA(odd, v, 0.2222222219823677)
	odd = math.FMA(odd, v, 0.39999999999999525)
	l := math.FMA(-w, math.FMA(odd, w, even), unlifted)
	log := float64(math.FMA(-lifted, l, e) * drop)
	if x > 0 {
		return x + log
	}
	return log
}

// liftedDecay returns lift·exp(−|x|).
func liftedDecay(x float64) float64 {
	size := math.Abs(x)
	if size > vanish {
		size = vanish
	}
	r, tail, scale := liftedExp(-size)
	return math.FMA(scale, r+tail, scale)
}

// reciprocal returns g and c with 1/(1+e) = g(1+c), for 0 ≤ e ≤ 1.
func reciprocal(e float64) (g, c float64) {
	d := 1 + e
	dLo := (1 - d) + e
	g = 1 / d
	return g, math.FMA(-g, dLo, math.FMA(-g, d, 1))
}

// logisticSlope returns e·g²(1+c)².
func logisticSlope(e, g, c float64) float64 {
	q := float64(e * g)
	rest := math.FMA(q, c+c, math.FMA(e, g, -q))
	return math.FMA(q, g, float64(rest*g))
}
