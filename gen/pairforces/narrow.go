package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

// narrow is the width of 256 bits.
type narrow struct {
	*kernel
	sums, energy, in, pieces Mem // on the stack
	rows                     []reg.GPVirtual
	block                    []reg.VecVirtual // four coefficients
}

func (w *narrow) slots() int { return 1 }

func (w *narrow) begin() {
	w.sums, w.energy = AllocLocal(6*32), AllocLocal(2*32) // lanes 0…3, then 4…7
	w.in, w.pieces = AllocLocal(32), AllocLocal(32)
	zero := w.Zeros(1)[0]
	VMOVUPD(zero, w.energy)
	VMOVUPD(zero, w.energy.Offset(32))
}

func (w *narrow) row() {
	zero := w.Zeros(1)[0]
	for i := range 6 {
		VMOVUPD(zero, w.sums.Offset(32*i))
	}
}

func (w *narrow) load(slot int, list Mem) []reg.VecVirtual {
	j := []reg.GPVirtual{GP64(), GP64(), GP64(), GP64()}
	for i := range j {
		MOVL(list.Offset(4*i), j[i].As32())
	}
	columns := emit.Columns4(func(i int) Mem { return Mem{Base: w.q, Index: j[i], Scale: 8} })
	for a, c := range columns {
		own := YMM()
		VBROADCASTSD(Mem{Base: w.body, Disp: 8 * a}, own)
		if a < 3 {
			VSUBPD(own, c, c)
		} else {
			VMULPD(own, c, c)
			VMOVUPD(c, w.weights[slot])
		}
	}
	w.rows = j
	return columns[:3]
}

// constant broadcasts single constant i.
func (w *narrow) constant(i int) reg.VecVirtual {
	c := YMM()
	VBROADCASTSD(w.single(i), c)
	return c
}

func (w *narrow) cut(_ int, s reg.VecVirtual) {
	in := w.constant(cutoff2)
	VCMPPD(Imm(less), in, s, in)
	VMOVUPD(in, w.in)
	n := GP32()
	VMOVMSKPD(in, n)
	POPCNTL(n, n)
	ADDQ(n.As64(), w.pairs)
}

func (w *narrow) piece(_ int, s reg.VecVirtual) {
	p, c := YMM(), w.constant(shift)
	VADDPD(c, s, p)
	VPSRLQ(Imm(32), p, p)
	VPSUBQ(w.constant(base), p, p)
	VPMULUDQ(w.constant(scale), p, p)
	VPSRLQ(Imm(32), p, p)
	VMOVUPD(p, w.pieces)
	for i, r := range w.rows {
		MOVQ(w.pieces.Offset(8*i), r)
		ANDQ(Imm(15), r)
		SHLQ(Imm(7), r)
	}
}

func (w *narrow) coefficient(_, i int) reg.VecVirtual {
	if i%4 == 0 {
		w.block = emit.Columns4(func(row int) Mem {
			return Mem{Base: w.constants, Index: w.rows[row], Scale: 1, Disp: rows + 8*i}
		})
	}
	return w.block[i%4]
}

func (w *narrow) outside(_ int, s reg.VecVirtual, to string) {
	out := w.constant(least)
	VCMPPD(Imm(greater), s, out, out)
	high := w.constant(most)
	VCMPPD(Imm(less), s, high, high)
	VORPD(high, out, out)
	VANDPD(w.in, out, out)
	n := GP32()
	VMOVMSKPD(out, n)
	TESTL(n, n)
	JE(LabelRef(to))
	POPCNTL(n, n)
	ADDQ(n.As64(), NewParamAddr("outside", 88))
}

func (w *narrow) tails(_ int, s, value, slope reg.VecVirtual) {
	low, high := w.constant(lowEnd), w.constant(highEnd)
	VCMPPD(Imm(greater), s, low, low)
	VCMPPD(Imm(less), s, high, high)
	VORPD(low, high, high)
	constant := func(i int) reg.VecVirtual {
		a, b := w.constant(above+i), w.constant(below+i)
		VBLENDVPD(low, b, a, a)
		return a
	}
	r := YMM()
	VSQRTPD(s, r)
	x := constant(0)
	VSUBPD(x, r, x)
	start, end := constant(2), constant(3)
	VFMADD213PD(start, x, end)
	VADDPD(start, end, start)
	VMULPD(w.constant(half), start, start)
	VFMADD213PD(constant(1), x, start)
	VBLENDVPD(high, start, value, value)
	VMULPD(w.constant(half), end, end)
	VDIVPD(r, end, end)
	VBLENDVPD(high, end, slope, slope)
	VXORPD(x, x, x)
	VCMPPD(Imm(equal), x, s, x)
	VANDPD(w.in, x, x)
	VANDNPD(slope, x, slope)
	n := GP32()
	VMOVMSKPD(x, n)
	ORQ(n.As64(), NewParamAddr("touching", 96))
}

func (w *narrow) accumulate(slot, part int, value, slope reg.VecVirtual) {
	in := YMM()
	VMOVUPD(w.in, in)
	old, sum := YMM(), YMM()
	e := w.energy.Offset(32 * part)
	VMOVUPD(e, old)
	VADDPD(old, value, sum)
	VBLENDVPD(in, sum, old, old)
	VMOVUPD(old, e)
	for a := range 3 {
		at := w.sums.Offset(32 * (2*a + part))
		x, old := YMM(), YMM()
		VMOVUPD(w.at(slot, a), x)
		VMOVUPD(at, old)
		VFMADD213PD(old, slope, x)
		VBLENDVPD(in, x, old, old)
		VMOVUPD(old, at)
	}
}

// halves returns the sums of lanes 0…3 and of 4…7 of the accumulators at x, y and z, as
// (0+1)+(2+3), and adds them.
func halves(acc func(i, part int) Mem) reg.VecVirtual {
	part := func(p int) reg.VecVirtual {
		x, y := YMM(), YMM()
		VMOVUPD(acc(0, p), x)
		VMOVUPD(acc(1, p), y)
		VHADDPD(y, x, x) // x01 y01 x23 y23
		z, zero := YMM(), YMM()
		VXORPD(zero, zero, zero)
		VMOVUPD(acc(2, p), z)
		VHADDPD(zero, z, z)
		VPERM2F128(Imm(0x20), z, x, y)
		VPERM2F128(Imm(0x31), z, x, x)
		VADDPD(x, y, x)
		return x
	}
	lo, hi := part(0), part(1)
	VADDPD(hi, lo, lo)
	return lo
}

func (w *narrow) endRow() {
	sum := halves(func(i, part int) Mem { return w.sums.Offset(32 * (2*i + part)) })
	old := YMM()
	VMOVUPD(Mem{Base: w.dst}, old)
	VFMADD231PD(w.constant(two), sum, old)
	VMOVUPD(old, Mem{Base: w.dst})
}

func (w *narrow) end() {
	sum := halves(func(_, part int) Mem { return w.energy.Offset(32 * part) })
	Store(sum.AsX(), Return("energy"))
}
