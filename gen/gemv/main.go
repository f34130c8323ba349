// Gemv generates asm.GemvDotAVX2, asm.GemvAxpyAVX2 and their AVX-512 forms: four rows of a
// matrix at once, so that the vector beside them is read, or written, a fourth as often.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

const (
	rows   = 4
	unroll = 2 // vectors per turn, and accumulators per row of GemvDot
)

func main() {
	emit.Kernel("gemv", func(v emit.Vec) {
		edge := v.NewEdge()
		dot(v, edge)
		axpy(v, edge)
	})
}

// operands loads what both kernels have: m rows of a, which Loop advances through, x and y.
type operands struct {
	m, a, lda, lda3, x, y reg.GPVirtual
	alpha                 reg.VecVirtual
}

func load(v emit.Vec) operands {
	get := func(name string) reg.GPVirtual { return Load(Param(name), GP64()).(reg.GPVirtual) }
	o := operands{m: get("m"), a: get("a"), lda: get("lda"), lda3: GP64(), x: get("x"), y: get("y"), alpha: v.Reg()}
	SHLQ(Imm(3), o.lda)
	LEAQ(Mem{Base: o.lda, Index: o.lda, Scale: 2}, o.lda3)
	VBROADCASTSD(NewParamAddr("alpha", 48), o.alpha)
	return o
}

// strips emits body for every 4 rows: with n columns to go, the rows at a and along, which
// body advances.
func (o operands) strips(along reg.GPVirtual, body func(n, a, along reg.GPVirtual)) {
	Label("strip")
	n := Load(Param("n"), GP64()).(reg.GPVirtual)
	a, v := GP64(), GP64()
	MOVQ(o.a, a)
	MOVQ(along, v)
	body(n, a, v)
	LEAQ(Mem{Base: o.a, Index: o.lda, Scale: rows}, o.a)
	SUBQ(U32(rows), o.m)
	JG(LabelRef("strip"))
}

// row returns vector i of row r.
func row(v emit.Vec, a, lda, lda3 reg.GPVirtual, r, i int) Mem {
	m := v.At(a, i)
	switch r {
	case 1, 2:
		m.Index, m.Scale = lda, uint8(r)
	case 3:
		m.Index, m.Scale = lda3, 1
	}
	return m
}

const signature = "func(m, n int, a *float64, lda int, x, y *float64, alpha float64)"

func dot(v emit.Vec, edge *emit.Edge) {
	TEXT("GemvDot"+v.Level, NOSPLIT, signature)
	Pragma("noescape")
	Doc(fmt.Sprintf("GemvDot%s adds alpha times the inner products of x, which has n elements, with the m", v.Level),
		"rows of a to y. It requires n > 0 and m, a multiple of 4, to be positive.")
	o := load(v)
	o.strips(o.x, func(n, a, x reg.GPVirtual) {
		var acc [rows][]reg.VecVirtual
		for r := range acc {
			acc[r] = v.Zeros(unroll)
		}
		vectors := func(count int) func() {
			return func() {
				for i := range count {
					t := v.Reg()
					VMOVUPD(v.At(x, i), t)
					for r := range acc {
						VFMADD231PD(row(v, a, o.lda, o.lda3, r, i), t, acc[r][i])
					}
				}
			}
		}
		emit.Loop("loop", n, unroll*v.Lanes, []reg.Register{a, x}, vectors(unroll))
		emit.Loop("vector", n, v.Lanes, []reg.Register{a, x}, vectors(1))
		TESTQ(n, n)
		JE(LabelRef("sum"))
		edge.Of(n)
		s := v.Reg()
		edge.Load(v.At(x, 0), s)
		for r := range acc {
			t := v.Reg()
			edge.Load(row(v, a, o.lda, o.lda3, r, 0), t)
			VFMADD231PD(s, t, acc[r][0])
		}
		Label("sum")
		for r := range acc {
			VADDPD(acc[r][1], acc[r][0], acc[r][0])
			if v == emit.AVX512 {
				hi := YMM()
				VEXTRACTF64X4(Imm(1), acc[r][0], hi)
				VADDPD(hi, acc[r][0].AsY(), acc[r][0].AsY())
			}
		}
		pair, other, upper := YMM(), YMM(), YMM()
		VHADDPD(acc[1][0].AsY(), acc[0][0].AsY(), pair)  // halves of 0, 1, 0, 1
		VHADDPD(acc[3][0].AsY(), acc[2][0].AsY(), other) // halves of 2, 3, 2, 3
		VPERM2F128(Imm(0x31), other, pair, upper)
		VINSERTF128(Imm(1), other.AsX(), pair, pair)
		VADDPD(upper, pair, pair)
		sums := YMM()
		VMOVUPD(Mem{Base: o.y}, sums)
		VFMADD231PD(pair, o.alpha.AsY(), sums)
		VMOVUPD(sums, Mem{Base: o.y})
		ADDQ(U32(8*rows), o.y)
	})
	VZEROUPPER()
	RET()
}

func axpy(v emit.Vec, edge *emit.Edge) {
	TEXT("GemvAxpy"+v.Level, NOSPLIT, signature)
	Pragma("noescape")
	Doc(fmt.Sprintf("GemvAxpy%s adds the m rows of a, times alpha and the elements of x, to y, which has n", v.Level),
		"elements. It requires n > 0 and m, a multiple of 4, to be positive.")
	o := load(v)
	o.strips(o.y, func(n, a, y reg.GPVirtual) {
		c := v.Regs(rows)
		for r := range c {
			VBROADCASTSD(Mem{Base: o.x, Disp: 8 * r}, c[r])
			VMULPD(o.alpha, c[r], c[r])
		}
		ADDQ(U32(8*rows), o.x)
		vectors := func(count int) func() {
			return func() {
				acc := v.Regs(count)
				for i := range acc {
					VMOVUPD(v.At(y, i), acc[i])
				}
				for r := range c {
					for i := range acc {
						VFMADD231PD(row(v, a, o.lda, o.lda3, r, i), c[r], acc[i])
					}
				}
				for i := range acc {
					VMOVUPD(acc[i], v.At(y, i))
				}
			}
		}
		emit.Loop("loop", n, 2*unroll*v.Lanes, []reg.Register{a, y}, vectors(2*unroll))
		emit.Loop("vector", n, v.Lanes, []reg.Register{a, y}, vectors(1))
		TESTQ(n, n)
		JE(LabelRef("next"))
		edge.Of(n)
		acc := v.Reg()
		edge.Load(v.At(y, 0), acc)
		for r := range c {
			t := v.Reg()
			edge.Load(row(v, a, o.lda, o.lda3, r, 0), t)
			VFMADD231PD(c[r], t, acc)
		}
		edge.Store("last", acc, v.At(y, 0))
		Label("next")
	})
	VZEROUPPER()
	RET()
}
