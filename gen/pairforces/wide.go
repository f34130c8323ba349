package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

// wide is the width of 512 bits.
type wide struct {
	*kernel
	order  Mem              // of a transposition
	center []reg.VecVirtual // x, y, z of the body, for paired bodies also the weights
	tables []reg.VecVirtual // the first 8 pieces of every coefficient
	sums   []reg.VecVirtual
	energy reg.VecVirtual
	in     [2]reg.OpmaskVirtual
	pieces [2]reg.VecVirtual
}

func (w *wide) slots() int { return 2 }

func (w *wide) begin() {
	w.tables = w.Regs(degree + 2)
	for i, t := range w.tables {
		VMOVUPD(w.column(i), t)
	}
	w.energy = w.Zeros(1)[0]
}

// column returns the operand of the first 8 pieces of coefficient i.
func (w *wide) column(i int) Mem { return Mem{Base: w.constants, Disp: columns + 128*i} }

func (w *wide) row() {
	w.sums = w.Zeros(3)
	w.center = w.Regs(3)
	for a, c := range w.center {
		VBROADCASTSD(Mem{Base: w.body, Disp: 8 * a}, c)
	}
}

func (w *wide) load(slot int, list Mem) []reg.VecVirtual {
	return w.differences(slot, func(k int) Mem { return list.Offset(4 * k) })
}

// differences returns those to the neighbours whose numbers are at list.
func (w *wide) differences(slot int, list func(k int) Mem) []reg.VecVirtual {
	r := w.Regs(4) // two rows each
	for i := range r {
		for part := range 2 {
			j := GP64()
			MOVL(list(2*i+part), j.As32())
			row := Mem{Base: w.q, Index: j, Scale: 8}
			if part == 0 {
				VBROADCASTF64X4(row, r[i]) // as cheap as half a register, and defines all of it
			} else {
				VINSERTF64X4(Imm(1), row, r[i], r[i])
			}
		}
	}
	columns := emit.NewRows8(w.order, r)
	d := []reg.VecVirtual{columns.Column(0), columns.Column(1), columns.Column(2)}
	for a := range d {
		VSUBPD(w.center[a], d[a], d[a])
	}
	w.skipUnless(weighted, func() {
		weight := columns.Column(3)
		if len(w.center) > 3 {
			VMULPD(w.center[3], weight, weight)
		} else {
			VMULPD_BCST(Mem{Base: w.body, Disp: 24}, weight, weight)
		}
		VMOVUPD(weight, w.weights[slot])
	})
	return d
}

func (w *wide) cut(slot int, s reg.VecVirtual) {
	w.in[slot] = K()
	VCMPPD_BCST(Imm(less), w.single(cutoff2), s, w.in[slot])
	w.count(slot)
}

// count adds the lanes of a mask to the pairs.
func (w *wide) count(slot int) {
	n := GP32()
	KMOVB(w.in[slot], n)
	POPCNTL(n, n)
	ADDQ(n.As64(), w.pairs)
}

func (w *wide) piece(slot int, s reg.VecVirtual) {
	p := ZMM()
	w.pieces[slot] = p
	VADDPD_BCST(w.single(shift), s, p)
	VPSRLQ(Imm(32), p, p)
	VPSUBQ_BCST(w.single(base), p, p)
	VPMULUDQ_BCST(w.single(scale), p, p)
	VPSRLQ(Imm(32), p, p)
}

func (w *wide) coefficient(slot, i int) reg.VecVirtual {
	c := ZMM()
	VMOVDQA64(w.pieces[slot], c)
	VPERMI2PD(w.column(i).Offset(64), w.tables[i], c)
	return c
}

func (w *wide) accumulate(slot, _ int, value, slope reg.VecVirtual) {
	VADDPD(value, w.energy, w.in[slot], w.energy)
	for a, sum := range w.sums {
		VFMADD231PD(w.at(slot, a), slope, w.in[slot], sum)
	}
}

func (w *wide) endRow() {
	sum := quarters(w.sums[0], w.sums[1], w.sums[2])
	old := YMM()
	VMOVUPD(Mem{Base: w.dst}, old)
	VFMADD231PD_BCST(w.single(two), sum, old)
	VMOVUPD(old, Mem{Base: w.dst})
}

// quarters returns the canonical sums of x, y, z and of zeros.
func quarters(x, y, z reg.VecVirtual) reg.Register {
	t := YMM()
	x = halves512(x, y, z)
	VEXTRACTF64X4(Imm(1), x, t)
	VADDPD(t, x.AsY(), t)
	return t
}

// halves512 returns the sums of lanes 0…3 of x, y, z and of zeros, then those of lanes 4…7,
// as (0+1)+(2+3).
func halves512(x, y, z reg.VecVirtual) reg.VecVirtual {
	t, zero := ZMM(), ZMM()
	VXORPD(zero, zero, zero)
	pairs := func(x, y reg.VecVirtual) { // per 128 bits, lanes 2j + (2j+1) of x and of y
		VUNPCKLPD(y, x, t)
		VUNPCKHPD(y, x, x)
		VADDPD(x, t, x)
	}
	pairs(x, y)
	pairs(z, zero)
	VSHUFF64X2(Imm(0x88), z, x, t)
	VSHUFF64X2(Imm(0xdd), z, x, x)
	VADDPD(x, t, x)
	VSHUFF64X2(Imm(0xd8), x, x, x)
	return x
}

func (w *wide) end() {
	y, z := w.Zeros(1)[0], w.Zeros(1)[0]
	sum := quarters(w.energy, y, z)
	Store(sum.(reg.VecVirtual).AsX(), Return("energy"))
}
