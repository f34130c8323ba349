package dense

import "math"

// Exp sets dst[i] to the exponential of x[i].
//
// dst and x have the same length, may be the same slice and must not overlap otherwise.
// Each result is within 0.8 ulp of the exact exponential, subnormal ones included; it is +Inf
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

	// A number below 2⁴⁷, plus toEighths, is rounded to a multiple of 1/8, whose bits are the
	// lowest of the sum.
	toEighths = 0x1.8p49

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

// 2^(j/8) is powers[j]·(1 + powerRests[j]), within 2⁻⁷⁴. The rests have equal halves, so that
// one permutation of float32 makes them.
var (
	powers = [8]float64{
		1, 0x1.172b83c7d517bp+0, 0x1.306fe0a31b715p+0, 0x1.4bfdad5362a27p+0,
		0x1.6a09e667f3bcdp+0, 0x1.8ace5422aa0dbp+0, 0x1.ae89f995ad3adp+0, 0x1.d5818dcfba487p+0,
	}
	powerRests = [8]float64{
		0, -0x1.01b15bc801b15p-55, 0x1.34d753c834d75p-55, 0x1.690ce3c7690cep-56,
		-0x1.3b3efbc93b3efp-54, 0x1.db72f3c8db72fp-55, 0x1.c1a773c8c1a77p-55, 0x1.4a3853c74a385p-56,
	}
)

func expGeneric(dst, x []float64) {
	for i, v := range x {
		const max = 800 // exp(800) = Inf, exp(−800) = 0
		if v > max {
			v = max
		} else if v < -max {
			v = -max
		}
		shifted := math.FMA(v, log2e, toEighths+2*bias)
		bits := math.Float64bits(shifted)
		j := bits % 8
		r := reduced(v, shifted-(toEighths+2*bias), powerRests[j])
		y := math.FMA(powers[j], r+expTail(r), powers[j])
		// 2ᵏ may be beyond the normal range; the product of these halves, each of about
		// 2^(k/2), is not.
		bits >>= 3
		half := bits >> 1
		dst[i] = y * math.Float64frombits(half<<52) * math.Float64frombits((bits-half)<<52)
	}
}

// liftedExp returns r, tail and scale with lift·exp(x) = scale·(1+r+tail), for −vanish ≤ x ≤
// 0. Scale is lift times a power of 2^(1/8), the tail less than |r|/40 < 0.0011. If x is next
// to 0, r is x and scale is lift.
func liftedExp(x float64) (r, tail, scale float64) {
	k, scale, rest := liftedPower(x)
	r = reduced(x, k, rest)
	return r, expTail(r), scale
}

// liftedPower returns the multiple k of 1/8 that is nearest to x/ln 2, for −vanish ≤ x ≤ 0,
// and scale and rest with lift·2ᵏ = scale·(1+rest).
func liftedPower(x float64) (k, scale, rest float64) {
	shifted := math.FMA(x, log2e, toEighths+liftBits)
	bits := math.Float64bits(shifted)
	j := bits % 8
	scale = math.Float64frombits(math.Float64bits(powers[j]) + (bits-j)<<49)
	return shifted - (toEighths + liftBits), scale, powerRests[j]
}

// reduced returns x − k·ln 2 + rest.
func reduced(x, k, rest float64) float64 {
	return math.FMA(-k, ln2Hi, x) + math.FMA(-k, ln2Lo, rest)
}

// expTail returns exp(r) − 1 − r for |r| < 0.0434.
//
// It is r²·Q(r), where Q, of degree 6, interpolates at Chebyshev nodes: within 2⁻⁶⁰ of
// exp(r) − 1, relatively.
func expTail(r float64) float64 {
	w := float64(r * r)
	even := 2.4802493300934478e-05
	even = math.FMA(even, w, 0.0013888888880378579)
	even = math.FMA(even, w, 0.041666666666666866)
	even = math.FMA(even, w, 0.5)
	odd := 0.0001984217584384062
	odd = math.FMA(odd, w, 0.008333333324822985)
	odd = math.FMA(odd, w, 0.16666666666666866)
	return float64(w * math.FMA(r, odd, even))
}
