// Gaussian generates asm.GaussianAVX2 and asm.GaussianAVX512, and the same with the
// derivative.
package main

import "github.com/rapidhgn/rapidhgn/gen/internal/emit"

//go:generate go run .

func main() {
	emit.Kernel("gaussian", func(v emit.Vec) {
		t := v.NewTable()
		emit.Each{
			Name: "Gaussian", Results: []string{"dst"}, Unroll: 2, Held: 14,
			Doc: "does what dense.gaussianGeneric does, to the bit.",
			Body: func(m emit.Arith, x emit.Group) []emit.Group {
				_, p, scale := exponential(m, x)
				return []emit.Group{m.Mul(m.MulAdd(p, scale, scale), emit.Drop)}
			},
		}.Emit(v, t)
		emit.Each{
			Name: "GaussianGrad", Results: []string{"dst", "grad"}, Unroll: 2, Held: 14,
			Doc: "does what dense.gaussianGradGeneric does, to the bit.",
			Body: func(m emit.Arith, x emit.Group) []emit.Group {
				x, p, scale := exponential(m, x)
				xScale := m.Mul(x, scale)
				slope := m.MulAdd(m.Copy(p), xScale, xScale)
				value := m.MulAdd(p, scale, scale)
				return []emit.Group{m.Mul(value, emit.Drop), m.Mul(slope, -2*emit.Drop)}
			},
		}.Emit(v, t)
	})
}

// exponential returns x within ±27.398, and p and scale with lift·exp(−x²) = scale·(1+p).
func exponential(m emit.Arith, x emit.Group) (clamped, p, scale emit.Group) {
	x = m.Max(m.Min(x, 27.398), -27.398)
	square := m.Mul(x, x)
	rest := m.SubMul(m.Copy(square), x, x)
	minus := m.Xor(square, emit.SignBit)
	k, scale, powerRest := m.LiftedPower(minus)
	r := m.Reduced(minus, k, m.Add(rest, powerRest))
	return x, m.Add(r, m.ExpTail(r)), scale
}
