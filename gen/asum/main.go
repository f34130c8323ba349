// Asum generates asm.AsumAVX2 and asm.AsumAVX512.
//
// As in Dot, 32 lanes hide the latency of the additions, and are part of the result.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

const lanes = 32

func main() { emit.Kernel("asum", asum) }

func asum(v emit.Vec) {
	TEXT("Asum"+v.Level, NOSPLIT, "func(x []float64) float64")
	Pragma("noescape")
	Doc("Asum" + v.Level + " returns what dense.asumGeneric returns, to the bit.")
	n := Load(Param("x").Len(), GP64()).(reg.GPVirtual)
	x := Load(Param("x").Base(), GP64())
	acc := v.Zeros(lanes / v.Lanes)
	abs := v.AbsMask()

	emit.Loop("loop", n, lanes, []reg.Register{x}, func() {
		for i, a := range acc {
			t := v.Reg()
			VANDPD(v.At(x, i), abs, t)
			VADDPD(t, a, a)
		}
	})
	TESTQ(n, n)
	JE(LabelRef("sum"))
	tail := v.TailOf(n, lanes)
	for i, a := range acc {
		tail.Select(i)
		t := v.Reg()
		tail.Load(v.At(x, i), t)
		VANDPD(t, abs, t)
		VADDPD(t, a, a) // of +0 in the other lanes, which no lane shows
	}
	Label("sum")
	sum := v.Sum32(acc)
	VZEROUPPER()
	Store(sum, ReturnIndex(0))
	RET()
}
