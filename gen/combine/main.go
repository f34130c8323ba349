// Combine generates asm.CombineAVX2 and asm.CombineAVX512: features of edges and their
// derivatives, each times a factor of the edge, added up in place.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

const stripVectors = 4

func main() { emit.Kernel("combine", combine) }

func combine(v emit.Vec) {
	edge := v.NewEdge()
	TEXT("Combine"+v.Level, NOSPLIT, "func(rows, cols int, dst *float64, ld int, slope *float64, lds int, w *float64, c0 *float64, c1 *float64)")
	Pragma("noescape")
	Doc("Combine" + v.Level + " does what sparse.combineGeneric does, to the bit. It requires rows, cols > 0.")
	get := func(name string) reg.GPVirtual { return Load(Param(name), GP64()).(reg.GPVirtual) }
	rows, row, slopes, c0, c1 := get("rows"), get("dst"), get("slope"), get("c0"), get("c1")
	rest := get("cols")
	ANDQ(Imm(uint64(v.Lanes-1)), rest)
	JE(LabelRef("row"))
	edge.Of(rest)

	Label("row")
	factor0, factor1 := v.Reg(), v.Reg()
	VBROADCASTSD(Mem{Base: c0}, factor0)
	VBROADCASTSD(Mem{Base: c1}, factor1)
	dst, slope, w, n := GP64(), GP64(), get("w"), get("cols")
	MOVQ(row, dst)
	MOVQ(slopes, slope)
	some := func(vectors int, load func(m Mem, r reg.VecVirtual), store func(m Mem, r reg.VecVirtual)) {
		for j := range vectors {
			x, y, weight := v.Reg(), v.Reg(), v.Reg()
			load(v.At(w, j), weight)
			load(v.At(slope, j), y)
			load(v.At(dst, j), x)
			VMULPD(weight, factor1, weight)
			VMULPD(weight, y, y)
			VFMADD231PD(x, factor0, y)
			store(v.At(dst, j), y)
		}
	}
	load := func(m Mem, r reg.VecVirtual) { VMOVUPD(m, r) }
	store := func(m Mem, r reg.VecVirtual) { VMOVUPD(r, m) }
	pointers := []reg.Register{dst, slope, w}
	emit.Loop("strip", n, stripVectors*v.Lanes, pointers, func() { some(stripVectors, load, store) })
	emit.Loop("vector", n, v.Lanes, pointers, func() { some(1, load, store) })
	TESTQ(n, n)
	JE(LabelRef("next"))
	some(1, edge.Load, func(m Mem, r reg.VecVirtual) { edge.Store("edge", r, m) })
	Label("next")
	LEAQ(Mem{Base: row, Index: get("ld"), Scale: 8}, row)
	LEAQ(Mem{Base: slopes, Index: get("lds"), Scale: 8}, slopes)
	ADDQ(Imm(8), c0)
	ADDQ(Imm(8), c1)
	DECQ(rows)
	JNE(LabelRef("row"))
	VZEROUPPER()
	RET()
}
