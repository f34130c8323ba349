// Separations generates asm.SeparationsAVX2 and asm.SeparationsAVX512: differences between
// the positions of bodies and a point, by nearest image, and their lengths.
//
// Gathers take half of the time and square roots a quarter.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/rapidhgn/rapidhgn/gen/internal/emit"
)

//go:generate go run .

func main() { emit.Kernel("separations", separations) }

func separations(v emit.Vec) {
	TEXT("Separations"+v.Level, NOSPLIT, "func(n int, x, y, z, r, q *float64, bodies *int32, frame *float64)")
	Pragma("noescape")
	Doc("Separations"+v.Level+" does what pair.separationsGeneric does, to the bit. It requires n > 0, a multiple of",
		"the lanes of a vector, 8 with AVX-512 and 4 with AVX2.")
	get := func(name string) reg.GPVirtual { return Load(Param(name), GP64()).(reg.GPVirtual) }
	n, q, bodies, frame := get("n"), get("q"), get("bodies"), get("frame")
	d := []reg.GPVirtual{get("x"), get("y"), get("z")}
	r := get("r")
	point, length, inverse := v.Regs(3), v.Regs(3), v.Regs(3)
	for a := range 3 {
		VBROADCASTSD(Mem{Base: frame, Disp: 8 * a}, point[a])
		VBROADCASTSD(Mem{Base: frame, Disp: 8 * (3 + a)}, length[a])
		VBROADCASTSD(Mem{Base: frame, Disp: 8 * (6 + a)}, inverse[a])
	}
	step := Imm(uint64(8 * v.Lanes))

	Label("group")
	j, sum := v.Reg(), v.Reg()
	VPMOVSXDQ(Mem{Base: bodies}, j)
	VPADDQ(j, j, sum)
	VPADDQ(j, sum, j) // 3j
	for a := range 3 {
		t, images := v.Reg(), v.Reg()
		gather(v, Mem{Base: q, Disp: 8 * a, Index: j, Scale: 8}, t)
		VSUBPD(point[a], t, t)
		VMULPD(inverse[a], t, images)
		if v == emit.AVX512 {
			VRNDSCALEPD(Imm(8), images, images)
		} else {
			VROUNDPD(Imm(8), images, images)
		}
		VFNMADD231PD(length[a], images, t)
		VMOVUPD(t, Mem{Base: d[a]})
		if a == 0 {
			VMULPD(t, t, sum)
		} else {
			VFMADD231PD(t, t, sum)
		}
	}
	VSQRTPD(sum, sum)
	VMOVUPD(sum, Mem{Base: r})
	for _, p := range append(d, r) {
		ADDQ(step, p)
	}
	ADDQ(Imm(uint64(4*v.Lanes)), bodies)
	SUBQ(Imm(uint64(v.Lanes)), n)
	JNE(LabelRef("group"))
	VZEROUPPER()
	RET()
}

// gather loads the elements at m, whose index is a vector, into r.
func gather(v emit.Vec, m Mem, r reg.VecVirtual) {
	if v == emit.AVX512 {
		all := K()
		KXNORB(all, all, all)
		VGATHERQPD(m, all, r)
		return
	}
	all := v.Reg()
	VPCMPEQD(all, all, all)
	VGATHERQPD(all, m, r)
}
