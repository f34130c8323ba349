// Qrupdate generates asm.QRUpdateAVX2 and asm.QRUpdateAVX512, the update A += VW by reflectors.
//
// A tile of A, 8 rows by 6 columns at 256 bits and 24 by 8 at 512, stays in registers while
// all reflectors are added to it in ascending order, so that its shape is no part of the
// result. Per reflector it takes 8 loads for 12 multiply-adds, or 11 for 24. Of 8 reflectors the
// end of a tile takes a fifth of the time; at 512 bits they go by strips instead.
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
	emit.Kernel("qrupdate", func(v emit.Vec) {
		k := &kernel{Vec: v, vectors: 2, columns: 6}
		if v == emit.AVX512 {
			k.vectors, k.columns = 3, 8
		}
		k.emit()
	})
}

// kernel holds what the pieces share.
type kernel struct {
	emit.Vec
	vectors, columns int // of a full tile

	ldv  reg.GPVirtual
	w, a emit.Strided
	row  reg.GPVirtual // the first row of the tile at hand, in bytes
	h    Mem           // bytes in a column
}

func (k *kernel) emit() {
	name := "QRUpdate" + k.Level
	TEXT(name, NOSPLIT, "func(h int, v *float64, ldv, nv int, w *float64, ldw int, a *float64, lda, na int)")
	Pragma("noescape")
	Doc(name+" does what lsq.qrUpdateGeneric does, to the bit.",
		"It requires h, nv > 0, h a multiple of 8.")
	na := NewParamAddr("na", 64)
	k.h = NewParamAddr("h", 0)
	SHLQ(Imm(3), k.h)
	k.ldv = emit.Bytes(NewParamAddr("ldv", 16))
	k.w = emit.NewStrided(emit.Bytes(NewParamAddr("ldw", 40)), k.columns-1)
	k.a = emit.NewStrided(emit.Bytes(NewParamAddr("lda", 56)), k.columns-1)
	k.row = GP64()

	if k.Vec == emit.AVX512 {
		n := GP64()
		MOVQ(NewParamAddr("nv", 24), n)
		CMPQ(n, Imm(reflectors))
		JNE(LabelRef("columns"))
		k.strips(na)
	}
	Label("columns")
	for c := k.columns; c >= 1; c-- {
		if c > 1 {
			CMPQ(na, U32(c))
			JL(LabelRef(fmt.Sprintf("columns%d", c-1)))
		}
		k.group(c)
		if c < k.columns {
			JMP(LabelRef("done"))
		} else {
			SUBQ(U32(c), na)
			JLE(LabelRef("done"))
			k.advance(k.w, NewParamAddr("w", 32))
			k.advance(k.a, NewParamAddr("a", 48))
			JMP(LabelRef("columns"))
		}
		if c > 1 {
			Label(fmt.Sprintf("columns%d", c-1))
		}
	}
	Label("done")
	VZEROUPPER()
	RET()
}

// advance moves a pointer in memory on to the next columns.
func (k *kernel) advance(s emit.Strided, pointer Mem) {
	p := GP64()
	MOVQ(pointer, p)
	s.Advance(p, k.columns/2)
	s.Advance(p, k.columns/2)
	MOVQ(p, pointer)
}

// at returns a pointer to the row at hand of what the parameter points to.
func (k *kernel) at(param Mem) reg.GPVirtual {
	p := GP64()
	MOVQ(param, p)
	ADDQ(k.row, p)
	return p
}

// group emits the tiles of all rows of c columns.
func (k *kernel) group(c int) {
	XORQ(k.row, k.row)
	label := func(r int) string { return fmt.Sprintf("rows%dx%d", r, c) }
	end := fmt.Sprintf("end%d", c)
	for r := k.vectors; r*k.Lanes >= 8; r-- {
		next := end
		if r*k.Lanes > 8 {
			next = label(r - 1)
		}
		Label(label(r))
		left := GP64()
		MOVQ(k.h, left)
		SUBQ(k.row, left)
		CMPQ(left, U32(8*r*k.Lanes))
		JL(LabelRef(next))
		k.tile(r, c)
		ADDQ(U32(8*r*k.Lanes), k.row)
		if r == k.vectors {
			JMP(LabelRef(label(r)))
		}
	}
	Label(end)
}

// tile emits a tile of r vectors by c columns.
func (k *kernel) tile(r, c int) {
	a := k.at(NewParamAddr("a", 48))
	acc := make([][]reg.VecVirtual, c)
	for j := range acc {
		acc[j] = k.Regs(r)
		for i := range acc[j] {
			VMOVUPD(k.a.At(a, j, 8*k.Lanes*i), acc[j][i])
		}
	}
	v, w, n := k.at(NewParamAddr("v", 8)), GP64(), GP64()
	MOVQ(NewParamAddr("w", 32), w)
	MOVQ(NewParamAddr("nv", 24), n)
	label := fmt.Sprintf("tile%dx%d", r, c)
	Label(label)
	x := k.Regs(r)
	for i := range x {
		VMOVUPD(k.At(v, i), x[i])
	}
	for j := range acc {
		t := k.Reg()
		VBROADCASTSD(k.w.At(w, j, 0), t)
		for i := range x {
			VFMADD231PD(x[i], t, acc[j][i])
		}
	}
	ADDQ(k.ldv, v)
	ADDQ(Imm(8), w)
	DECQ(n)
	JNE(LabelRef(label))
	a = k.at(NewParamAddr("a", 48))
	for j := range acc {
		for i := range acc[j] {
			VMOVUPD(acc[j][i], k.a.At(a, j, 8*k.Lanes*i))
		}
	}
}
