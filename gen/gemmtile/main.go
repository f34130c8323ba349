// Gemmtile generates asm.GemmTile4x12AVX2 and asm.GemmTile8x24AVX512, the register tiles
// of DGEMM.
//
// A tile is Lanes rows by 3 vectors. Its accumulators start from C, so that a sum over k
// may be cut anywhere: each element is one chain of multiply-adds in ascending k whatever
// the blocking. Per k it takes 3 loads of B and Lanes broadcasts of A for 3·Lanes
// multiply-adds, of which 12 or 24 are under way, more than their latency asks for. Rows of A
// that are too short for the hardware to see where they lead are prefetched a strip ahead;
// of B and C, what the next panel needs is.
//
// This file goes through C, tile.go computes a tile of it.
package main

import (
	"fmt"
	"math/bits"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

const (
	vectors = 3  // vectors per row of a full tile
	unroll  = 4  // steps of k per turn of the loop of a full tile
	line    = 8  // elements of a cache line
	deep    = 64 // steps of k from which on C is prefetched
)

func main() { emit.Kernel("gemmtile", func(v emit.Vec) { newTile(v).emit() }) }

// tile holds what the pieces of the kernel share.
type tile struct {
	emit.Vec
	edge     *emit.Edge
	a, b, c  reg.GPVirtual // the tile at hand
	n        reg.GPVirtual // columns from b on
	ak, bk   reg.GPVirtual // strides of k, in bytes
	rowsOfA  emit.Strided
	ats, ldc Mem // strides of strips of A and of rows of C, in bytes
	k, beta  Mem
	isStream Mem
}

func newTile(v emit.Vec) *tile { return &tile{Vec: v} }

func (t *tile) emit() {
	rows := t.Lanes
	name := fmt.Sprintf("GemmTile%dx%d%s", rows, vectors*t.Lanes, t.Level)
	TEXT(name, NOSPLIT, "func(m, n, k int, a *float64, ars, aks, ats int, b *float64, bks, bts int, c *float64, ldc int, beta float64, stream bool)")
	Pragma("noescape")
	Doc(name+" sets the m×n matrix C to beta·C + A·B as gemm.tileGeneric does, to the bit.",
		fmt.Sprintf("Row i of A starts i%%%d·ars elements into strip i/%d; strips are ats apart, steps of k aks.", rows, rows),
		fmt.Sprintf("B is cut into panels of %d columns, bts apart, rows of a panel bks apart. With stream, C", vectors*t.Lanes),
		fmt.Sprintf("goes past the caches, beta is 0, n a multiple of %d, and rows of C are aligned to %d bytes.", t.Lanes, 8*t.Lanes),
		"It requires m, n, k > 0.")
	t.edge = t.NewEdge()
	t.k, t.ldc = NewParamAddr("k", 16), NewParamAddr("ldc", 88)
	t.beta, t.isStream = NewParamAddr("beta", 96), NewParamAddr("stream", 104)
	t.ats = NewParamAddr("ats", 48)
	m, n0 := NewParamAddr("m", 0), NewParamAddr("n", 8)
	a0, b0, c0 := NewParamAddr("a", 24), NewParamAddr("b", 56), NewParamAddr("c", 80)

	t.rowsOfA = emit.NewStrided(emit.Bytes(NewParamAddr("ars", 32)), rows-1)
	t.ak, t.bk = emit.Bytes(NewParamAddr("aks", 40)), emit.Bytes(NewParamAddr("bks", 64))
	for _, p := range []Mem{t.ats, NewParamAddr("bts", 72), t.ldc} { // the rest is used from memory
		SHLQ(Imm(3), p)
	}

	t.a, t.b, t.c, t.n = GP64(), GP64(), GP64(), GP64()
	Label("strip")
	MOVQ(a0, t.a)
	MOVQ(b0, t.b)
	MOVQ(c0, t.c)
	MOVQ(n0, t.n)
	for r := rows; r >= 1; r-- {
		if r > 1 {
			CMPQ(m, U32(r))
			JL(LabelRef(fmt.Sprintf("rows%d", r-1)))
		}
		t.strip(r)
		if r < rows {
			JMP(LabelRef("done"))
		} else {
			SUBQ(U32(r), m)
			JLE(LabelRef("done"))
			next := GP64()
			MOVQ(t.ats, next)
			ADDQ(next, a0)
			MOVQ(t.ldc, next)
			SHLQ(Imm(uint64(bits.TrailingZeros(uint(r)))), next)
			ADDQ(next, c0)
			JMP(LabelRef("strip"))
		}
		if r > 1 {
			Label(fmt.Sprintf("rows%d", r-1))
		}
	}
	Label("done")
	CMPB(t.isStream, Imm(0))
	JE(LabelRef("return"))
	SFENCE()
	Label("return")
	VZEROUPPER()
	RET()
}

// strip emits rows r of C: full tiles, then what is left of a panel.
func (t *tile) strip(r int) {
	label := func(s string) string { return fmt.Sprintf("%s%d", s, r) }
	advance := func(columns int) {
		ADDQ(U32(8*columns), t.c)
		SUBQ(U32(columns), t.n)
	}
	Label(label("panel"))
	CMPQ(t.n, U32(vectors*t.Lanes))
	JL(LabelRef(label("narrow")))
	t.tile(r, vectors, false)
	ADDQ(NewParamAddr("bts", 72), t.b)
	advance(vectors * t.Lanes)
	JG(LabelRef(label("panel")))
	JMP(LabelRef(label("next")))

	Label(label("narrow"))
	for v := vectors - 1; v >= 1; v-- {
		narrower := label(fmt.Sprintf("below%dx", v))
		CMPQ(t.n, U32(v*t.Lanes))
		JL(LabelRef(narrower))
		t.tile(r, v, false)
		ADDQ(U32(8*v*t.Lanes), t.b)
		advance(v * t.Lanes)
		JLE(LabelRef(label("next")))
		if v > 1 {
			JMP(LabelRef(label("edge")))
		}
		Label(narrower)
		if v > 1 {
			CMPQ(t.n, U32((v-1)*t.Lanes))
			JLE(LabelRef(label(fmt.Sprintf("upTo%dx", v-1))))
			t.tile(r, v, true)
			JMP(LabelRef(label("next")))
			Label(label(fmt.Sprintf("upTo%dx", v-1)))
		}
	}
	Label(label("edge"))
	t.tile(r, 1, true)
	Label(label("next"))
}
