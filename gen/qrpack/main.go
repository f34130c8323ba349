// Qrpack generates asm.QRPackAVX2, which turns rows into columns and takes the sums of their
// squares on the way.
//
// Half a shuffle per element bounds it. 512 bits would need 3/8 of one, of which processors
// do one per cycle where they do two of 256 bits; there is no such kernel.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

// ahead is how many rows before their turn lines are fetched, half of what lsq packs at once.
const ahead = 64

//go:generate go run .

func main() {
	emit.Kernel("qrpack", func(v emit.Vec) {
		if v == emit.AVX2 {
			pack(v)
		}
	})
}

func pack(v emit.Vec) {
	name := "QRPack" + v.Level
	TEXT(name, NOSPLIT, "func(h, cols int, src *float64, lds int, dst *float64, ldd int, squares *float64, ldq int)")
	Pragma("noescape")
	Doc(name+" does what lsq.qrPackGeneric does, to the bit.",
		"It requires h, cols > 0, h a multiple of 4, cols of 8.")
	cols := NewParamAddr("cols", 8)
	row := emit.NewStrided(emit.Bytes(NewParamAddr("lds", 24)), 4)
	column := emit.NewStrided(emit.Bytes(NewParamAddr("ldd", 40)), 7)
	kept := emit.NewStrided(emit.Bytes(NewParamAddr("ldq", 56)), 3)

	Label("strip")
	acc := make([][]reg.VecVirtual, 2)
	squares := GP64()
	MOVQ(NewParamAddr("squares", 48), squares)
	for half := range acc {
		acc[half] = v.Regs(4)
		for i, a := range acc[half] {
			VMOVUPD(kept.At(squares, i, 32*half), a)
		}
	}
	src, dst, n := GP64(), GP64(), GP64()
	MOVQ(NewParamAddr("src", 16), src)
	MOVQ(NewParamAddr("dst", 32), dst)
	MOVQ(NewParamAddr("h", 0), n)
	next := GP64()
	MOVQ(NewParamAddr("lds", 24), next)
	IMUL3Q(U32(8*ahead), next, next)
	ADDQ(src, next)
	Label("rows")
	for i := range 4 {
		PREFETCHT1(row.At(next, i, 0))
	}
	row.Advance(next, 4)
	for half := range acc {
		x, y := v.Regs(4), v.Regs(4)
		for i := range x {
			VMOVUPD(row.At(src, i, 32*half), x[i])
			VFMADD231PD(x[i], x[i], acc[half][i])
		}
		for i := 0; i < 4; i += 2 { // columns 0, 2 of rows i, i+1, then 1, 3
			VUNPCKLPD(x[i+1], x[i], y[i])
			VUNPCKHPD(x[i+1], x[i], y[i+1])
		}
		for c := range y {
			VPERM2F128(Imm([]uint64{0x20, 0x31}[c/2]), y[2+c%2], y[c%2], x[c])
			VMOVUPD(x[c], column.At(dst, 4*half+c, 0))
		}
	}
	row.Advance(src, 4)
	ADDQ(Imm(32), dst)
	SUBQ(Imm(4), n)
	JG(LabelRef("rows"))

	MOVQ(NewParamAddr("squares", 48), squares)
	for half := range acc {
		for i, a := range acc[half] {
			VMOVUPD(a, kept.At(squares, i, 32*half))
		}
	}
	ADDQ(Imm(64), NewParamAddr("squares", 48))
	ADDQ(Imm(64), NewParamAddr("src", 16))
	MOVQ(NewParamAddr("dst", 32), dst)
	for range 2 {
		column.Advance(dst, 4)
	}
	MOVQ(dst, NewParamAddr("dst", 32))
	SUBQ(Imm(8), cols)
	JG(LabelRef("strip"))
	VZEROUPPER()
	RET()
}
