// Pairforces generates asm.PairForcesAVX2 and asm.PairForcesAVX512, which go over the
// neighbours of a range of bodies.
//
// At 512 bits the coefficients of the polynomials are looked up in registers, by permutes of
// 16 numbers. At 256 bits a group of 8 neighbours is done in two halves, whose rows of
// coefficients are loaded and transposed; accumulators are on the stack.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

func main() {
	emit.Kernel("pairforces", func(v emit.Vec) {
		k := &kernel{Vec: v}
		if v == emit.AVX512 {
			k.width = &wide{kernel: k}
		} else {
			k.width = &narrow{kernel: k}
		}
		k.emit()
	})
}

// degree is that of the polynomials.
const degree = 10

// single returns the operand of number i of the single constants.
func (k *kernel) single(i int) Mem { return Mem{Base: k.constants, Disp: 8 * i} }

// The single constants, in the order of pair.constants.
const (
	cutoff2 = 0
	least   = 1
	most    = 2
	lowEnd  = 3
	highEnd = 4
	length  = 5 // of three directions
	inverse = 8
	shift   = 11
	base    = 12
	scale   = 13
	below   = 14 // at, value, slope, curvature
	above   = 18
	half    = 22
	two     = 23

	columns = 8 * 24                    // bytes before the coefficients by power
	rows    = columns + (degree+2)*16*8 // and before those by piece
)

// Bits of the parameter flags.
const (
	periodic = 1
	weighted = 2
)

// Comparisons.
const (
	equal   = 0
	less    = 17
	greater = 30
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

func (k *kernel) emit() {
	name := "PairForces" + k.Level
	TEXT(name, NOSPLIT, "func(dst, q *float64, start []int, neighbors *int32, lo int, constants *float64, flags int) (energy float64, pairs, outside, touching int)")
	Pragma("noescape")
	Doc(name+" does what pair.forcesGeneric does, to the bit.",
		"It requires the list to be valid, len(start) > 1 and constants as package pair packs them.")
	k.q, k.dst = Load(Param("q"), GP64()).(reg.GPVirtual), Load(Param("dst"), GP64()).(reg.GPVirtual)
	k.list = Load(Param("neighbors"), GP64()).(reg.GPVirtual)
	k.constants = Load(Param("constants"), GP64()).(reg.GPVirtual)
	start := Load(Param("start").Base(), GP64())
	rowsLeft := Load(Param("start").Len(), GP64())
	lo := Load(Param("lo"), GP64())
	k.flags = NewParamAddr("flags", 64)
	zero := GP64()
	XORQ(zero, zero)
	Store(zero, Return("outside"))
	Store(zero, Return("touching"))
	k.pairs, k.body = GP64(), GP64()
	XORQ(k.pairs, k.pairs)
	SHLQ(Imm(5), lo)
	ADDQ(lo, k.dst)
	LEAQ(Mem{Base: k.q, Index: lo, Scale: 1}, k.body)
	at := GP64()
	MOVQ(Mem{Base: start}, at)
	LEAQ(Mem{Base: k.list, Index: at, Scale: 4}, k.list)
	DECQ(rowsLeft)
	for range k.slots() {
		k.kept = append(k.kept, AllocLocal(4*8*k.Lanes))
		k.weights = append(k.weights, AllocLocal(8*k.Lanes))
	}
	k.begin()

	Label("row")
	k.row()
	groups := GP64()
	MOVQ(Mem{Base: start, Disp: 8}, groups)
	SUBQ(Mem{Base: start}, groups)
	JE(LabelRef("rowEnd"))
	if k.slots() > 1 {
		SUBQ(Imm(16), groups)
		JL(LabelRef("pairsEnd"))
		Label("pairs")
		k.neighbors(0, 0)
		ADDQ(Imm(64), k.list)
		SUBQ(Imm(16), groups)
		JGE(LabelRef("pairs"))
		Label("pairsEnd")
		ADDQ(Imm(16), groups)
		JE(LabelRef("rowEnd"))
	}
	Label("group")
	for part := range 8 / k.Lanes {
		k.neighbors(part)
	}
	ADDQ(Imm(32), k.list)
	SUBQ(Imm(8), groups)
	JNE(LabelRef("group"))
	Label("rowEnd")
	k.endRow()
	ADDQ(Imm(8), start)
	ADDQ(Imm(32), k.body)
	ADDQ(Imm(32), k.dst)
	DECQ(rowsLeft)
	JNE(LabelRef("row"))
	k.end()
	Store(k.pairs, Return("pairs"))
	VZEROUPPER()
	RET()
}

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
