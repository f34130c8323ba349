// Qrleaf generates asm.QRLeafAVX2 and asm.QRLeafAVX512, one pass over a leaf of 8 columns:
// the reflectors so far are applied to the next column, and its inner products with all
// columns are taken on the way. They are what its reflector needs, what that makes of the
// columns after it, and what its products with the former ones are.
//
// Only one column is stored: stores of the others would take as long as the arithmetic. The
// canonical sum has 8 lanes. At 256 bits a pass goes over the rows twice, as in qrdot.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

const columns = 8

func main() { emit.Kernel("qrleaf", func(v emit.Vec) { (&kernel{Vec: v}).emit() }) }

// kernel holds what the passes share.
type kernel struct {
	emit.Vec
	x       emit.Strided
	w, dots reg.GPVirtual
}

func (k *kernel) emit() {
	name := "QRLeaf" + k.Level
	TEXT(name, NOSPLIT, "func(pass, h int, x *float64, ldx int, w, dots *float64)")
	Pragma("noescape")
	Doc(name+" does what lsq.qrLeafGeneric does, to the bit.",
		"It requires pass in 0…7, h > 0 a multiple of 8, 8 elements at w and dots.")
	k.x = emit.NewStrided(emit.Bytes(NewParamAddr("ldx", 24)), columns-1)
	k.w, k.dots = Load(Param("w"), GP64()).(reg.GPVirtual), Load(Param("dots"), GP64()).(reg.GPVirtual)
	for pass := range columns - 1 {
		CMPQ(NewParamAddr("pass", 0), Imm(uint64(pass)))
		JE(LabelRef(fmt.Sprintf("pass%d", pass)))
	}
	for pass := columns - 1; pass >= 0; pass-- {
		Label(fmt.Sprintf("pass%d", pass))
		k.pass(pass)
		VZEROUPPER()
		RET()
	}
}

func (k *kernel) pass(pass int) {
	factors := make([]reg.VecVirtual, pass) // those of w that are kept in registers
	kept := 6
	if k.Vec == emit.AVX512 {
		kept = columns
	}
	for c := range min(pass, kept) {
		factors[c] = k.Reg()
		VBROADCASTSD(Mem{Base: k.w, Disp: 8 * c}, factors[c])
	}
	for disp := 0; disp < 64; disp += 8 * k.Lanes {
		acc := k.Zeros(columns)
		x, n := GP64(), GP64()
		MOVQ(NewParamAddr("x", 16), x)
		MOVQ(NewParamAddr("h", 8), n)
		label := fmt.Sprintf("rows%dat%d", pass, disp)
		Label(label)
		k.rows(pass, disp, x, factors, acc)
		ADDQ(Imm(64), x)
		SUBQ(Imm(8), n)
		JG(LabelRef(label))
		for c := 0; c < columns; c += k.Lanes {
			sums, m := k.Sums(acc[c:c+k.Lanes]), Mem{Base: k.dots, Disp: 8 * c}
			if disp > 0 {
				VADDPD(m, sums, sums)
			}
			VMOVUPD(sums, m)
		}
	}
}

// rows emits the work on one vector of each column.
func (k *kernel) rows(pass, disp int, x reg.GPVirtual, factors, acc []reg.VecVirtual) {
	first := k.Reg()
	VMOVUPD(k.x.At(x, pass, disp), first)
	column := make([]Op, columns)
	for c := range column {
		column[c] = k.x.At(x, c, disp)
	}
	for c, f := range factors {
		if k.Vec == emit.AVX512 { // it has the registers to load them once
			r := k.Reg()
			VMOVUPD(column[c], r)
			column[c] = r
		}
		if f == nil {
			f = k.Reg()
			VBROADCASTSD(Mem{Base: k.w, Disp: 8 * c}, f)
		}
		VFMADD231PD(column[c], f, first)
	}
	if pass > 0 {
		VMOVUPD(first, column[pass])
	}
	column[pass] = first
	for c, a := range acc {
		VFMADD231PD(column[c], first, a)
	}
}
