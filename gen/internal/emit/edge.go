package emit

import (
	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Edge loads and stores the first elements of a vector whose others must not be touched.
// Where many vectors share one count, it is cheaper than Tail.
type Edge struct {
	v    Vec
	ones Mem // AVX2: the symbol of the masks
	mask reg.VecVirtual
	bits reg.OpmaskVirtual // AVX512
	rest reg.GPVirtual     // AVX2: the count, at least 1 and less than v.Lanes
}

// NewEdge declares what Edge needs. A file holds one at most.
func (v Vec) NewEdge() *Edge {
	e := &Edge{v: v}
	if v == AVX512 {
		return e
	}
	e.ones = GLOBL("edges", attr.RODATA|attr.NOPTR)
	for i := range v.Lanes {
		DATA(8*i, U64(1<<64-1))
	}
	for i := range v.Lanes {
		DATA(8*(v.Lanes+i), U64(0))
	}
	return e
}

// Of makes rest, in 1 … v.Lanes−1, the number of elements that Load and Store touch. It
// must keep its value as long as Store is used.
func (e *Edge) Of(rest reg.GPVirtual) {
	if e.v == AVX512 {
		all := GP32()
		MOVL(U32(1<<e.v.Lanes-1), all)
		BZHIL(rest.As32(), all, all)
		e.bits = K()
		KMOVD(all, e.bits)
		return
	}
	e.rest = rest
	at := GP64()
	base := GP64()
	LEAQ(e.ones, base)
	MOVQ(rest, at)
	NEGQ(at)
	e.mask = e.v.Reg()
	VMOVUPD(Mem{Base: base, Disp: 8 * e.v.Lanes, Index: at, Scale: 8}, e.mask)
}

// Load loads the elements from m, and +0 for the others.
func (e *Edge) Load(m Mem, r reg.VecVirtual) {
	if e.v == AVX512 {
		VMOVUPD_Z(m, e.bits, r)
		return
	}
	VMASKMOVPD(m, e.mask, r)
}

// Store stores the elements of r, which it destroys. label must be new. At AVX2 it
// branches, since masked stores are slow on Zen.
func (e *Edge) Store(label string, r reg.VecVirtual, m Mem) {
	if e.v == AVX512 {
		VMOVUPD(r, e.bits, m)
		return
	}
	one, done := label+"One", label+"Done"
	TESTQ(U32(2), e.rest)
	JE(LabelRef(one))
	VMOVUPD(r.AsX(), m)
	TESTQ(U32(1), e.rest)
	JE(LabelRef(done))
	VEXTRACTF128(Imm(1), r.AsY(), r.AsX())
	VMOVSD(r.AsX(), m.Offset(16))
	JMP(LabelRef(done))
	Label(one)
	VMOVSD(r.AsX(), m)
	Label(done)
}
