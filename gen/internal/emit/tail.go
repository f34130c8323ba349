package emit

import (
	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Tail selects the first n elements of a few vectors, so that a kernel neither reads nor
// writes what lies behind them.
type Tail struct {
	v    Vec
	n    reg.Register
	bits reg.OpmaskVirtual // AVX512: one bit per element, those of the next vector lowest
	mask reg.VecVirtual    // AVX2: all ones in the selected lanes of the vector at hand
	ones Mem               // AVX2: count times −1, then count times 0
	size int
}

// TailOf returns the first n of count elements, n < count ≤ 32. It changes n.
func (v Vec) TailOf(n reg.GPVirtual, count int) *Tail {
	t := &Tail{v: v, n: n, size: count}
	if v == AVX512 {
		all := GP32()
		MOVL(U32(1<<32-1), all)
		BZHIL(n.As32(), all, all)
		t.bits = K()
		KMOVD(all, t.bits)
		return t
	}
	t.mask = v.Reg()
	t.ones = GLOBL("masks", attr.RODATA|attr.NOPTR)
	for i := range count {
		DATA(8*i, U64(1<<64-1))
	}
	for i := range count {
		DATA(8*(count+i), U64(0))
	}
	NEGQ(n)
	base := GP64()
	LEAQ(t.ones, base)
	t.ones = Mem{Base: base}
	return t
}

// Select makes vector i the one at hand. i must ascend from 0 by 1.
func (t *Tail) Select(i int) {
	if t.v == AVX512 {
		if i > 0 {
			KSHIFTRD(Imm(8), t.bits, t.bits)
		}
		return
	}
	VMOVUPD(t.ones.Offset(8*(t.size+t.v.Lanes*i)).Idx(t.n, 8), t.mask)
}

// Load loads the selected elements of m, and +0 for the others.
func (t *Tail) Load(m Mem, r reg.VecVirtual) {
	if t.v == AVX512 {
		VMOVUPD_Z(m, t.bits, r)
		return
	}
	VMASKMOVPD(m, t.mask, r)
}

// FMA adds a·b to acc in the selected lanes and leaves the others alone: there fma(0, 0,
// −0) would be +0.
func (t *Tail) FMA(a, b, acc reg.VecVirtual) {
	if t.v == AVX512 {
		VFMADD231PD(a, b, t.bits, acc)
		return
	}
	sum := t.v.Reg()
	VMOVAPD(acc, sum)
	VFMADD231PD(a, b, sum)
	VBLENDVPD(t.mask, sum, acc, acc)
}

// Store stores the selected elements of r.
func (t *Tail) Store(r reg.VecVirtual, m Mem) {
	if t.v == AVX512 {
		VMOVUPD(r, t.bits, m)
		return
	}
	VMASKMOVPD(r, t.mask, m)
}
