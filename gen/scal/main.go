// Scal generates asm.ScalAVX2. A store of 64 bytes takes as long as two of 32, so AVX-512 has
// no form of its own.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

const unroll = 4 // vectors per turn of the main loop

func main() {
	emit.Kernel("scal", func(v emit.Vec) {
		if v == emit.AVX2 {
			scal(v)
		}
	})
}

func scal(v emit.Vec) {
	TEXT("Scal"+v.Level, NOSPLIT, "func(alpha float64, x []float64)")
	Pragma("noescape")
	Doc("Scal" + v.Level + " does what dense.scalGeneric does, to the bit.")
	alpha := v.Reg()
	VBROADCASTSD(NewParamAddr("alpha", 0), alpha)
	n := Load(Param("x").Len(), GP64()).(reg.GPVirtual)
	x := Load(Param("x").Base(), GP64())
	vectors := func(count int) func() {
		return func() {
			for i := range count {
				t := v.Reg()
				VMULPD(v.At(x, i), alpha, t)
				VMOVUPD(t, v.At(x, i))
			}
		}
	}
	emit.Loop("loop", n, unroll*v.Lanes, []reg.Register{x}, vectors(unroll))
	emit.Loop("vector", n, v.Lanes, []reg.Register{x}, vectors(1))
	emit.Loop("element", n, 1, []reg.Register{x}, func() {
		t := XMM()
		VMULSD(Mem{Base: x}, alpha.AsX(), t)
		VMOVSD(t, Mem{Base: x})
	})
	VZEROUPPER()
	RET()
}
