// Exp generates asm.ExpAVX2 and asm.ExpAVX512.
package main

import "github.com/rapidhgn/rapidhgn/gen/internal/emit"

//go:generate go run .

func main() {
	emit.Kernel("exp", func(v emit.Vec) {
		emit.Each{
			Name: "Exp", Results: []string{"dst"}, Unroll: 3,
			Doc:  "does what dense.expGeneric does, to the bit.",
			Body: exp,
		}.Emit(v, v.NewTable())
	})
}

func exp(m emit.Arith, x emit.Group) []emit.Group {
	x = m.Max(m.Min(x, 800), -800)
	k, shifted := m.NearestPower(x, 2*emit.Bias)
	m.SubMul(x, k, emit.Ln2Hi)
	y := m.Add(m.Expm1Near0(m.SubMul(x, k, emit.Ln2Lo)), 1.0)
	if m.Vec == emit.AVX512 {
		return []emit.Group{m.Scale(y, k)}
	}
	half := m.ShiftRight(shifted, 1)
	y = m.Mul(y, m.ShiftLeft(half, 52))
	return []emit.Group{m.Mul(y, m.ShiftLeft(m.SubBits(shifted, half), 52))}
}
