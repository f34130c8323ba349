// Affine generates asm.AffineAVX2 and asm.AffineAVX512.
//
// One store per cycle is the bound, and the loads of w and b keep up with it.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

const unroll = 4 // vectors per turn of the main loop

func main() { emit.Kernel("affine", affine) }

func affine(v emit.Vec) {
	t := v.NewTable()
	TEXT("Affine"+v.Level, NOSPLIT, "func(rows int, dst *float64, ld int, x *float64, incX int, w, b []float64)")
	Pragma("noescape")
	Doc("Affine"+v.Level+" does what dense.affineGeneric does, to the bit: dst[i·ld+j] = fma(x[i·incX], w[j], b[j]).",
		"It requires rows > 0 and len(w) = len(b) > 0.")
	rows := Load(Param("rows"), GP64()).(reg.GPVirtual)
	dst, ld := Load(Param("dst"), GP64()).(reg.GPVirtual), emit.Bytes(NewParamAddr("ld", 16))
	x, incX := Load(Param("x"), GP64()).(reg.GPVirtual), emit.Bytes(NewParamAddr("incX", 32))
	w, b := Load(Param("w").Base(), GP64()), Load(Param("b").Base(), GP64())
	rest := Load(Param("w").Len(), GP64()).(reg.GPVirtual)
	whole := GP64() // bytes of whole vectors
	MOVQ(rest, whole)
	ANDQ(Imm(uint64(v.Lanes-1)), rest)
	SUBQ(rest, whole)
	SHLQ(Imm(3), whole)
	edge := t.Edge()
	edge.Of(rest)

	at := GP64()
	value := v.Reg()
	place := func(p reg.Register, i int) Mem {
		return Mem{Base: p, Index: at, Scale: 1, Disp: 8 * v.Lanes * i}
	}
	vectors := func(label string, count int) {
		left := GP64() // bytes after the next turn
		MOVQ(whole, left)
		SUBQ(at, left)
		SUBQ(U32(8*v.Lanes*count), left)
		JL(LabelRef(label + "End"))
		Label(label)
		z := v.Regs(count)
		for i, r := range z {
			VMOVUPD(place(b, i), r)
		}
		for i, r := range z {
			VFMADD231PD(place(w, i), value, r)
		}
		for i, r := range z {
			VMOVUPD(r, place(dst, i))
		}
		ADDQ(U32(8*v.Lanes*count), at)
		SUBQ(U32(8*v.Lanes*count), left)
		JGE(LabelRef(label))
		Label(label + "End")
	}

	Label("row")
	VBROADCASTSD(Mem{Base: x}, value)
	XORQ(at, at)
	vectors("loop", unroll)
	vectors("vector", 1)
	TESTQ(rest, rest)
	JE(LabelRef("next"))
	s, z := v.Reg(), v.Reg()
	edge.Load(place(w, 0), s)
	edge.Load(place(b, 0), z)
	VFMADD231PD(s, value, z)
	edge.Store("edge", z, place(dst, 0))
	Label("next")
	ADDQ(ld, dst)
	ADDQ(incX, x)
	DECQ(rows)
	JNE(LabelRef("row"))
	VZEROUPPER()
	RET()
}
