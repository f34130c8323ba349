// Dot generates asm.DotAVX2 and asm.DotAVX512.
//
// Two loads per cycle feed one multiply-add, whose latency of four cycles four accumulators
// hide. At 512 bits those are 32 lanes. Their number is part of the result, so both widths
// have it.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

const lanes = 32

func main() { emit.Kernel("dot", dot) }

func dot(v emit.Vec) {
	TEXT("Dot"+v.Level, NOSPLIT, "func(x, y []float64) float64")
	Pragma("noescape")
	Doc("Dot"+v.Level+" returns what dense.dotGeneric returns, to the bit.",
		"It requires len(y) >= len(x).")
	n := Load(Param("x").Len(), GP64()).(reg.GPVirtual)
	x, y := Load(Param("x").Base(), GP64()), Load(Param("y").Base(), GP64())
	acc := v.Zeros(lanes / v.Lanes)

	emit.Loop("loop", n, lanes, []reg.Register{x, y}, func() {
		for i, a := range acc {
			t := v.Reg()
			VMOVUPD(v.At(x, i), t)
			VFMADD231PD(v.At(y, i), t, a)
		}
	})

	TESTQ(n, n)
	JE(LabelRef("sum"))
	tail := v.TailOf(n, lanes)
	for i, a := range acc {
		tail.Select(i)
		s, t := v.Reg(), v.Reg()
		tail.Load(v.At(x, i), s)
		tail.Load(v.At(y, i), t)
		tail.FMA(s, t, a)
	}

	Label("sum")
	sum := v.Sum32(acc)
	VZEROUPPER()
	Store(sum, ReturnIndex(0))
	RET()
}
