// Pairmotion generates asm.PairKickAVX2, asm.PairKickAVX512, asm.PairDriftAVX2 and
// asm.PairDriftAVX512, which change momenta and positions, rows of four numbers. As many
// bodies as a vector has lanes go side by side, so that what is one number for a body fills
// a vector.
package main

import (
	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

func main() {
	emit.Kernel("pairmotion", func(v emit.Vec) {
		k := &kernel{Vec: v}
		if v == emit.AVX512 {
			k.order, k.spread = emit.Transposition(), spreads()
		}
		k.kick()
		k.drift()
	})
}

type kernel struct {
	emit.Vec
	order, spread Mem // of permutations at 512 bits
}

// spreads are the indices that repeat each of two numbers four times.
func spreads() Mem {
	m := GLOBL("spread", attr.RODATA|attr.NOPTR)
	for i := range 32 {
		DATA(8*i, U64(i/4))
	}
	return m
}

// columns returns x, y and z of the rows in registers.
func (k *kernel) columns(rows []reg.VecVirtual) []reg.VecVirtual {
	t := emit.NewRows8(k.order, rows)
	return []reg.VecVirtual{t.Column(0), t.Column(1), t.Column(2)}
}

// square returns |x|² of columns.
func (k *kernel) square(c []reg.VecVirtual) reg.VecVirtual {
	s := k.Reg()
	VMULPD(c[0], c[0], s)
	VFMADD231PD(c[1], c[1], s)
	VFMADD231PD(c[2], c[2], s)
	return s
}

func (k *kernel) kick() {
	name := "PairKick" + k.Level
	TEXT(name, NOSPLIT, "func(p, f *float64, h float64, inverse, t *float64, vectors int) (most float64)")
	Pragma("noescape")
	Doc(name + " does what pair.kickGeneric does, to the bit, for whole vectors of bodies, at least one.")
	p, f, inverse, t := Load(Param("p"), GP64()), Load(Param("f"), GP64()), Load(Param("inverse"), GP64()), Load(Param("t"), GP64())
	n := Load(Param("vectors"), GP64())
	h, most := k.Reg(), k.Zeros(1)[0]
	VBROADCASTSD(NewParamAddr("h", 16), h)
	Label("kick")
	rows := k.Regs(4)
	for i, r := range rows {
		VMOVUPD(k.At(p, i), r)
		VFMADD231PD(k.At(f, i), h, r)
		VMOVUPD(r, k.At(p, i))
	}
	var c []reg.VecVirtual
	if k.Lanes == 8 {
		c = k.columns(rows)
	} else {
		c = emit.Columns4(func(i int) Mem { return k.At(p, i) })
	}
	s := k.square(c)
	VMULPD(Mem{Base: inverse}, s, s)
	VMOVUPD(s, Mem{Base: t})
	VMAXPD(most, s, most) // a NaN is left out
	k.next(n, "kick", p, f, inverse, t)
	y, x := YMM(), XMM()
	if k.Lanes == 8 {
		VEXTRACTF64X4(Imm(1), most, y)
		VMAXPD(y, most.AsY(), most.AsY())
	}
	VEXTRACTF128(Imm(1), most.AsY(), x)
	VMAXPD(x, most.AsX(), x)
	VPERMILPD(Imm(1), x, most.AsX())
	VMAXSD(x, most.AsX(), x)
	Store(x, Return("most"))
	VZEROUPPER()
	RET()
}

// next goes on with the next vector: pointers to rows come first, two of them, then those to
// numbers.
func (k *kernel) next(n reg.Register, label string, pointers ...reg.Register) {
	for i, p := range pointers {
		step := 8 * k.Lanes
		if i < 2 {
			step *= 4
		}
		ADDQ(U32(step), p)
	}
	DECQ(n)
	JNE(LabelRef(label))
}

func (k *kernel) drift() {
	name := "PairDrift" + k.Level
	TEXT(name, NOSPLIT, "func(q, p *float64, h float64, slope, inverse, places *float64, step int, limit float64, vectors int) (far int)")
	Pragma("noescape")
	Doc(name+" does what pair.driftGeneric does, to the bit, for whole vectors of bodies, at least one.",
		"Places are step bytes from one vector to the next.")
	q, p, slope, inverse := Load(Param("q"), GP64()), Load(Param("p"), GP64()), Load(Param("slope"), GP64()), Load(Param("inverse"), GP64())
	places, step, n := Load(Param("places"), GP64()), Load(Param("step"), GP64()), Load(Param("vectors"), GP64())
	h, limit, far := k.Reg(), k.Reg(), GP64()
	VBROADCASTSD(NewParamAddr("h", 16), h)
	VBROADCASTSD(NewParamAddr("limit", 56), limit)
	XORQ(far, far)
	var spread []reg.VecVirtual
	if k.Lanes == 8 {
		spread = k.Regs(4)
		for i, s := range spread {
			VMOVDQU64(k.spread.Offset(64*i), s)
		}
	}
	Label("drift")
	v, rows := k.Reg(), k.Regs(4)
	VMULPD(Mem{Base: slope}, h, v)
	VMULPD(Mem{Base: inverse}, v, v)
	for i, r := range rows {
		own := k.Reg()
		if k.Lanes == 8 {
			VPERMPD(v, spread[i], own)
		} else {
			VPERMPD(U8(0x55*i), v, own)
		}
		VMOVUPD(k.At(q, i), r)
		VFMADD231PD(k.At(p, i), own, r)
		VMOVUPD(r, k.At(q, i))
	}
	bits := GP32()
	if k.Lanes == 8 {
		for i, r := range rows {
			VSUBPD(k.At(places, i), r, r)
		}
		out := K()
		VCMPPD(Imm(notLess), limit, k.square(k.columns(rows)), out)
		KMOVB(out, bits)
	} else {
		c := emit.Columns4(func(i int) Mem { return k.At(q, i) })[:3]
		for a, b := range emit.Columns4(func(i int) Mem { return k.At(places, i) })[:3] {
			VSUBPD(b, c[a], c[a])
		}
		s := k.square(c)
		VCMPPD(Imm(notLess), limit, s, s)
		VMOVMSKPD(s, bits)
	}
	ORQ(bits.As64(), far)
	ADDQ(step, places)
	k.next(n, "drift", q, p, slope, inverse)
	Store(far, Return("far"))
	VZEROUPPER()
	RET()
}

// notLess is a comparison, true for NaN too.
const notLess = 21
