// Qrdot generates asm.QRDotAVX2 and asm.QRDotAVX512, the products VᵀA of reflectors with the
// columns that they are applied to.
//
// A tile is Lanes reflectors by 3 columns, whose accumulators run along the rows; all sums
// of a column come out of the last reduction as one vector. The reflectors of a tile stay in
// the first-level cache while the columns pass by. The canonical sum has 8 lanes. At 256
// bits a tile goes over the rows twice, first for lanes 0…3 of every 8 rows and then for the
// others: 12 multiply-adds take 7 loads, where accumulators of two registers each would take
// 10. The second time it has the next columns fetched.
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
	columns = 3 // of a full tile
	unroll  = 4 // steps of 8 rows per turn, so that the end of a loop is predicted
	fetched = 4 // lines per turn of a full tile of 8 reflectors and all 8 lanes
)

func main() { emit.Kernel("qrdot", func(v emit.Vec) { (&kernel{Vec: v}).emit() }) }

// kernel holds what the pieces share.
type kernel struct {
	emit.Vec
	v, a                         emit.Strided
	i                            reg.GPVirtual // the first reflector of the tile at hand, in bytes
	vp, ap                       Mem           // the reflectors and columns of the tile
	na, scale                    Mem
	top, topAt, ldt, w, wAt, ldw Mem           // topAt, wAt: of the tile
	left                         Mem           // columns from the tile on
	next                         reg.GPVirtual // what is fetched next
	step                         Mem
}

func (k *kernel) emit() {
	name := "QRDot" + k.Level
	TEXT(name, NOSPLIT, "func(h int, v *float64, ldv, nv int, a *float64, lda, na int, scale, top *float64, ldt int, w *float64, ldw int, next *float64, step int)")
	Pragma("noescape")
	Doc(name+" does what lsq.qrDotGeneric does, to the bit.",
		"It requires h, nv, na > 0, h and nv multiples of 8.",
		"It also fetches into the second-level cache what begins step numbers apart at next, for",
		"every 32 rows, 8 reflectors and 3 columns 4 times.")
	nv := NewParamAddr("nv", 24)
	k.vp, k.na = NewParamAddr("v", 8), NewParamAddr("na", 48)
	k.scale, k.top, k.ldt = NewParamAddr("scale", 56), NewParamAddr("top", 64), NewParamAddr("ldt", 72)
	k.w, k.ldw = NewParamAddr("w", 80), NewParamAddr("ldw", 88)
	k.ap, k.topAt, k.wAt, k.left = AllocLocal(8), AllocLocal(8), AllocLocal(8), AllocLocal(8)
	for _, p := range []Mem{k.ldt, k.ldw, nv} { // used from memory, in bytes
		SHLQ(Imm(3), p)
	}
	k.v = emit.NewStrided(emit.Bytes(NewParamAddr("ldv", 16)), k.Lanes-1)
	k.a = emit.NewStrided(emit.Bytes(NewParamAddr("lda", 40)), columns)
	k.next, k.step = Load(Param("next"), GP64()).(reg.GPVirtual), NewParamAddr("step", 104)
	SHLQ(Imm(3), k.step)
	k.i = GP64()
	XORQ(k.i, k.i)

	Label("reflectors")
	for _, c := range [][2]Mem{{NewParamAddr("a", 32), k.ap}, {k.top, k.topAt}, {k.w, k.wAt}, {k.na, k.left}} {
		r := GP64()
		MOVQ(c[0], r)
		MOVQ(r, c[1])
	}
	Label("columns")
	for c := columns; c >= 1; c-- {
		if c > 1 {
			CMPQ(k.left, U32(c))
			JL(LabelRef(fmt.Sprintf("columns%d", c-1)))
		}
		k.tile(c)
		if c < columns {
			JMP(LabelRef("next"))
		} else {
			SUBQ(U32(c), k.left)
			JLE(LabelRef("next"))
			p := GP64()
			MOVQ(k.ap, p)
			k.a.Advance(p, c)
			MOVQ(p, k.ap)
			for _, s := range [][2]Mem{{k.ldt, k.topAt}, {k.ldw, k.wAt}} {
				stride := GP64()
				MOVQ(s[0], stride)
				LEAQ(Mem{Base: stride, Index: stride, Scale: columns - 1}, stride)
				ADDQ(stride, s[1])
			}
			JMP(LabelRef("columns"))
		}
		if c > 1 {
			Label(fmt.Sprintf("columns%d", c-1))
		}
	}
	Label("next")
	p := GP64()
	MOVQ(k.vp, p)
	for range k.Lanes / 4 {
		k.v.Advance(p, 4)
	}
	MOVQ(p, k.vp)
	ADDQ(U32(8*k.Lanes), k.i)
	CMPQ(k.i, nv)
	JL(LabelRef("reflectors"))
	VZEROUPPER()
	RET()
}
