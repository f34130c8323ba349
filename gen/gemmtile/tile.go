package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// tile emits a tile of r rows by v vectors. If it is an edge, n cuts the last vector short.
func (t *tile) tile(r, v int, edge bool) {
	label := func(s string) string {
		if edge {
			s += "Edge"
		}
		return fmt.Sprintf("%s%dx%d", s, r, v)
	}
	acc := make([][]reg.VecVirtual, r)
	for i := range acc {
		acc[i] = t.Regs(v)
	}
	if edge {
		rest := GP64()
		MOVQ(t.n, rest)
		SUBQ(U32((v-1)*t.Lanes), rest)
		t.edge.Of(rest)
	}
	isEdge := func(j int) bool { return edge && j == v-1 }
	t.load(label, acc, isEdge)

	k, a, b := GP64(), GP64(), GP64()
	MOVQ(t.k, k)
	MOVQ(t.a, a)
	MOVQ(t.b, b)
	step := func() {
		row := t.Regs(v)
		for j := range row {
			if isEdge(j) {
				t.edge.Load(t.At(b, j), row[j])
			} else {
				VMOVUPD(t.At(b, j), row[j])
			}
		}
		for i := range acc {
			x := t.Reg()
			VBROADCASTSD(t.rowsOfA.At(a, i, 0), x)
			for j := range row {
				VFMADD231PD(row[j], x, acc[i][j])
			}
		}
		ADDQ(t.ak, a)
		ADDQ(t.bk, b)
	}
	if v == vectors && r == t.Lanes {
		t.prefetchC(label, acc)
		ahead, panel := GP64(), GP64() // the strip below, and how far the next panel is
		MOVQ(NewParamAddr("bts", 72), panel)
		MOVQ(t.ats, ahead)
		CMPQ(t.k, U32(deep))
		JL(LabelRef(label("rowsBelow")))
		XORQ(ahead, ahead) // which leaves L1 to what is in use
		Label(label("rowsBelow"))
		ADDQ(a, ahead)
		SUBQ(U32(unroll), k)
		JL(LabelRef(label("short")))
		Label(label("loop"))
		for i := range acc {
			PREFETCHT0(t.rowsOfA.At(ahead, i, 0))
		}
		for j := range unroll * v * t.Lanes / line {
			PREFETCHT1(Mem{Base: b, Index: panel, Scale: 1, Disp: 8 * line * j})
		}
		LEAQ(Mem{Base: ahead, Index: t.ak, Scale: unroll}, ahead)
		for range unroll {
			step()
		}
		SUBQ(U32(unroll), k)
		JGE(LabelRef(label("loop")))
		Label(label("short"))
		ADDQ(U32(unroll), k)
		JE(LabelRef(label("store")))
	}
	Label(label("step"))
	step()
	DECQ(k)
	JNE(LabelRef(label("step")))
	Label(label("store"))
	t.store(label, acc, isEdge)
}

// prefetchC fetches what the next panel needs of C, if k is large enough to pay for it.
func (t *tile) prefetchC(label func(string) string, acc [][]reg.VecVirtual) {
	CMPQ(t.k, U32(deep))
	JL(LabelRef(label("shallow")))
	c := GP64()
	MOVQ(t.c, c)
	for i, row := range acc {
		if i > 0 {
			ADDQ(t.ldc, c)
		}
		for j := range len(row)*t.Lanes/line + 1 {
			PREFETCHT1(Mem{Base: c, Disp: 8 * (len(row)*t.Lanes + line*j)})
		}
	}
	Label(label("shallow"))
}

// load sets the accumulators to beta·C.
func (t *tile) load(label func(string) string, acc [][]reg.VecVirtual, isEdge func(j int) bool) {
	bits := GP64()
	MOVQ(t.beta, bits)
	SHLQ(Imm(1), bits) // without its sign
	JE(LabelRef(label("zero")))
	beta := t.Reg()
	VBROADCASTSD(t.beta, beta)
	t.rows(acc, func(_, j int, c Mem, r reg.VecVirtual) {
		if isEdge(j) {
			t.edge.Load(c, r)
			VMULPD(r, beta, r)
		} else {
			VMULPD(c, beta, r)
		}
	})
	JMP(LabelRef(label("from")))
	Label(label("zero"))
	for i := range acc {
		for _, r := range acc[i] {
			VXORPD(r, r, r)
		}
	}
	Label(label("from"))
}

// store writes the accumulators to C.
func (t *tile) store(label func(string) string, acc [][]reg.VecVirtual, isEdge func(j int) bool) {
	if !isEdge(len(acc[0]) - 1) {
		CMPB(t.isStream, Imm(0))
		JNE(LabelRef(label("stream")))
	}
	t.rows(acc, func(i, j int, c Mem, r reg.VecVirtual) {
		if isEdge(j) {
			t.edge.Store(label(fmt.Sprintf("row%d", i)), r, c)
		} else {
			VMOVUPD(r, c)
		}
	})
	if isEdge(len(acc[0]) - 1) {
		return
	}
	JMP(LabelRef(label("end")))
	Label(label("stream"))
	t.rows(acc, func(_, _ int, c Mem, r reg.VecVirtual) { VMOVNTPD(r, c) })
	Label(label("end"))
}

// rows calls f with each accumulator and its place in C.
func (t *tile) rows(acc [][]reg.VecVirtual, f func(i, j int, c Mem, r reg.VecVirtual)) {
	c := GP64()
	MOVQ(t.c, c)
	for i := range acc {
		if i > 0 {
			ADDQ(t.ldc, c)
		}
		for j, r := range acc[i] {
			f(i, j, t.At(c, j), r)
		}
	}
}
