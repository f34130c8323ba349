package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

// tile emits a tile of c columns.
func (k *kernel) tile(c int) {
	label := fmt.Sprintf("tile%d", c)
	top := GP64()
	MOVQ(k.topAt, top)
	for j := range c {
		PREFETCHT0(Mem{Base: top, Index: k.i, Scale: 1})
		if j < c-1 {
			ADDQ(k.ldt, top)
		}
	}
	switch {
	case k.Vec == emit.AVX512:
		k.store(k.sums(label, c, 0, false))
	case c == 1: // both halves at once, for 8 accumulators rather than 4
		k.store([]reg.VecVirtual{k.bothHalves(label)})
	default:
		first := k.sums(label+"Low", c, 0, false)
		kept := make([]Mem, c)
		for j, s := range first {
			kept[j] = AllocLocal(32)
			VMOVUPD(s, kept[j])
		}
		second := k.sums(label+"High", c, 32, c == columns)
		for j, s := range second {
			VADDPD(kept[j], s, s)
		}
		k.store(second)
	}
}

// rows emits a loop over 8 rows at a time; body gets pointers to the reflectors and columns,
// and how many bytes the rows at hand lie behind.
func (k *kernel) rows(label string, ahead int, body func(v, a reg.GPVirtual, disp int)) {
	v, a, n := GP64(), GP64(), GP64()
	MOVQ(k.vp, v)
	MOVQ(k.ap, a)
	MOVQ(NewParamAddr("h", 0), n)
	emit.Loop(label+"Rows", n, 8*unroll, []reg.Register{v, a}, func() {
		for i := range unroll {
			body(v, a, 64*i)
			if i < ahead {
				PREFETCHT1(Mem{Base: k.next})
				ADDQ(k.step, k.next)
			}
		}
	})
	emit.Loop(label+"Rest", n, 8, []reg.Register{v, a}, func() { body(v, a, 0) })
}

// sums emits the sums over one register of every 8 rows, of Lanes reflectors with c columns.
func (k *kernel) sums(label string, c, disp int, fetch bool) []reg.VecVirtual {
	acc := make([][]reg.VecVirtual, c)
	for j := range acc {
		acc[j] = k.Zeros(k.Lanes)
	}
	ahead := 0
	if c == columns {
		ahead = fetched * k.Lanes * k.Lanes / 64
	}
	k.rows(label, ahead, func(v, a reg.GPVirtual, at int) {
		disp := at + disp
		x := k.Regs(c)
		for j := range x {
			VMOVUPD(k.a.At(a, j, disp), x[j])
		}
		if fetch {
			next := GP64()
			LEAQ(k.a.At(a, c, 0), next)
			for j := range x {
				PREFETCHT0(k.a.At(next, j, at))
			}
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
	k.rows(label, 0, func(v, a reg.GPVirtual, at int) {
		x, y := k.Reg(), k.Reg()
		VMOVUPD(k.a.At(a, 0, at), x)
		VMOVUPD(k.a.At(a, 0, at+32), y)
		for i := range low {
			VFMADD231PD(k.v.At(v, i, at), x, low[i])
			VFMADD231PD(k.v.At(v, i, at+32), y, high[i])
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
	MOVQ(k.topAt, top)
	MOVQ(k.wAt, w)
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
