// Piecewise generates asm.PiecewiseAVX2 and asm.PiecewiseAVX512, which evaluate polynomials on
// 16 pieces and their derivatives.
//
// At 512 bits coefficients are looked up by permutes of two registers, at 256 bits the rows of
// four pieces are loaded and transposed.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

const degree = 10

// The single constants of pair.constants that matter here, and the tables behind them.
const (
	shift   = 11
	base    = 12
	scale   = 13
	columns = 8 * 24
	rows    = columns + (degree+2)*16*8
)

func main() {
	emit.Kernel("piecewise", func(v emit.Vec) { (&kernel{Vec: v}).emit() })
}

type kernel struct {
	emit.Vec
	constants reg.GPVirtual
	pieces    reg.VecVirtual
	rows      []reg.GPVirtual
	block     []reg.VecVirtual
}

func (k *kernel) emit() {
	name := "Piecewise" + k.Level
	TEXT(name, NOSPLIT, "func(dst, grad, s []float64, constants *float64) int")
	Pragma("noescape")
	Doc(name+" does what pair.evalGeneric does, to the bit, for whole vectors, and returns the number",
		"of elements it did. The slices have the length of s.")
	n := Load(Param("s").Len(), GP64()).(reg.GPVirtual)
	dst, grad, s := Load(Param("dst").Base(), GP64()), Load(Param("grad").Base(), GP64()), Load(Param("s").Base(), GP64())
	k.constants = Load(Param("constants"), GP64()).(reg.GPVirtual)
	emit.Loop("vector", n, k.Lanes, []reg.Register{dst, grad, s}, func() {
		x := k.Reg()
		VMOVUPD(Mem{Base: s}, x)
		k.piece(x)
		VSUBPD(k.coefficient(0), x, x)
		value, slope := k.Reg(), k.Reg()
		VMOVAPD(k.coefficient(1), slope)
		VMOVAPD(slope, value)
		VFMADD213PD(k.coefficient(2), x, value)
		for i := 3; i < degree+2; i++ {
			VFMADD213PD(value, x, slope)
			VFMADD213PD(k.coefficient(i), x, value)
		}
		VMOVUPD(value, Mem{Base: dst})
		VMOVUPD(slope, Mem{Base: grad})
	})
	done := Load(Param("s").Len(), GP64())
	SUBQ(n, done)
	Store(done, ReturnIndex(0))
	VZEROUPPER()
	RET()
}

// constant broadcasts single constant i.
func (k *kernel) constant(i int) reg.VecVirtual {
	c := k.Reg()
	VBROADCASTSD(Mem{Base: k.constants, Disp: 8 * i}, c)
	return c
}

// piece finds the pieces in which s is.
func (k *kernel) piece(s reg.VecVirtual) {
	p := k.Reg()
	VADDPD(k.constant(shift), s, p)
	VPSRLQ(Imm(32), p, p)
	VPSUBQ(k.constant(base), p, p)
	VPMULUDQ(k.constant(scale), p, p)
	VPSRLQ(Imm(32), p, p)
	k.pieces, k.rows = p, nil
	if k.Vec == emit.AVX512 {
		return
	}
	for i := range 4 {
		r := GP64()
		half := p.AsX()
		if i >= 2 {
			half = XMM()
			VEXTRACTF128(Imm(1), p, half)
		}
		VPEXTRQ(Imm(uint64(i%2)), half, r)
		ANDQ(Imm(15), r)
		SHLQ(Imm(7), r)
		k.rows = append(k.rows, r)
	}
}

// coefficient returns number i of a row, 0 for the middles of the pieces.
func (k *kernel) coefficient(i int) reg.VecVirtual {
	if k.Vec == emit.AVX512 {
		c, low := ZMM(), ZMM()
		column := Mem{Base: k.constants, Disp: columns + 128*i}
		VMOVUPD(column, low)
		VMOVDQA64(k.pieces, c)
		VPERMI2PD(column.Offset(64), low, c)
		return c
	}
	if i%4 == 0 {
		k.block = emit.Columns4(func(row int) Mem {
			return Mem{Base: k.constants, Index: k.rows[row], Scale: 1, Disp: rows + 8*i}
		})
	}
	return k.block[i%4]
}
