// Pairforces generates asm.PairForcesAVX2 and asm.PairForcesAVX512, which go over the
// neighbours of a range of bodies, and asm.FewPairForcesAVX2 and asm.FewPairForcesAVX512,
// for bodies of which none has more than 4.
//
// At 512 bits the coefficients of the polynomials are looked up in registers, by permutes of
// 16 numbers; of bodies with few neighbours two share a vector. At 256 bits a group of 8
// neighbours is done in two halves, whose rows of coefficients are loaded and transposed;
// accumulators are on the stack.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

func main() {
	emit.Kernel("pairforces", func(v emit.Vec) {
		k, few := &kernel{Vec: v}, &kernel{Vec: v}
		if v == emit.AVX512 {
			order := emit.Transposition()
			k.width = &wide{kernel: k, order: order}
			few.width = &paired{wide: wide{kernel: few, order: order}}
		} else {
			k.width = &narrow{kernel: k}
			few.width = &narrow{kernel: few}
		}
		k.emit("PairForces", "It requires the list to be valid, len(start) > 1 and constants as package pair packs them.", k.rows)
		few.emit("FewPairForces", "It requires the list to be valid with 4 neighbours of every body, len(start) > 1 and constants as package pair packs them.", few.fewRows)
	})
}

// emit emits a function; rows goes over the rows.
func (k *kernel) emit(name, requires string, rows func(start, left reg.Register)) {
	name += k.Level
	TEXT(name, NOSPLIT, "func(dst, q *float64, start []int, neighbors *int32, lo int, constants *float64, flags int) (energy float64, pairs, outside, touching int)")
	Pragma("noescape")
	Doc(name+" does what pair.forcesGeneric does, to the bit.", requires)
	k.q, k.dst = Load(Param("q"), GP64()).(reg.GPVirtual), Load(Param("dst"), GP64()).(reg.GPVirtual)
	k.list = Load(Param("neighbors"), GP64()).(reg.GPVirtual)
	k.constants = Load(Param("constants"), GP64()).(reg.GPVirtual)
	start := Load(Param("start").Base(), GP64())
	left := Load(Param("start").Len(), GP64())
	lo := Load(Param("lo"), GP64())
	k.flags = NewParamAddr("flags", 64)
	zero := GP64()
	XORQ(zero, zero)
	Store(zero, Return("outside"))
	Store(zero, Return("touching"))
	k.pairs, k.body = GP64(), GP64()
	XORQ(k.pairs, k.pairs)
	SHLQ(Imm(5), lo)
	ADDQ(lo, k.dst)
	LEAQ(Mem{Base: k.q, Index: lo, Scale: 1}, k.body)
	at := GP64()
	MOVQ(Mem{Base: start}, at)
	LEAQ(Mem{Base: k.list, Index: at, Scale: 4}, k.list)
	DECQ(left)
	for range k.slots() {
		k.kept = append(k.kept, AllocLocal(4*8*k.Lanes))
		k.weights = append(k.weights, AllocLocal(8*k.Lanes))
	}
	k.begin()
	rows(start, left)
	k.end()
	Store(k.pairs, Return("pairs"))
	VZEROUPPER()
	RET()
}
