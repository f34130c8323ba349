// Chebyshev generates asm.ChebyshevAVX2 and asm.ChebyshevAVX512: multiples of Chebyshev
// polynomials, a row for each argument.
//
// A vector holds as many arguments as it has lanes and goes through the recurrence, one
// multiply-add per degree; squares of as many degrees are transposed in registers. Shuffles
// are the bound: three per vector of 512 bits, two of 256.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

func main() { emit.Kernel("chebyshev", chebyshev) }

func chebyshev(v emit.Vec) {
	TEXT("Chebyshev"+v.Level, NOSPLIT, "func(rows, cols int, dst *float64, ld int, x *float64, c *float64)")
	Pragma("noescape")
	Doc("Chebyshev"+v.Level+" does what sparse.chebyshevGeneric does, to the bit. It requires rows, cols > 0,",
		"both multiples of the lanes of a vector, 8 with AVX-512 and 4 with AVX2.")
	get := func(name string) reg.GPVirtual { return Load(Param(name), GP64()).(reg.GPVirtual) }
	rows, first, x, c := get("rows"), get("dst"), get("x"), get("c")
	row := emit.NewStrided(emit.Bytes(NewParamAddr("ld", 24)), v.Lanes-1)
	size := Imm(uint64(8 * v.Lanes))

	Label("group")
	n, dst := get("cols"), GP64()
	MOVQ(first, dst)
	twice, next, last := v.Reg(), v.Reg(), v.Reg() // 2x, the value to come and the one before
	VMOVUPD(Mem{Base: x}, twice)
	VMOVUPD(Mem{Base: c}, next)
	VMULPD(twice, next, last) // of degree −1 as of 1
	VADDPD(twice, twice, twice)
	Label("square")
	t := v.Regs(v.Lanes)
	for _, value := range t {
		VMOVAPD(next, value)
		VFMSUB213PD(last, twice, next)
		VMOVAPD(value, last)
	}
	for e, r := range transpose(v, t) {
		VMOVUPD(r, row.At(dst, e, 0))
	}
	ADDQ(size, dst)
	SUBQ(Imm(uint64(v.Lanes)), n)
	JNE(LabelRef("square"))
	ADDQ(size, x)
	ADDQ(size, c)
	row.Advance(first, v.Lanes)
	SUBQ(Imm(uint64(v.Lanes)), rows)
	JNE(LabelRef("group"))
	VZEROUPPER()
	RET()
}

// transpose returns the columns of the square whose rows are t, which it destroys.
func transpose(v emit.Vec, t []reg.VecVirtual) []reg.VecVirtual {
	p := v.Regs(v.Lanes)
	for i := 0; i < v.Lanes; i += 2 {
		VUNPCKLPD(t[i+1], t[i], p[i])   // columns 0, 2, … of rows i and i+1
		VUNPCKHPD(t[i+1], t[i], p[i+1]) // columns 1, 3, …
	}
	if v == emit.AVX2 {
		for i, imm := range []uint64{0x20, 0x20, 0x31, 0x31} {
			VPERM2F128(Imm(imm), p[2+i%2], p[i%2], t[i])
		}
		return t
	}
	const even, odd = 0x88, 0xdd // lanes of 128 bits of the first, then of the second
	for i := range 2 {           // columns i, i+2, i+4, i+6
		for half := range 2 { // rows 0…3, then 4…7
			lo, hi := p[4*half+i], p[4*half+2+i]
			VSHUFF64X2(Imm(even), hi, lo, t[4*half+2*i])
			VSHUFF64X2(Imm(odd), hi, lo, t[4*half+2*i+1])
		}
		VSHUFF64X2(Imm(even), t[4+2*i], t[2*i], p[i])
		VSHUFF64X2(Imm(odd), t[4+2*i], t[2*i], p[i+4])
		VSHUFF64X2(Imm(even), t[5+2*i], t[1+2*i], p[i+2])
		VSHUFF64X2(Imm(odd), t[5+2*i], t[1+2*i], p[i+6])
	}
	return p
}
