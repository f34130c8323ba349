// Rotate generates asm.RotateAVX2 and asm.RotateAVX512, sequences of plane rotations.
//
// The row that two rotations share stays in registers between them, so that each takes one
// load and one store per element and six floating-point operations.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

const vectors = 4 // of a row that are rotated at once

func main() { emit.Kernel("rotate", rotate) }

func rotate(v emit.Vec) {
	name := "Rotate" + v.Level
	TEXT(name, NOSPLIT, "func(n int, c, s, a *float64, lda, cols int)")
	Pragma("noescape")
	Doc(name+" does what gonumlapack.rotateGeneric does, to the bit.",
		"It requires n, cols > 0, cols a multiple of 8.")
	ld := emit.Bytes(NewParamAddr("lda", 32))
	a, cols := Load(Param("a"), GP64()), Load(Param("cols"), GP64())
	strip := func(label string, count int) {
		emit.Loop(label, cols, count*v.Lanes, []reg.Register{a}, func() { rotations(v, label, count, a, ld) })
	}
	strip("strip", vectors)
	strip("vector", 1)
	VZEROUPPER()
	RET()
}

// rotations emits all rotations of count vectors of each row, the first at a.
func rotations(v emit.Vec, label string, count int, a, ld reg.Register) {
	c, s, n := Load(Param("c"), GP64()), Load(Param("s"), GP64()), Load(Param("n"), GP64())
	row := GP64()
	MOVQ(a, row)
	x := v.Regs(count)
	for i := range x {
		VMOVUPD(v.At(row, i), x[i])
	}
	Label(label + "Rotation")
	cos, sin := v.Reg(), v.Reg()
	VBROADCASTSD(Mem{Base: c}, cos)
	VBROADCASTSD(Mem{Base: s}, sin)
	y := v.Regs(count)
	for i := range y {
		next := v.At(row, i)
		next.Index, next.Scale = ld, 1
		VMOVUPD(next, y[i])
		sx, sy := v.Reg(), v.Reg()
		VMULPD(x[i], sin, sx)
		VMULPD(y[i], sin, sy)
		VFMADD213PD(sy, cos, x[i])
		VMOVUPD(x[i], v.At(row, i))
		VFMSUB213PD(sx, cos, y[i])
		VMOVAPD(y[i], x[i])
	}
	ADDQ(ld, row)
	ADDQ(Imm(8), c)
	ADDQ(Imm(8), s)
	DECQ(n)
	JNE(LabelRef(label + "Rotation"))
	for i := range x {
		VMOVUPD(x[i], v.At(row, i))
	}
}
