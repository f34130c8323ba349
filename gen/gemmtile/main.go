// Gemmtile generates asm.GemmTile4x12AVX2 and asm.GemmTile8x24AVX512, the register tiles
// of DGEMM.
//
// A tile is Lanes rows by 3 vectors. Its accumulators start from C, so that a sum over k
// may be cut anywhere: each element is one chain of multiply-adds in ascending k whatever
// the blocking. Per k it takes 3 loads of B and Lanes broadcasts of A for 3·Lanes
// multiply-adds, of which 12 or 24 are under way, more than their latency asks for. Rows of A
// that are too short for the hardware to see where they lead are prefetched a strip ahead;
// of B and C, what the next panel needs is.
package main

import (
	"fmt"

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
	a, b, c  reg.GPVirtual   // the tile at hand
	n        reg.GPVirtual   // columns from b on
	ak, bk   reg.GPVirtual   // strides of k, in bytes
	rowsOfA  []reg.GPVirtual // 1, 3, 5, 7 times the stride of rows of A
	ats, ldc Mem             // strides of strips of A and of rows of C, in bytes
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

	inBytes := func(p Mem) reg.GPVirtual {
		r := GP64()
		MOVQ(p, r)
		SHLQ(Imm(3), r)
		return r
	}
	ars := inBytes(NewParamAddr("ars", 32))
	t.rowsOfA = []reg.GPVirtual{ars}
	for i := 3; i < rows; i += 2 {
		r := GP64()
		LEAQ(Mem{Base: last(t.rowsOfA), Index: ars, Scale: 2}, r)
		t.rowsOfA = append(t.rowsOfA, r)
	}
	t.ak, t.bk = inBytes(NewParamAddr("aks", 40)), inBytes(NewParamAddr("bks", 64))
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
			SHLQ(Imm(shift(r)), next)
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
			VBROADCASTSD(t.row(a, i), x)
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
			PREFETCHT0(t.row(ahead, i))
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

// row returns the operand of row i of A at p.
func (t *tile) row(p reg.GPVirtual, i int) Mem {
	if i == 0 {
		return Mem{Base: p}
	}
	scale := 1
	for i%2 == 0 {
		i, scale = i/2, scale*2
	}
	return Mem{Base: p, Index: t.rowsOfA[i/2], Scale: uint8(scale)}
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

// shift returns the binary logarithm of r, a power of two.
func shift(r int) uint64 {
	s := uint64(0)
	for 1<<s < r {
		s++
	}
	return s
}

func last[T any](s []T) T { return s[len(s)-1] }
