// Exp generates asm.ExpAVX2 and asm.ExpAVX512.
package main

import "github.com/rapidhgn/rapidhgn/gen/internal/emit"

//go:generate go run .

func main() {
	emit.Kernel("exp", func(v emit.Vec) {
		emit.Each{
			Name: "Exp", Results: []string{"dst"}, Unroll: 2,
			Doc:  "does what dense.expGeneric does, to the bit.",
			Held: 16,
			Body: exp,
		}.Emit(v, v.NewTable())
	})
}

func exp(m emit.Arith, x emit.Group) []emit.Group {
	wide := m.Vec == emit.AVX512
	if !wide {
		x = m.Max(m.Min(x, 800), -800)
	}
	k, shifted := m.NearestEighth(x, 2*emit.Bias)
	at := m.Index(shifted)
	r := m.Reduced(x, k, m.Lookup(&emit.PowerRests, at))
	if wide { // k, which is what it may be, makes of any power what it has to be
		r = m.Within(r, 1)
	}
	power := m.Lookup(&emit.Powers, at)
	y := m.AddMul(power, m.Copy(power), m.Add(r, m.ExpTail(r)))
	if wide {
		return []emit.Group{m.Scale(y, k)}
	}
	bits := m.ShiftRight(shifted, 3)
	half := m.ShiftRight(bits, 1)
	y = m.Mul(y, m.ShiftLeft(half, 52))
	return []emit.Group{m.Mul(y, m.ShiftLeft(m.SubBits(bits, half), 52))}
}
