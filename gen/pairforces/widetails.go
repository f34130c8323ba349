package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func (w *wide) outside(slot int, s reg.VecVirtual, to string) {
	low, high := K(), K()
	VCMPPD_BCST(Imm(less), w.single(least), s, w.in[slot], low)
	VCMPPD_BCST(Imm(greater), w.single(most), s, w.in[slot], high)
	KORTESTB(low, high)
	JE(LabelRef(to))
	KORB(low, high, low)
	n := GP32()
	KMOVB(low, n)
	POPCNTL(n, n)
	ADDQ(n.As64(), NewParamAddr("outside", 88))
}

func (w *wide) tails(slot int, s, value, slope reg.VecVirtual) {
	low, high, zero := K(), K(), K()
	VCMPPD_BCST(Imm(less), w.single(lowEnd), s, w.in[slot], low)
	VCMPPD_BCST(Imm(greater), w.single(highEnd), s, w.in[slot], high)
	choose := func(i int, dst reg.VecVirtual) {
		VBROADCASTSD(w.single(above+i), high, dst)
		VBROADCASTSD(w.single(below+i), low, dst)
	}
	constant := func(i int) reg.VecVirtual {
		c := w.Zeros(1)[0]
		choose(i, c)
		return c
	}
	r := ZMM()
	VSQRTPD(s, r)
	x := constant(0)
	VSUBPD(x, r, x)
	choose(1, value)
	start, end := constant(2), constant(3)
	VFMADD213PD(start, x, end) // slope at r
	VADDPD(start, end, start)
	VMULPD_BCST(w.single(half), start, start)
	KORB(low, high, high)
	VFMADD231PD(x, start, high, value)
	VMULPD_BCST(w.single(half), end, end)
	VDIVPD(r, end, high, slope)
	VXORPD(x, x, x)
	VCMPPD(Imm(equal), x, s, w.in[slot], zero)
	VMOVAPD(x, zero, slope)
	n := GP32()
	KMOVB(zero, n)
	ORQ(n.As64(), NewParamAddr("touching", 96))
}
