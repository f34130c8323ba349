package dense

import "math"

// Exp sets dst[i] to the exponential of x[i].
//
// dst and x have the same length, may be the same slice and must not overlap otherwise.
// Each result is within 1.1 ulp of the exact exponential, subnormal ones included; it is +Inf
// above the range of float64 and 0 below. NaN gives NaN. The bits, those of a NaN apart, are
// the same at every level and in every run.
//
// Exp panics, before writing, if the lengths differ or the slices overlap. It does not
// allocate.
func Exp(dst, x []float64) {
	checkMap(dst, x)
	for len(x) > 0 {
		n := min(len(x), mapChunk)
		exp(dst[:n], x[:n])
		dst, x = dst[n:], x[n:]
	}
}

const (
	log2e = 0x1.71547652b82fep+0
	ln2Hi = 0x1.62e42fef00000p-1 // 33 bits, so that its product with an exponent is exact
	ln2Lo = 0x1.473de6af278edp-34

	// A number below 2⁵⁰, plus toInteger, is rounded to an integer, whose bits are the
	// lowest of the sum.
	toInteger = 0x1.8p52

	bias = 1023 // of the exponent of a float64

	// The functions that fall to subnormal results compute lift times their value, so
	// that only the last multiplication, by drop, rounds to a subnormal.
	liftBits = 60
	lift     = 1 << liftBits
	drop     = 1.0 / lift

	// At exp(−vanish), some 2⁻¹⁰⁸³, the exponent of lift·2ᵏ is 0, and so is the number:
	// products with it are exact, where those that underflow would be slow.
	vanish = 750.7
)

func expGeneric(dst, x []float64) {
	for i, v := range x {
		const max = 800 // exp(800) = Inf, exp(−800) = 0
		if v > max {
			v = max
		} else if v < -max {
			v = -max
		}
		// 2ᵏ may be beyond the normal range; the product of these halves, each of about
		// 2^(k/2), is not.
		shifted := math.FMA(v, log2e, toInteger+2*bias)
		k := shifted - (toInteger + 2*bias)
		bits := math.Float64bits(shifted)
		half := bits >> 1
		p := expm1Near0(math.FMA(-k, ln2Lo, math.FMA(-k, ln2Hi, v)))
		y := 1 + p
		dst[i] = y * math.Float64frombits(half<<52) * math.Float64frombits((bits-half)<<52)
	}
}

// liftedExp returns p and scale with lift·exp(x) = scale·(1+p), scale = lift·2ᵏ and −0.3 < p
// < 0.42, for −vanish ≤ x ≤ 0. If k = 0, p is expm1(x) to the last bit or so.
func liftedExp(x float64) (p, scale float64) {
	k, scale := liftedPower(x)
	return expm1Near0(math.FMA(-k, ln2Lo, math.FMA(-k, ln2Hi, x))), scale
}

// liftedPower returns the integer k nearest to x/ln 2 and lift·2ᵏ, for −vanish ≤ x ≤ 0.
func liftedPower(x float64) (k, scale float64) {
	shifted := math.FMA(x, log2e, toInteger+bias+liftBits)
	return shifted - (toInteger + bias + liftBits), math.Float64frombits(math.Float64bits(shifted) << 52)
}

// expm1Near0 returns exp(r) − 1 for |r| < 0.35.
//
// It is r + r²·Q(r), where Q, of degree 10, interpolates at Chebyshev nodes: within 2⁻⁵⁸ of
// exp(r) − 1, relatively.
func expm1Near0(r float64) float64 {
	w := float64(r * r)
	even := 2.0911236630261545e-09
	even = math.FMA(even, w, 2.755728296954995e-07)
	even = math.FMA(even, w, 2.4801587317144498e-05)
	even = math.FMA(even, w, 0.0013888888888886552)
	even = math.FMA(even, w, 0.041666666666666664)
	even = math.FMA(even, w, 0.5)
	odd := 2.510038549551032e-08
	odd = math.FMA(odd, w, 2.7557268459997064e-06)
	odd = math.FMA(odd, w, 0.00019841269863053618)
	odd = math.FMA(odd, w, 0.008333333333330062)
	odd = math.FMA(odd, w, 0.16666666666666669)
	return math.FMA(w, math.FMA(r, odd, even), r)
}
