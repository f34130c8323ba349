// Pairsearch generates asm.PairSearchAVX2 and asm.PairSearchAVX512, which look for the bodies
// near a point.
package main

import (
	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

const (
	windowSize = 40 // bytes: first, last, x, y, z
	less       = 17
	notEqual   = 4
)

func main() {
	emit.Kernel("pairsearch", func(v emit.Vec) { (&kernel{Vec: v}).emit() })
}

type kernel struct {
	emit.Vec
	dst, at, left reg.GPVirtual // where the next goes; the next candidate; candidates left
	limit         reg.VecVirtual
	own           reg.VecVirtual // the body itself, in 32-bit lanes
	self          reg.GPVirtual
	steps         reg.VecVirtual // 0, 1, 2 …, in 32-bit lanes
}

func (k *kernel) emit() {
	name := "PairSearch" + k.Level
	TEXT(name, NOSPLIT, "func(dst *int32, x, y, z, windows *float64, count, self int, limit float64) int")
	Pragma("noescape")
	Doc(name+" does what pair.searchGeneric does, to the bit. windows holds count times first,",
		"last, as integers, x, y and z. It reads up to 7 numbers behind the last candidate and",
		"writes up to 8 behind the last result.")
	k.dst = Load(Param("dst"), GP64()).(reg.GPVirtual)
	base := []reg.Register{Load(Param("x"), GP64()), Load(Param("y"), GP64()), Load(Param("z"), GP64())}
	window := Load(Param("windows"), GP64()).(reg.GPVirtual)
	windows := Load(Param("count"), GP64())
	k.self = Load(Param("self"), GP64()).(reg.GPVirtual)
	k.limit = k.Reg()
	VBROADCASTSD(NewParamAddr("limit", 56), k.limit)
	if k.Vec == emit.AVX512 {
		data := GLOBL("steps", attr.RODATA|attr.NOPTR)
		for i := range 8 {
			DATA(4*i, U32(uint32(i)))
		}
		k.steps, k.own = YMM(), YMM()
		VMOVDQU(data, k.steps)
		VPBROADCASTD(k.self.As32(), k.own)
	}
	k.at, k.left = GP64(), GP64()

	Label("window")
	MOVQ(Mem{Base: window}, k.at)
	MOVQ(Mem{Base: window, Disp: 8}, k.left)
	SUBQ(k.at, k.left)
	JLE(LabelRef("next"))
	point := k.Regs(3)
	for a, x := range point {
		VBROADCASTSD(Mem{Base: window, Disp: 16 + 8*a}, x)
	}
	Label("vector")
	var s reg.VecVirtual
	for a, x := range point {
		d := k.Reg()
		VMOVUPD(Mem{Base: base[a], Index: k.at, Scale: 8}, d)
		VSUBPD(x, d, d)
		if a == 0 {
			s = k.Reg()
			VMULPD(d, d, s)
		} else {
			VFMADD231PD(d, d, s)
		}
	}
	if k.Vec == emit.AVX512 {
		k.compress(s)
	} else {
		k.pick(s)
	}
	ADDQ(Imm(uint64(k.Lanes)), k.at)
	SUBQ(Imm(uint64(k.Lanes)), k.left)
	JG(LabelRef("vector"))
	Label("next")
	ADDQ(Imm(windowSize), window)
	DECQ(windows)
	JNE(LabelRef("window"))
	SUBQ(Load(Param("dst"), GP64()), k.dst)
	SHRQ(Imm(2), k.dst)
	Store(k.dst, ReturnIndex(0))
	VZEROUPPER()
	RET()
}

// candidates returns the number of those in the vector at hand: BZHI looks at 8 bits alone.
func (k *kernel) candidates() reg.Register {
	n, all := GP64(), GP64()
	MOVQ(k.left, n)
	MOVQ(U32(uint32(k.Lanes)), all)
	CMPQ(n, all)
	CMOVQGT(all, n)
	return n.As32()
}

// compress stores the candidates of a vector that are near.
func (k *kernel) compress(s reg.VecVirtual) {
	all, bits := GP32(), K()
	MOVL(U32(1<<32-1), all)
	BZHIL(k.candidates(), all, all)
	KMOVD(all, bits)
	index := YMM()
	VPBROADCASTD(k.at.As32(), index)
	VPADDD(k.steps, index, index)
	near, kept := K(), K()
	VCMPPD(Imm(less), k.limit, s, bits, near)
	VPCMPD(Imm(notEqual), k.own, index, near, kept)
	VPSLLD(Imm(2), index, index)
	packed := YMM()
	VPCOMPRESSD_Z(index, kept, packed)
	VMOVDQU(packed, Mem{Base: k.dst})
	n := GP32()
	KMOVB(kept, n)
	POPCNTL(n, n)
	LEAQ(Mem{Base: k.dst, Index: n.As64(), Scale: 4}, k.dst)
}

// pick is compress for 256 bits: every candidate is stored, and those that are far are
// overwritten.
func (k *kernel) pick(s reg.VecVirtual) {
	near := YMM()
	VCMPPD(Imm(less), k.limit, s, near)
	set := GP32()
	VMOVMSKPD(near, set)
	BZHIL(k.candidates(), set, set)
	index := GP32()
	MOVL(k.at.As32(), index)
	for i := range k.Lanes {
		bit, own := GP32(), GP32()
		XORL(own, own)
		CMPL(index, k.self.As32())
		SETNE(own.As8())
		MOVL(set, bit)
		if i > 0 {
			SHRL(Imm(uint64(i)), bit)
		}
		ANDL(own, bit)
		four := GP32()
		MOVL(index, four)
		SHLL(Imm(2), four)
		MOVL(four, Mem{Base: k.dst})
		LEAQ(Mem{Base: k.dst, Index: bit.As64(), Scale: 4}, k.dst)
		INCL(index)
	}
}
