// Sincos generates asm.SinAVX2 and asm.SinAVX512, and the same with the derivative, the
// cosine.
package main

import "github.com/rapidhgn/rapidhgn/gen/internal/emit"

//go:generate go run .

type (
	arith = emit.Arith
	group = emit.Group
)

func main() {
	emit.Kernel("sincos", func(v emit.Vec) {
		t := v.NewTable()
		emit.Each{
			Name: "Sin", Results: []string{"dst"}, Unroll: 2, Limit: 0x1p21,
			Doc: "does what dense.sinGeneric does, to the bit.",
			Body: func(m arith, x group) []group {
				quadrant, s, c := reduced(m, x)
				return []group{sin(m, x, quadrant, s, c)}
			},
		}.Emit(v, t)
		emit.Each{
			Name: "SinGrad", Results: []string{"dst", "grad"}, Unroll: 2, Limit: 0x1p21,
			Doc: "does what dense.sinGradGeneric does, to the bit.",
			Body: func(m arith, x group) []group {
				quadrant, s, c := reduced(m, x)
				value := sin(m, x, quadrant, s, c)
				slope := m.Blend(m.ShiftLeft(quadrant, 63), c, s)
				sign := m.And(m.ShiftLeft(m.AddBits(quadrant, uint64(1)), 62), emit.SignBit)
				return []group{value, m.Xor(slope, sign)}
			},
		}.Emit(v, t)
	})
}

func sin(m arith, x, quadrant, s, c group) group {
	value := m.Blend(m.ShiftLeft(quadrant, 63), s, c)
	sign := m.And(m.Xor(m.ShiftLeft(quadrant, 62), x), emit.SignBit)
	return m.Xor(value, sign)
}

// reduced returns the sine and cosine of r = |x| − k·π/2, and k in the last bits of quadrant.
func reduced(m arith, x group) (quadrant, sin, cos group) {
	const (
		halfPi1   = 0x1.921fb54442d18p+0
		halfPi2   = 0x1.1a62633p-54
		halfPi3   = 0x1.45c06e0e68948p-86
		twoOverPi = 0x1.45f306dc9c883p-1
		toInteger = 0x1.8p52
	)
	size := m.And(x, ^emit.SignBit)
	quadrant = m.Const(toInteger)
	m.AddMul(quadrant, size, twoOverPi)
	k := m.Sub(quadrant, toInteger)
	first := m.SubMul(size, k, halfPi1)
	r := m.SubMul(m.Copy(first), k, halfPi2)
	low := m.Sub(first, r)
	m.SubMul(low, k, halfPi2)
	m.SubMul(low, k, halfPi3)

	w := m.Mul(r, r)
	cos = m.Poly(w, -1.138261486854208e-11, 2.0876146024689503e-09, -2.755731727056032e-07,
		2.4801587298763433e-05, -0.0013888888888887395, 0.041666666666666664, -0.5)
	cos = m.Add(m.MulSub(cos, w, m.Mul(r, low)), 1.0)
	sin = m.Poly(w, 1.591810123027412e-10, -2.5051131455427946e-08, 2.755731610068303e-06,
		-0.0001984126983675497, 0.008333333333330946, -0.16666666666666666)
	sin = m.Add(m.MulAdd(sin, m.Mul(r, w), low), r)
	return quadrant, sin, cos
}
