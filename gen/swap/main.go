// Swap generates asm.SwapAVX2. A store of 64 bytes takes as long as two of 32, so AVX-512 has
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
	emit.Kernel("swap", func(v emit.Vec) {
		if v == emit.AVX2 {
			swap(v)
		}
	})
}

func swap(v emit.Vec) {
	TEXT("Swap"+v.Level, NOSPLIT, "func(x, y []float64)")
	Pragma("noescape")
	Doc("Swap"+v.Level+" does what dense.swapGeneric does.", "It requires len(y) >= len(x).")
	n := Load(Param("x").Len(), GP64()).(reg.GPVirtual)
	x, y := Load(Param("x").Base(), GP64()), Load(Param("y").Base(), GP64())
	pointers := []reg.Register{x, y}
	vectors := func(count int) func() {
		return func() {
			a, b := v.Regs(count), v.Regs(count)
			for i := range count {
				VMOVUPD(v.At(x, i), a[i])
				VMOVUPD(v.At(y, i), b[i])
				VMOVUPD(b[i], v.At(x, i))
				VMOVUPD(a[i], v.At(y, i))
			}
		}
	}
	emit.Loop("loop", n, unroll*v.Lanes, pointers, vectors(unroll))
	emit.Loop("vector", n, v.Lanes, pointers, vectors(1))
	emit.Loop("element", n, 1, pointers, func() {
		a, b := GP64(), GP64()
		MOVQ(Mem{Base: x}, a)
		MOVQ(Mem{Base: y}, b)
		MOVQ(b, Mem{Base: x})
		MOVQ(a, Mem{Base: y})
	})
	VZEROUPPER()
	RET()
}
