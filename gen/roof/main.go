// Roof generates what bounds every other kernel: asm.RoofAVX2 and asm.RoofAVX512, which do
// nothing but multiply-adds, and asm.RoofReadAVX2 and asm.RoofReadAVX512, nothing but loads.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

const (
	chains = 12 // more than latency times throughput of any processor so far
	block  = 64 // elements that are read in a turn
)

func main() {
	emit.Kernel("roof", func(v emit.Vec) {
		multiply(v)
		read(v)
	})
}

func multiply(v emit.Vec) {
	TEXT("Roof"+v.Level, NOSPLIT, "func(n int)")
	Doc("Roof" + v.Level + " does 12 independent vectors of multiply-adds n times. It requires n > 0.")
	n := Load(Param("n"), GP64()).(reg.GPVirtual)
	acc, x := v.Zeros(chains), v.Zeros(1)[0]
	Label("loop")
	for _, a := range acc {
		VFMADD231PD(x, x, a)
	}
	SUBQ(Imm(1), n)
	JG(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

func read(v emit.Vec) {
	TEXT("RoofRead"+v.Level, NOSPLIT, "func(x []float64)")
	Pragma("noescape")
	Doc("RoofRead"+v.Level+" loads each element of x and makes nothing of it.", "It requires that len(x) is a multiple of 64.")
	n := Load(Param("x").Len(), GP64()).(reg.GPVirtual)
	x := Load(Param("x").Base(), GP64())
	sums := v.Zeros(8)
	emit.Loop("loop", n, block, []reg.Register{x}, func() {
		for i := range block / v.Lanes {
			sum := sums[i%len(sums)]
			VORPD(v.At(x, i), sum, sum)
		}
	})
	VZEROUPPER()
	RET()
}
