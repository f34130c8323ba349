// Rot generates asm.RotAVX2 and asm.RotAVX512.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

const unroll = 2 // vectors per turn of the main loop

func main() { emit.Kernel("rot", rot) }

func rot(v emit.Vec) {
	TEXT("Rot"+v.Level, NOSPLIT, "func(x, y []float64, c, s float64)")
	Pragma("noescape")
	Doc("Rot"+v.Level+" does what dense.rotGeneric does, to the bit.", "It requires len(y) >= len(x).")
	n := Load(Param("x").Len(), GP64()).(reg.GPVirtual)
	x, y := Load(Param("x").Base(), GP64()), Load(Param("y").Base(), GP64())
	pointers := []reg.Register{x, y}
	cos, sin := v.Reg(), v.Reg()
	VBROADCASTSD(NewParamAddr("c", 48), cos)
	VBROADCASTSD(NewParamAddr("s", 56), sin)

	rotated := func(a, b reg.VecVirtual) {
		sa, sb := v.Reg(), v.Reg()
		VMULPD(a, sin, sa)
		VMULPD(b, sin, sb)
		VFMADD213PD(sb, cos, a)
		VFMSUB213PD(sa, cos, b)
	}
	vectors := func(count int) func() {
		return func() {
			a, b := v.Regs(count), v.Regs(count)
			for i := range count {
				VMOVUPD(v.At(x, i), a[i])
				VMOVUPD(v.At(y, i), b[i])
				rotated(a[i], b[i])
				VMOVUPD(a[i], v.At(x, i))
				VMOVUPD(b[i], v.At(y, i))
			}
		}
	}
	emit.Loop("loop", n, unroll*v.Lanes, pointers, vectors(unroll))
	emit.Loop("vector", n, v.Lanes, pointers, vectors(1))
	TESTQ(n, n)
	JE(LabelRef("done"))
	edge := v.NewEdge()
	edge.Of(n)
	a, b := v.Reg(), v.Reg()
	edge.Load(Mem{Base: x}, a)
	edge.Load(Mem{Base: y}, b)
	rotated(a, b)
	edge.Store("x", a, Mem{Base: x})
	edge.Store("y", b, Mem{Base: y})
	Label("done")
	VZEROUPPER()
	RET()
}
