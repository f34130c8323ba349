package dense

import (
	"math"
	"math/bits"
)

// reduceHalfPi returns r, in two parts, and the last bits of an integer k such that r = a −
// k·π/2 and |r| ≤ π/4, for a finite a ≥ maxSin.
//
// After Payne and Hanek: of the product of the mantissa of a with 2/π, only the bits that
// weigh less than 4 quadrants matter, and of these the first 190 behind the point.
func reduceHalfPi(a float64) (quadrant uint64, r, rLo float64) {
	const mantissa = 52
	m := math.Float64bits(a)&(1<<mantissa-1) | 1<<mantissa
	exp := int(math.Float64bits(a)>>mantissa) - bias - mantissa // a = m·2^exp

	// 192 bits of 2/π, of which the first weighs 2 when multiplied by 2^exp, are w.
	first := uint(exp + 62)
	at, shift := first/64, first%64
	var w [3]uint64
	for i := range w {
		w[i] = twoOverPiBits[at+uint(i)]<<shift | twoOverPiBits[at+uint(i)+1]>>(64-shift)
	}
	hi1, lo1 := bits.Mul64(w[1], m)
	hi2, lo := bits.Mul64(w[2], m)
	mid, carry := bits.Add64(lo1, hi2, 0)
	hi := w[0]*m + hi1 + carry

	// hi, mid, lo count 2⁻¹⁹⁰ quadrants, modulo 4. The nearest integer is taken off.
	quadrant = (hi + 1<<61) >> 62
	hi -= quadrant << 62
	sign := hi >> 63
	if sign != 0 {
		var borrow uint64
		lo, borrow = bits.Sub64(0, lo, 0)
		mid, borrow = bits.Sub64(0, mid, borrow)
		hi, _ = bits.Sub64(0, hi, borrow)
	}
	zeros := bits.LeadingZeros64(hi)
	hi, mid = hi<<zeros|mid>>(64-zeros), mid<<zeros|lo>>(64-zeros)
	head := math.Ldexp(float64(hi>>11), -51-zeros)
	tail := math.Ldexp(float64(hi<<53|mid>>11), -115-zeros)

	r = head * halfPi1
	rLo = math.FMA(head, halfPi1, -r) + math.FMA(head, halfPi2, float64(tail*halfPi1))
	return quadrant, flip(r, sign<<63), flip(rLo, sign<<63)
}

// twoOverPiBits holds 2/π, from the bit of weight 2⁶³ on.
var twoOverPiBits = [...]uint64{
	0x0000000000000000, 0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041,
	0xfe5163abdebbc561, 0xb7246e3a424dd2e0, 0x06492eea09d1921c, 0xfe1deb1cb129a73e,
	0xe88235f52ebb4484, 0xe99c7026b45f7e41, 0x3991d639835339f4, 0x9c845f8bbdf9283b,
	0x1ff897ffde05980f, 0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7, 0x4f463f669e5fea2d,
	0x7527bac7ebe5f17b, 0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab,
}
