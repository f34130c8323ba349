package emit

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Sums returns the vector of the canonical sums of v.Lanes accumulators, which it destroys.
// At 512 bits element i is ((0+1)+(2+3))+((4+5)+(6+7)) over the lanes of acc[i]; at 256 bits
// it is (0+1)+(2+3), so that the sum over lanes 0…3 of 8 plus that over lanes 4…7 is the same.
func (v Vec) Sums(acc []reg.VecVirtual) reg.VecVirtual {
	if v == AVX512 {
		return sums8(acc)
	}
	VHADDPD(acc[1], acc[0], acc[0]) // 0+1 of 0 and 1, 2+3 of 0 and 1
	VHADDPD(acc[3], acc[2], acc[2])
	VPERM2F128(Imm(0x20), acc[2], acc[0], acc[1])
	VPERM2F128(Imm(0x31), acc[2], acc[0], acc[3])
	VADDPD(acc[3], acc[1], acc[0])
	return acc[0]
}

func sums8(acc []reg.VecVirtual) reg.VecVirtual {
	t := AVX512.Reg()
	for i := 0; i < 8; i += 2 { // 128-bit lane j: 2j + (2j+1) of i and of i+1
		VUNPCKLPD(acc[i+1], acc[i], t)
		VUNPCKHPD(acc[i+1], acc[i], acc[i])
		VADDPD(acc[i], t, acc[i])
	}
	add := func(x, y, dst reg.VecVirtual) { // lanes 0+1, 2+3 of x, then those of y
		VSHUFF64X2(Imm(0x88), y, x, t)
		VSHUFF64X2(Imm(0xdd), y, x, dst)
		VADDPD(dst, t, dst)
	}
	add(acc[0], acc[2], acc[0])
	add(acc[4], acc[6], acc[4])
	add(acc[0], acc[4], acc[0])
	return acc[0]
}

// A Strided is a sequence of vectors of which number i begins i strides after a pointer.
type Strided struct {
	odd []reg.GPVirtual // odd multiples of the stride, in bytes
}

// NewStrided returns a sequence of vectors with the given stride in bytes, of which those up
// to number most ≤ 8 can be addressed.
func NewStrided(stride reg.GPVirtual, most int) Strided {
	s := Strided{odd: []reg.GPVirtual{stride}}
	for i := 3; i <= most; i += 2 {
		r := GP64()
		LEAQ(Mem{Base: s.odd[len(s.odd)-1], Index: stride, Scale: 2}, r)
		s.odd = append(s.odd, r)
	}
	return s
}

// At returns the operand of what lies disp bytes into vector i of the sequence at p.
func (s Strided) At(p reg.Register, i, disp int) Mem {
	if i == 0 {
		return Mem{Base: p, Disp: disp}
	}
	scale := 1
	for i%2 == 0 {
		i, scale = i/2, scale*2
	}
	return Mem{Base: p, Index: s.odd[i/2], Scale: uint8(scale), Disp: disp}
}

// Advance adds i strides to p.
func (s Strided) Advance(p reg.GPVirtual, i int) { LEAQ(s.At(p, i, 0), p) }

// Bytes returns a register with 8 times the parameter at the given offset of the frame.
func Bytes(p Mem) reg.GPVirtual {
	r := GP64()
	MOVQ(p, r)
	SHLQ(Imm(3), r)
	return r
}
