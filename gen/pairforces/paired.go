package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// paired is the width of 512 bits for bodies with 4 neighbours: the halves of a vector belong
// to a body and the next one.
type paired struct {
	wide
	alone bool // there is no next one: its half repeats that of the body and is masked
}

func (w *paired) row()    {}
func (w *paired) endRow() {}

func (w *paired) load(slot int, list Mem) []reg.VecVirtual {
	bodies := ZMM()
	last := 7
	if w.alone {
		VBROADCASTF64X4(Mem{Base: w.body}, bodies)
		last = 3
	} else {
		VMOVUPD(Mem{Base: w.body, Disp: 64 * slot}, bodies)
	}
	w.center = w.Regs(4)
	for a, c := range w.center {
		VPERMPD(U8(0x55*a), bodies, c)
	}
	return w.differences(slot, func(k int) Mem { return list.Offset(4 * (k & last)) })
}

func (w *paired) cut(slot int, s reg.VecVirtual) {
	w.in[slot] = K()
	if w.alone {
		half, n := K(), GP32()
		MOVL(U32(15), n)
		KMOVW(n, half)
		VCMPPD_BCST(Imm(less), w.single(cutoff2), s, half, w.in[slot])
	} else {
		VCMPPD_BCST(Imm(less), w.single(cutoff2), s, w.in[slot])
	}
	w.count(slot)
}

func (w *paired) accumulate(slot, _ int, value, slope reg.VecVirtual) {
	// Lanes above the cutoff add 0, which changes no sum: none is −0.
	VMOVAPD_Z(value, w.in[slot], value)
	energy := w.energy.AsY()
	VADDPD(value.AsY(), energy, energy)
	if !w.alone {
		VEXTRACTF64X4(Imm(1), value, value.AsY())
		VADDPD(value.AsY(), energy, energy)
	}
	sums := w.Zeros(3)
	for a, sum := range sums {
		VFMADD231PD(w.at(slot, a), slope, w.in[slot], sum)
	}
	rows := halves512(sums[0], sums[1], sums[2])
	dst := Mem{Base: w.dst, Disp: 64 * slot}
	zero := w.Zeros(1)[0] // the sums of lanes 4…7, to which −0 is nothing
	if w.alone {
		old := YMM()
		VADDPD(dst, zero.AsY(), old)
		VFMADD231PD_BCST(w.single(two), rows.AsY(), old)
		VMOVUPD(old, dst)
		return
	}
	old := ZMM()
	VADDPD(dst, zero, old)
	VFMADD231PD_BCST(w.single(two), rows, old)
	VMOVUPD(old, dst)
}
