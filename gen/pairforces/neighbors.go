package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

// A width does what differs between the vector widths. Lanes of a mask are those below the
// cutoff; those outside of the training range are a part of them. Slot numbers the vectors
// that are under way at a time.
type width interface {
	slots() int                               // vectors that go side by side in the main loop
	begin()                                   // before all rows
	row()                                     // before a row
	load(slot int, list Mem) []reg.VecVirtual // the differences to neighbours; keeps the weights
	cut(slot int, s reg.VecVirtual)           // mask = s < cutoff²; counts
	piece(slot int, s reg.VecVirtual)         // looks for the pieces
	coefficient(slot, i int) reg.VecVirtual
	outside(slot int, s reg.VecVirtual, to string) // jumps unless a lane of the mask is outside
	tails(slot int, s, value, slope reg.VecVirtual)
	accumulate(slot, part int, value, slope reg.VecVirtual)
	endRow()
	end()
}

// kernel holds what both widths use.
type kernel struct {
	emit.Vec
	width
	dst, q, body, list, constants reg.GPVirtual
	pairs                         reg.GPVirtual
	flags                         Mem
	kept, weights                 []Mem // per slot, on the stack: differences and s; products of weights
	labels                        int
}

// single returns the operand of number i of the single constants.
func (k *kernel) single(i int) Mem { return Mem{Base: k.constants, Disp: 8 * i} }

// label returns a new label.
func (k *kernel) label(name string) string {
	k.labels++
	return fmt.Sprintf("%s%d", name, k.labels)
}

// skipUnless emits a jump over body if a bit of the flags is not set.
func (k *kernel) skipUnless(bit int, body func()) {
	over := k.label("over")
	TESTQ(U32(bit), k.flags)
	JE(LabelRef(over))
	body()
	Label(over)
}

// neighbors does vectors that lie one after the other, side by side. parts says for each
// which lanes of a group it has.
func (k *kernel) neighbors(parts ...int) {
	x, value, slope := k.Regs(len(parts)), k.Regs(len(parts)), k.Regs(len(parts))
	for slot := range parts {
		d := k.load(slot, Mem{Base: k.list, Disp: 4 * k.Lanes * (parts[0] + slot)})
		k.skipUnless(periodic, func() { k.nearest(d) })
		s := k.Reg()
		VMULPD(d[0], d[0], s)
		VFMADD231PD(d[1], d[1], s)
		VFMADD231PD(d[2], d[2], s)
		for a, r := range append(d, s) {
			VMOVUPD(r, k.at(slot, a))
		}
		k.cut(slot, s)
		k.piece(slot, s)
		VMOVAPD(k.coefficient(slot, 0), x[slot])
		VSUBPD(x[slot], s, x[slot])
	}
	for slot := range parts {
		VMOVAPD(k.coefficient(slot, 1), slope[slot])
		VMOVAPD(slope[slot], value[slot])
		VFMADD213PD(k.coefficient(slot, 2), x[slot], value[slot])
	}
	for i := 3; i < degree+2; i++ {
		for slot := range parts {
			VFMADD213PD(value[slot], x[slot], slope[slot])
			VFMADD213PD(k.coefficient(slot, i), x[slot], value[slot])
		}
	}
	for slot, part := range parts {
		s := k.Reg()
		VMOVUPD(k.at(slot, 3), s)
		inside := k.label("inside")
		k.outside(slot, s, inside)
		k.tails(slot, s, value[slot], slope[slot])
		Label(inside)
		k.skipUnless(weighted, func() {
			VMULPD(k.weights[slot], value[slot], value[slot])
			VMULPD(k.weights[slot], slope[slot], slope[slot])
		})
		k.accumulate(slot, part, value[slot], slope[slot])
	}
}

// at returns where difference a of a slot is kept, or s for a = 3.
func (k *kernel) at(slot, a int) Mem { return k.kept[slot].Offset(8 * k.Lanes * a) }

// nearest reduces differences to those of nearest images.
func (k *kernel) nearest(d []reg.VecVirtual) {
	const even = 8 // round to even, no exceptions
	for a, x := range d {
		n := k.Reg()
		if k.Lanes == 8 {
			VMULPD_BCST(k.single(inverse+a), x, n)
			VRNDSCALEPD(Imm(even), n, n)
			VFNMADD231PD_BCST(k.single(length+a), n, x)
			continue
		}
		f := k.Reg()
		VBROADCASTSD(k.single(inverse+a), f)
		VMULPD(f, x, n)
		VROUNDPD(Imm(even), n, n)
		VBROADCASTSD(k.single(length+a), f)
		VFNMADD231PD(f, n, x)
	}
}
