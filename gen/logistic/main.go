// Logistic generates the kernels of tanh, sigmoid and softplus, alone and with the
// derivative: asm.TanhAVX2, asm.TanhGradAVX2 and so on. The functions below are those of
// package dense.
package main

import (
	"strings"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

type (
	arith = emit.Arith
	group = emit.Group
)

func main() {
	emit.Kernel("logistic", func(v emit.Vec) {
		t := v.NewTable()
		for _, f := range []struct {
			name        string
			value, grad func(m arith, x group) []group
			unroll      int    // of the value alone, at AVX512
			held        [2]int // numbers that the registers have room for
		}{
			{"tanh", tanh, tanhGrad, 3, [2]int{9, 14}},
			{"sigmoid", sigmoid, sigmoidGrad, 2, [2]int{14, 14}},
			{"softplus", softplus, softplusGrad, 2, [2]int{14, 10}},
		} {
			unroll := 2
			if v == emit.AVX512 {
				unroll = f.unroll
			}
			name := strings.ToUpper(f.name[:1]) + f.name[1:]
			emit.Each{
				Name: name, Results: []string{"dst"}, Unroll: unroll, Held: f.held[0], Body: f.value,
				Doc: "does what dense." + f.name + "Generic does, to the bit.",
			}.Emit(v, t)
			emit.Each{
				Name: name + "Grad", Results: []string{"dst", "grad"}, Unroll: 2, Held: f.held[1], Body: f.grad,
				Doc: "does what dense." + f.name + "GradGeneric does, to the bit.",
			}.Emit(v, t)
		}
	})
}

func tanh(m arith, x group) []group {
	const saturated = 100 // 1 − exp(−saturated) is 1
	r, tail, power := m.Exp(m.Max(twice(m, x), -saturated))
	n, low := decayed(m, r, tail, power)
	g, c := reciprocal(m, m.AddMul(m.Copy(power), power, m.Add(r, tail)))
	return []group{tanhFrom(m, x, n, low, g, c)}
}

func tanhGrad(m arith, x group) []group {
	r, tail, scale := m.LiftedExp(m.Max(twice(m, x), -emit.Vanish))
	n, low := decayed(m, r, tail, m.Mul(scale, emit.Drop))
	e := m.AddMul(m.Copy(scale), scale, m.Add(r, tail))
	g, c := reciprocal(m, m.Mul(e, emit.Drop))
	value := tanhFrom(m, x, n, low, g, c)
	return []group{value, m.Mul(slope(m, e, g, c), 4*emit.Drop)}
}

// twice returns −2|x|.
func twice(m arith, x group) group {
	size := m.Or(x, emit.SignBit)
	return m.Add(size, size)
}

// decayed returns n and low with n + low = 1 − power·(1 + r + tail).
func decayed(m arith, r, tail, power group) (n, low group) {
	rest := m.Sub(m.Const(1.0), power)
	low = m.Sub(m.Sub(m.Const(1.0), rest), power)
	n = m.SubMul(m.Copy(rest), power, r)
	low = m.Add(low, m.SubMul(m.Sub(rest, n), power, r))
	return n, m.SubMul(low, power, tail)
}

func tanhFrom(m arith, x, n, low, g, c group) group {
	rest := m.Mul(m.AddMul(low, n, c), g)
	return m.Or(m.MulAdd(n, g, rest), m.And(x, emit.SignBit))
}

func sigmoid(m arith, x group) []group {
	e := decay(m, x)
	g, c := reciprocal(m, m.Mul(e, emit.Drop))
	return []group{sigmoidFrom(m, x, e, g, c)}
}

func sigmoidGrad(m arith, x group) []group {
	e := decay(m, x)
	g, c := reciprocal(m, m.Mul(e, emit.Drop))
	value := sigmoidFrom(m, x, e, g, c)
	return []group{value, m.Mul(slope(m, e, g, c), emit.Drop)}
}

func sigmoidFrom(m arith, x, e, g, c group) group {
	n := m.Blend(x, m.Const(float64(emit.Lift)), e)
	return m.Mul(m.Mul(n, m.MulAdd(m.Copy(c), g, g)), emit.Drop)
}

func softplus(m arith, x group) []group {
	e := decay(m, x)
	return []group{softplusFrom(m, x, e, m.Mul(e, emit.Drop))}
}

func softplusGrad(m arith, x group) []group {
	e := decay(m, x)
	unlifted := m.Mul(e, emit.Drop)
	value := softplusFrom(m, x, e, unlifted)
	g, c := reciprocal(m, unlifted)
	return []group{value, sigmoidFrom(m, x, e, g, c)}
}

func softplusFrom(m arith, x, e, unlifted group) group {
	lifted := m.Div(e, m.Add(unlifted, 2.0))
	s := m.Mul(lifted, emit.Drop)
	w := m.AddMul(m.Const(0x1p-200), s, s)
	v := m.Mul(w, w)
	even := m.Poly(v, 0.156305778010044, 0.10845178394891875, 0.133351786314494, 0.18181819897962714,
		0.285714285716001, 0.6666666666666666)
	odd := m.Poly(v, 0.07492143795503257, 0.1173427906130154, 0.15384543964860542,
		0.2222222219823677, 0.39999999999999525)
	l := m.NegMulAdd(m.MulAdd(odd, w, even), w, unlifted)
	log := m.Mul(m.NegMulAdd(l, lifted, e), emit.Drop)
	return m.Add(m.Max(x, 0), log)
}

// decay returns lift·exp(−|x|).
func decay(m arith, x group) group {
	r, tail, scale := m.LiftedExp(m.Max(m.Or(x, emit.SignBit), -emit.Vanish))
	return m.MulAdd(m.Add(r, tail), scale, scale)
}

func reciprocal(m arith, e group) (g, c group) {
	one := m.Const(1.0)
	d := m.Add(e, one)
	low := m.Add(m.Sub(one, d), e)
	g = m.Div(one, d)
	c = m.NegMulAdd(d, g, one)
	return g, m.SubMul(c, g, low)
}

func slope(m arith, e, g, c group) group {
	q := m.Mul(e, g)
	rest := m.AddMul(m.MulSub(m.Copy(e), g, q), q, m.Add(c, c))
	return m.MulAdd(q, g, m.Mul(rest, g))
}
