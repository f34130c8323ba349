package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const (
	reflectors   = 8 // that are in registers
	stripColumns = 3 // at once
)

// strips emits the update of strips of 16 rows, and one of 8, by 8 reflectors. The rows of
// these stay in registers while all columns pass by: each element is loaded and stored for 8
// multiply-adds, but there is no end of a tile at which these would have to wait for that.
func (k *kernel) strips(na Mem) {
	XORQ(k.row, k.row)
	for r := 2; r >= 1; r-- {
		label := fmt.Sprintf("strip%d", r)
		Label(label)
		rows := GP64()
		MOVQ(k.h, rows)
		SUBQ(k.row, rows)
		CMPQ(rows, U32(64*r))
		JL(LabelRef(label + "End"))
		x := make([][]reg.VecVirtual, reflectors)
		v := k.at(NewParamAddr("v", 8))
		for i := range x {
			x[i] = k.Regs(r)
			for j := range x[i] {
				VMOVUPD(k.At(v, j), x[i][j])
			}
			ADDQ(k.ldv, v)
		}
		a, w, n := k.at(NewParamAddr("a", 48)), GP64(), GP64()
		MOVQ(NewParamAddr("w", 32), w)
		MOVQ(na, n)
		for _, c := range []int{stripColumns, 1} {
			at := fmt.Sprintf("%sx%d", label, c)
			SUBQ(Imm(uint64(c)), n)
			JL(LabelRef(at + "End"))
			Label(at)
			k.columnsOfStrip(c, x, a, w)
			SUBQ(Imm(uint64(c)), n)
			JGE(LabelRef(at))
			Label(at + "End")
			ADDQ(Imm(uint64(c)), n)
		}
		ADDQ(U32(64*r), k.row)
		if r > 1 {
			JMP(LabelRef(label))
		}
		Label(label + "End")
	}
	JMP(LabelRef("done"))
}

// columnsOfStrip adds the reflectors x to c columns, and goes on to the next.
func (k *kernel) columnsOfStrip(c int, x [][]reg.VecVirtual, a, w reg.GPVirtual) {
	acc := make([][]reg.VecVirtual, c)
	for j := range acc {
		acc[j] = k.Regs(len(x[0]))
		for i := range acc[j] {
			VMOVUPD(k.a.At(a, j, 64*i), acc[j][i])
		}
	}
	for q := range x {
		for j := range acc {
			t := k.Reg()
			VBROADCASTSD(k.w.At(w, j, 8*q), t)
			for i := range acc[j] {
				VFMADD231PD(x[q][i], t, acc[j][i])
			}
		}
	}
	for j := range acc {
		for i := range acc[j] {
			VMOVUPD(acc[j][i], k.a.At(a, j, 64*i))
		}
	}
	k.a.Advance(a, c)
	k.w.Advance(w, c)
}
