// Roof generates asm.RoofAVX2 and asm.RoofAVX512, which do nothing but multiply-adds: what
// they reach is the bound of every other kernel.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

const chains = 12 // more than latency times throughput of any processor so far

func main() {
	emit.Kernel("roof", func(v emit.Vec) {
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
	})
}
