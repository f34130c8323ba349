// Affine generates asm.AffineAVX2 and asm.AffineAVX512.
//
// Strips of 4 vectors of columns go through all rows, two at a time: 6 loads feed 8
// multiply-adds, and the strip of w stays in L1. With one step of k, the stores are the
// bound.
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
	stripVectors = 4
	tileRows     = 2
)

func main() { emit.Kernel("affine", affine) }

// kernel is what the strips share.
type kernel struct {
	v            emit.Vec
	edge         *emit.Edge
	dst, w, b    reg.GPVirtual // where the strip starts
	ld, ldx, ldw reg.GPVirtual // in bytes
	depth        reg.GPVirtual
}

func affine(v emit.Vec) {
	t := v.NewTable()
	TEXT("Affine"+v.Level, NOSPLIT, "func(rows, cols, depth int, dst *float64, ld int, x *float64, ldx int, w *float64, ldw int, b *float64)")
	Pragma("noescape")
	Doc("Affine" + v.Level + " does what dense.affineGeneric does, to the bit. It requires rows, cols, depth > 0.")
	pointer := func(name string) reg.GPVirtual { return Load(Param(name), GP64()).(reg.GPVirtual) }
	a := kernel{
		v: v, edge: t.Edge(),
		dst: pointer("dst"), w: pointer("w"), b: pointer("b"),
		ld: emit.Bytes(NewParamAddr("ld", 32)), ldx: emit.Bytes(NewParamAddr("ldx", 48)), ldw: emit.Bytes(NewParamAddr("ldw", 64)),
		depth: pointer("depth"),
	}
	cols := pointer("cols")
	pointers := []reg.Register{a.dst, a.w, a.b}
	emit.Loop("strip", cols, stripVectors*v.Lanes, pointers, func() { a.strip("strip", stripVectors, false) })
	emit.Loop("vector", cols, v.Lanes, pointers, func() { a.strip("vector", 1, false) })
	TESTQ(cols, cols)
	JE(LabelRef("done"))
	a.edge.Of(cols)
	a.strip("edge", 1, true)
	Label("done")
	VZEROUPPER()
	RET()
}

// strip computes all rows of some vectors of columns, or of the edge of one.
func (a *kernel) strip(name string, vectors int, edge bool) {
	rows, x, dst := GP64(), GP64(), GP64()
	Load(Param("rows"), rows)
	Load(Param("x"), x)
	MOVQ(a.dst, dst)
	SUBQ(Imm(tileRows), rows)
	JL(LabelRef(name + "Last"))
	Label(name + "Rows")
	a.tile(name+"Tile", x, dst, tileRows, vectors, edge)
	SUBQ(Imm(tileRows), rows)
	JGE(LabelRef(name + "Rows"))
	Label(name + "Last")
	ADDQ(Imm(tileRows), rows)
	JE(LabelRef(name + "Done"))
	a.tile(name+"Row", x, dst, 1, vectors, edge)
	Label(name + "Done")
}

// tile computes some rows of the strip and moves x and dst on.
func (a *kernel) tile(name string, x, dst reg.GPVirtual, rows, vectors int, edge bool) {
	load := func(m Mem, r reg.VecVirtual) {
		if edge {
			a.edge.Load(m, r)
		} else {
			VMOVUPD(m, r)
		}
	}
	var sums [tileRows][]reg.VecVirtual
	for i := range rows {
		sums[i] = a.v.Regs(vectors)
		for j, s := range sums[i] {
			load(a.v.At(a.b, j), s)
		}
	}
	w, left := GP64(), GP64()
	MOVQ(a.w, w)
	MOVQ(a.depth, left)
	Label(name)
	values := a.v.Regs(rows)
	VBROADCASTSD(Mem{Base: x}, values[0])
	if rows == tileRows {
		VBROADCASTSD(Mem{Base: x, Index: a.ldx, Scale: 1}, values[1])
	}
	for j := range vectors {
		r := a.v.Reg()
		load(a.v.At(w, j), r)
		for i := range rows {
			VFMADD231PD(r, values[i], sums[i][j])
		}
	}
	ADDQ(Imm(8), x)
	ADDQ(a.ldw, w)
	DECQ(left)
	JNE(LabelRef(name))

	for i := range rows {
		for j, s := range sums[i] {
			if edge {
				a.edge.Store(fmt.Sprint(name, i), s, Mem{Base: dst})
			} else {
				VMOVUPD(s, a.v.At(dst, j))
			}
		}
		ADDQ(a.ld, dst)
	}
	// x has passed the steps of one row.
	MOVQ(a.depth, left)
	SHLQ(Imm(3), left)
	SUBQ(left, x)
	for range rows {
		ADDQ(a.ldx, x)
	}
}
