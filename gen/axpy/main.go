// Axpy generates asm.AxpyAVX2 and asm.AxpyAVX512.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

const unroll = 4 // vectors per turn of the main loop

func main() { emit.Kernel("axpy", axpy) }

func axpy(v emit.Vec) {
	TEXT("Axpy"+v.Level, NOSPLIT, "func(alpha float64, x, y []float64)")
	Pragma("noescape")
	Doc("Axpy"+v.Level+" does what dense.axpyGeneric does, to the bit.",
		"It requires len(y) >= len(x).")
	alpha := v.Reg()
	VBROADCASTSD(NewParamAddr("alpha", 0), alpha)
	n := Load(Param("x").Len(), GP64()).(reg.GPVirtual)
	x, y := Load(Param("x").Base(), GP64()), Load(Param("y").Base(), GP64())
	pointers := []reg.Register{x, y}

	vectors := func(count int) func() {
		return func() {
			acc := v.Regs(count)
			for i, a := range acc {
				VMOVUPD(v.At(y, i), a)
			}
			for i, a := range acc {
				VFMADD231PD(v.At(x, i), alpha, a)
			}
			for i, a := range acc {
				VMOVUPD(a, v.At(y, i))
			}
		}
	}
	emit.Loop("loop", n, unroll*v.Lanes, pointers, vectors(unroll))
	emit.Loop("vector", n, v.Lanes, pointers, vectors(1))

	TESTQ(n, n)
	JE(LabelRef("done"))
	if v == emit.AVX512 {
		tail := v.TailOf(n, v.Lanes)
		tail.Select(0)
		s, t := v.Reg(), v.Reg()
		tail.Load(v.At(x, 0), s)
		tail.Load(v.At(y, 0), t)
		VFMADD231PD(s, alpha, t)
		tail.Store(t, v.At(y, 0))
	} else { // masked stores of AVX2 are slow on Zen
		emit.Loop("element", n, 1, pointers, func() {
			t := XMM()
			VMOVSD(Mem{Base: y}, t)
			VFMADD231SD(Mem{Base: x}, alpha.AsX(), t)
			VMOVSD(t, Mem{Base: y})
		})
	}
	Label("done")
	VZEROUPPER()
	RET()
}
