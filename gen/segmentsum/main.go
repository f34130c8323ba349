// Segmentsum generates asm.SegmentSumAVX2 and asm.SegmentSumAVX512.
//
// A strip of 8 vectors of columns stays in registers while the rows of a segment go by, so
// that a sum is loaded and stored once, and the rows of another strip are those just read.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

const stripVectors = 8

func main() { emit.Kernel("segmentsum", segmentSum) }

func segmentSum(v emit.Vec) {
	edge := v.NewEdge()
	TEXT("SegmentSum"+v.Level, NOSPLIT, "func(rows, cols int, dst *float64, ld int, x *float64, ldx int, edge *int32, offset *int32)")
	Pragma("noescape")
	Doc("SegmentSum"+v.Level+" adds to row i of dst the rows edge[offset[i]] … edge[offset[i+1]−1] of x, one after",
		"the other. It requires rows, cols > 0.")
	get := func(name string) reg.GPVirtual { return Load(Param(name), GP64()).(reg.GPVirtual) }
	rows, row, offset := get("rows"), get("dst"), get("offset")
	ldx := emit.Bytes(NewParamAddr("ldx", 40))
	rest := get("cols")
	ANDQ(Imm(uint64(v.Lanes-1)), rest)
	JE(LabelRef("row"))
	edge.Of(rest)

	Label("row")
	first, count := GP64(), GP64()
	MOVLQSX(Mem{Base: offset}, first)
	ADDQ(Imm(4), offset)
	MOVLQSX(Mem{Base: offset}, count)
	SUBQ(first, count)
	JE(LabelRef("next"))
	edges := GP64()
	LEAQ(Mem{Base: get("edge"), Index: first, Scale: 4}, edges)
	dst, x, n := GP64(), get("x"), get("cols")
	MOVQ(row, dst)

	// sum adds the rows of the segment to some vectors at dst.
	sum := func(label string, vectors int, load, store func(m Mem, r reg.VecVirtual)) {
		acc := v.Regs(vectors)
		for j, s := range acc {
			load(v.At(dst, j), s)
		}
		list, left := GP64(), GP64()
		MOVQ(edges, list)
		MOVQ(count, left)
		Label(label)
		at := GP64()
		MOVLQSX(Mem{Base: list}, at)
		IMULQ(ldx, at)
		ADDQ(x, at)
		ADDQ(Imm(4), list)
		if vectors == 1 {
			r := v.Reg()
			load(Mem{Base: at}, r)
			VADDPD(r, acc[0], acc[0])
		} else {
			for j, s := range acc {
				VADDPD(v.At(at, j), s, s)
			}
		}
		DECQ(left)
		JNE(LabelRef(label))
		for j, s := range acc {
			store(v.At(dst, j), s)
		}
	}
	load := func(m Mem, r reg.VecVirtual) { VMOVUPD(m, r) }
	store := func(m Mem, r reg.VecVirtual) { VMOVUPD(r, m) }
	pointers := []reg.Register{dst, x}
	emit.Loop("strip", n, stripVectors*v.Lanes, pointers, func() { sum("stripSum", stripVectors, load, store) })
	emit.Loop("vector", n, v.Lanes, pointers, func() { sum("vectorSum", 1, load, store) })
	TESTQ(n, n)
	JE(LabelRef("next"))
	sum("edgeSum", 1, edge.Load, func(m Mem, r reg.VecVirtual) { edge.Store("edge", r, m) })
	Label("next")
	LEAQ(Mem{Base: row, Index: get("ld"), Scale: 8}, row)
	DECQ(rows)
	JNE(LabelRef("row"))
	VZEROUPPER()
	RET()
}
