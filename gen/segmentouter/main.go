// Segmentouter generates asm.SegmentOuter1, asm.SegmentOuter2 and asm.SegmentOuter3 for AVX2
// and AVX-512: sums of the outer products of a vector of one, two or three components and a
// row, over the edges of each node.
//
// A strip of 4 vectors of columns of all components, 3 at AVX2, stays in registers while the
// edges of a node go by: one load feeds as many multiply-adds as there are components.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

// stripVectors is what the registers hold, with 3 components and the mask of an edge.
var stripVectors = map[emit.Vec]int{emit.AVX2: 3, emit.AVX512: 4}

func main() {
	emit.Kernel("segmentouter", func(v emit.Vec) {
		edge := v.NewEdge()
		for dim := 1; dim <= 3; dim++ {
			segmentOuter(v, edge, dim)
		}
	})
}

func segmentOuter(v emit.Vec, edge *emit.Edge, dim int) {
	name := fmt.Sprint("SegmentOuter", dim)
	TEXT(name+v.Level, NOSPLIT, "func(nodes, cols int, dst *float64, ld int, x *float64, ldx int, edge *int32, offset *int32, u *float64)")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s%s does what sparse.segmentOuterGeneric does with %d components, to the bit.", name, v.Level, dim),
		"It requires nodes, cols > 0.")
	get := func(name string) reg.GPVirtual { return Load(Param(name), GP64()).(reg.GPVirtual) }
	nodes, row, offset := get("nodes"), get("dst"), get("offset")
	ldx, ld := emit.Bytes(NewParamAddr("ldx", 40)), emit.Bytes(NewParamAddr("ld", 24))
	rest := get("cols")
	ANDQ(Imm(uint64(v.Lanes-1)), rest)
	JE(LabelRef("node"))
	edge.Of(rest)

	Label("node")
	first, count := GP64(), GP64()
	MOVLQSX(Mem{Base: offset}, first)
	MOVLQSX(Mem{Base: offset, Disp: 4}, count)
	ADDQ(Imm(4), offset)
	SUBQ(first, count)
	JE(LabelRef("next"))
	dst, x, n := GP64(), get("x"), get("cols")
	MOVQ(row, dst)

	// at is vector j of component a at dst.
	at := func(a, j int) Mem {
		m := v.At(dst, j)
		switch a {
		case 1:
			m.Index, m.Scale = ld, 1
		case 2:
			m.Index, m.Scale = ld, 2
		}
		return m
	}
	sum := func(label string, vectors int, load func(m Mem, r reg.VecVirtual), store func(label string, m Mem, r reg.VecVirtual)) {
		acc := make([][]reg.VecVirtual, dim)
		for a := range acc {
			acc[a] = v.Regs(vectors)
			for j, s := range acc[a] {
				load(at(a, j), s)
			}
		}
		list, u, left := get("edge"), get("u"), GP64()
		LEAQ(Mem{Base: list, Index: first, Scale: 4}, list)
		for range dim {
			LEAQ(Mem{Base: u, Index: first, Scale: 8}, u)
		}
		MOVQ(count, left)
		Label(label)
		src := GP64()
		MOVLQSX(Mem{Base: list}, src)
		IMULQ(ldx, src)
		ADDQ(x, src)
		ADDQ(Imm(4), list)
		component := v.Regs(dim)
		for a, r := range component {
			VBROADCASTSD(Mem{Base: u, Disp: 8 * a}, r)
		}
		for j := range vectors {
			value := v.Reg()
			load(v.At(src, j), value)
			for a, r := range component {
				VFMADD231PD(value, r, acc[a][j])
			}
		}
		ADDQ(Imm(uint64(8*dim)), u)
		DECQ(left)
		JNE(LabelRef(label))
		for a := range acc {
			for j, s := range acc[a] {
				store(fmt.Sprint(label, a), at(a, j), s)
			}
		}
	}
	load := func(m Mem, r reg.VecVirtual) { VMOVUPD(m, r) }
	store := func(_ string, m Mem, r reg.VecVirtual) { VMOVUPD(r, m) }
	pointers := []reg.Register{dst, x}
	emit.Loop("strip", n, stripVectors[v]*v.Lanes, pointers, func() { sum("stripSum", stripVectors[v], load, store) })
	emit.Loop("vector", n, v.Lanes, pointers, func() { sum("vectorSum", 1, load, store) })
	TESTQ(n, n)
	JE(LabelRef("next"))
	sum("edgeSum", 1, edge.Load, func(label string, m Mem, r reg.VecVirtual) { edge.Store(label, r, m) })
	Label("next")
	for range dim {
		ADDQ(ld, row)
	}
	DECQ(nodes)
	JNE(LabelRef("node"))
	VZEROUPPER()
	RET()
}
