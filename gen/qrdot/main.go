// Qrdot generates asm.QRDotAVX2 and asm.QRDotAVX512, the products VᵀA of reflectors with the
// columns that they are applied to.
//
// A tile is Lanes reflectors by 3 columns, whose accumulators run along the rows; all sums
// of a column come out of the last reduction as one vector. The canonical sum has 8 lanes.
// At 256 bits a tile goes over the rows twice, first for lanes 0…3 of every 8 rows and then
// for the others, which by then are in the first-level cache: 12 multiply-adds take 7 loads,
// where accumulators of two registers each would take 10.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

const columns = 3 // of a full tile

func main() { emit.Kernel("qrdot", func(v emit.Vec) { (&kernel{Vec: v}).emit() }) }

// kernel holds what the pieces share.
type kernel struct {
	emit.Vec
	v, a             emit.Strided
	vp, ap           reg.GPVirtual // the reflectors and columns of the tile at hand
	h, nv, scale     Mem
	top, ldt, w, ldw Mem
	i                reg.GPVirtual // bytes into scale, and into columns of top and w
}

func (k *kernel) emit() {
	name := "QRDot" + k.Level
	TEXT(name, NOSPLIT, "func(h int, v *float64, ldv, nv int, a *float64, lda, na int, scale, top *float64, ldt int, w *float64, ldw int)")
	Pragma("noescape")
	Doc(name+" does what lsq.qrDotGeneric does, to the bit.",
		"It requires h, nv > 0, both multiples of 8.")
	k.h, k.nv = NewParamAddr("h", 0), NewParamAddr("nv", 24)
	k.scale, k.top, k.ldt = NewParamAddr("scale", 56), NewParamAddr("top", 64), NewParamAddr("ldt", 72)
	k.w, k.ldw = NewParamAddr("w", 80), NewParamAddr("ldw", 88)
	na, a := NewParamAddr("na", 48), NewParamAddr("a", 32)
	for _, p := range []Mem{k.ldt, k.ldw, k.nv} { // used from memory, in bytes
		SHLQ(Imm(3), p)
	}
	k.v = emit.NewStrided(emit.Bytes(NewParamAddr("ldv", 16)), k.Lanes)
	k.a = emit.NewStrided(emit.Bytes(NewParamAddr("lda", 40)), columns)
	k.vp, k.ap, k.i = GP64(), GP64(), GP64()

	Label("columns")
	for c := columns; c >= 1; c-- {
		if c > 1 {
			CMPQ(na, U32(c))
			JL(LabelRef(fmt.Sprintf("columns%d", c-1)))
		}
		k.group(c)
		if c < columns {
			JMP(LabelRef("done"))
		} else {
			SUBQ(U32(c), na)
			JLE(LabelRef("done"))
			p := GP64()
			MOVQ(a, p)
			k.a.Advance(p, c)
			MOVQ(p, a)
			for _, s := range [][2]Mem{{k.ldt, k.top}, {k.ldw, k.w}} {
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
	Label("done")
	VZEROUPPER()
	RET()
}

// group emits the tiles of all reflectors with c columns.
func (k *kernel) group(c int) {
	label := fmt.Sprintf("tile%d", c)
	MOVQ(NewParamAddr("v", 8), k.vp)
	XORQ(k.i, k.i)
	Label(label)
	switch {
	case k.Vec == emit.AVX512:
		k.store(k.sums(label, c, 0))
	case c == 1: // both halves at once, for 8 accumulators rather than 4
		sums := k.bothHalves(label)
		k.store([]reg.VecVirtual{sums})
	default:
		first := k.sums(label+"Low", c, 0)
		kept := make([]Mem, c)
		for j, s := range first {
			kept[j] = AllocLocal(32)
			VMOVUPD(s, kept[j])
		}
		second := k.sums(label+"High", c, 32)
		for j, s := range second {
			VADDPD(kept[j], s, s)
		}
		k.store(second)
	}
	k.v.Advance(k.vp, 4)
	if k.Lanes == 8 {
		k.v.Advance(k.vp, 4)
	}
	ADDQ(U32(8*k.Lanes), k.i)
	CMPQ(k.i, k.nv)
	JL(LabelRef(label))
}

// rows emits a loop over 8 rows at a time; body gets pointers to the reflectors and columns.
func (k *kernel) rows(label string, body func(v, a reg.GPVirtual)) {
	v, a, n := GP64(), GP64(), GP64()
	MOVQ(k.vp, v)
	MOVQ(NewParamAddr("a", 32), a)
	MOVQ(k.h, n)
	Label(label + "Rows")
	body(v, a)
	ADDQ(Imm(64), v)
	ADDQ(Imm(64), a)
	SUBQ(Imm(8), n)
	JG(LabelRef(label + "Rows"))
}

// sums emits the sums over one register of every 8 rows, of Lanes reflectors with c columns.
func (k *kernel) sums(label string, c, disp int) []reg.VecVirtual {
	acc := make([][]reg.VecVirtual, c)
	for j := range acc {
		acc[j] = k.Zeros(k.Lanes)
	}
	k.rows(label, func(v, a reg.GPVirtual) {
		x := k.Regs(c)
		for j := range x {
			VMOVUPD(k.a.At(a, j, disp), x[j])
		}
		for i := range k.Lanes {
			t := k.Reg()
			VMOVUPD(k.v.At(v, i, disp), t)
			for j := range x {
				VFMADD231PD(x[j], t, acc[j][i])
			}
		}
	})
	sums := make([]reg.VecVirtual, c)
	for j := range sums {
		sums[j] = k.Sums(acc[j])
	}
	return sums
}

// bothHalves emits the sums of 4 reflectors with one column at 256 bits.
func (k *kernel) bothHalves(label string) reg.VecVirtual {
	low, high := k.Zeros(4), k.Zeros(4)
	k.rows(label, func(v, a reg.GPVirtual) {
		x, y := k.Reg(), k.Reg()
		VMOVUPD(k.a.At(a, 0, 0), x)
		VMOVUPD(k.a.At(a, 0, 32), y)
		for i := range low {
			VFMADD231PD(k.v.At(v, i, 0), x, low[i])
			VFMADD231PD(k.v.At(v, i, 32), y, high[i])
		}
	})
	x, y := k.Sums(low), k.Sums(high)
	VADDPD(y, x, x)
	return x
}

// store emits w = fma(sums, scale, top) for each column.
func (k *kernel) store(sums []reg.VecVirtual) {
	scale, top, w := GP64(), GP64(), GP64()
	MOVQ(k.scale, scale)
	MOVQ(k.top, top)
	MOVQ(k.w, w)
	factor := k.Reg()
	VMOVUPD(Mem{Base: scale, Index: k.i, Scale: 1}, factor)
	for j, s := range sums {
		VFMADD213PD(Mem{Base: top, Index: k.i, Scale: 1}, factor, s)
		VMOVUPD(s, Mem{Base: w, Index: k.i, Scale: 1})
		if j < len(sums)-1 {
			ADDQ(k.ldt, top)
			ADDQ(k.ldw, w)
		}
	}
}
