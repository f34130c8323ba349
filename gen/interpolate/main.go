// Interpolate generates asm.InterpolateAVX2 and asm.InterpolateAVX512: weighted sums of a
// few consecutive rows of a table.
//
// A strip of 8 vectors of columns stays in registers while the rows go by, so that the
// multiply-adds are the bound.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

const stripVectors = 8

func main() { emit.Kernel("interpolate", interpolate) }

func interpolate(v emit.Vec) {
	edge := v.NewEdge()
	TEXT("Interpolate"+v.Level, NOSPLIT, "func(rows, cols, order int, dst *float64, ld int, table *float64, ldt int, first *int32, weights *float64)")
	Pragma("noescape")
	Doc("Interpolate"+v.Level+" does what sparse.interpolateGeneric does, to the bit. It requires rows, cols,",
		"order > 0.")
	get := func(name string) reg.GPVirtual { return Load(Param(name), GP64()).(reg.GPVirtual) }
	rows, row, first, weights := get("rows"), get("dst"), get("first"), get("weights")
	ldt := emit.Bytes(NewParamAddr("ldt", 48))
	order := get("order")
	rest := get("cols")
	ANDQ(Imm(uint64(v.Lanes-1)), rest)
	JE(LabelRef("row"))
	edge.Of(rest)

	Label("row")
	table := GP64()
	MOVLQSX(Mem{Base: first}, table)
	ADDQ(Imm(4), first)
	IMULQ(ldt, table)
	ADDQ(NewParamAddr("table", 40), table)
	dst, n := GP64(), get("cols")
	MOVQ(row, dst)

	sum := func(label string, vectors int, load, store func(m Mem, r reg.VecVirtual)) {
		acc := v.Zeros(vectors)
		at, w, left := GP64(), GP64(), GP64()
		MOVQ(table, at)
		MOVQ(weights, w)
		MOVQ(order, left)
		Label(label)
		weight := v.Reg()
		VBROADCASTSD(Mem{Base: w}, weight)
		if vectors == 1 {
			x := v.Reg()
			load(Mem{Base: at}, x)
			VFMADD231PD(x, weight, acc[0])
		} else {
			for j, s := range acc {
				VFMADD231PD(v.At(at, j), weight, s)
			}
		}
		ADDQ(Imm(8), w)
		ADDQ(ldt, at)
		DECQ(left)
		JNE(LabelRef(label))
		for j, s := range acc {
			store(v.At(dst, j), s)
		}
	}
	load := func(m Mem, r reg.VecVirtual) { VMOVUPD(m, r) }
	store := func(m Mem, r reg.VecVirtual) { VMOVUPD(r, m) }
	pointers := []reg.Register{dst, table}
	emit.Loop("strip", n, stripVectors*v.Lanes, pointers, func() { sum("stripSum", stripVectors, load, store) })
	emit.Loop("half", n, stripVectors/2*v.Lanes, pointers, func() { sum("halfSum", stripVectors/2, load, store) })
	emit.Loop("vector", n, v.Lanes, pointers, func() { sum("vectorSum", 1, load, store) })
	TESTQ(n, n)
	JE(LabelRef("next"))
	sum("edgeSum", 1, edge.Load, func(m Mem, r reg.VecVirtual) { edge.Store("edge", r, m) })
	Label("next")
	LEAQ(Mem{Base: row, Index: get("ld"), Scale: 8}, row)
	LEAQ(Mem{Base: weights, Index: order, Scale: 8}, weights)
	DECQ(rows)
	JNE(LabelRef("row"))
	VZEROUPPER()
	RET()
}
