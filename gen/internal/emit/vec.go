package emit

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Vec is a vector width and the level that has it.
type Vec struct {
	Level string // the suffix of the kernel's name
	Lanes int    // float64 per register
}

// The widths that kernels are emitted for.
var (
	AVX2   = Vec{Level: "AVX2", Lanes: 4}
	AVX512 = Vec{Level: "AVX512", Lanes: 8}
)

// Reg returns a new register.
func (v Vec) Reg() reg.VecVirtual {
	if v == AVX512 {
		return ZMM()
	}
	return YMM()
}

// Regs returns n new registers.
func (v Vec) Regs(n int) []reg.VecVirtual {
	r := make([]reg.VecVirtual, n)
	for i := range r {
		r[i] = v.Reg()
	}
	return r
}

// Zeros returns n new registers that hold +0.
func (v Vec) Zeros(n int) []reg.VecVirtual {
	r := v.Regs(n)
	for _, z := range r {
		VXORPD(z, z, z)
	}
	return r
}

// At returns the operand of the i-th vector at p.
func (v Vec) At(p reg.Register, i int) Mem {
	return Mem{Base: p, Disp: 8 * v.Lanes * i}
}

// Loop emits body for every step elements as long as n is at least step. Body handles the
// elements at the pointers, which then advance. Loop leaves the rest in n.
func Loop(label string, n reg.Register, step int, pointers []reg.Register, body func()) {
	end := label + "End"
	SUBQ(U32(step), n)
	JL(LabelRef(end))
	Label(label)
	body()
	for _, p := range pointers {
		ADDQ(U32(8*step), p)
	}
	SUBQ(U32(step), n)
	JGE(LabelRef(label))
	Label(end)
	ADDQ(U32(step), n)
}

// AbsMask returns a new register with all bits but the sign in every element.
func (v Vec) AbsMask() reg.VecVirtual {
	bits, one, all := GP64(), XMM(), v.Reg()
	MOVQ(U64(1<<63-1), bits)
	VMOVQ(bits, one)
	VBROADCASTSD(one, all)
	return all
}
