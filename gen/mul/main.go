// Mul generates asm.MulAVX2. A store of 64 bytes takes as long as two of 32, so AVX-512 has no
// form of its own.
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
	emit.Kernel("mul", func(v emit.Vec) {
		if v == emit.AVX2 {
			mul(v)
		}
	})
}

func mul(v emit.Vec) {
	TEXT("Mul"+v.Level, NOSPLIT, "func(x, y []float64)")
	Pragma("noescape")
	Doc("Mul"+v.Level+" does what dense.mulGeneric does, to the bit.", "It requires len(y) >= len(x).")
	n := Load(Param("x").Len(), GP64()).(reg.GPVirtual)
	x, y := Load(Param("x").Base(), GP64()), Load(Param("y").Base(), GP64())
	pointers := []reg.Register{x, y}
	vectors := func(count int) func() {
		return func() {
			a := v.Regs(count)
			for i := range count {
				VMOVUPD(v.At(y, i), a[i])
				VMULPD(v.At(x, i), a[i], a[i])
				VMOVUPD(a[i], v.At(y, i))
			}
		}
	}
	emit.Loop("loop", n, unroll*v.Lanes, pointers, vectors(unroll))
	emit.Loop("vector", n, v.Lanes, pointers, vectors(1))
	emit.Loop("element", n, 1, pointers, func() {
		a := XMM()
		VMOVSD(Mem{Base: y}, a)
		VMULSD(Mem{Base: x}, a, a)
		VMOVSD(a, Mem{Base: y})
	})
	VZEROUPPER()
	RET()
}
