package emit

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Group is a few vectors that go through the same operations side by side, so that the
// latency of one hides behind the others.
type Group []reg.VecVirtual

// Arith emits arithmetic on groups. An operand of type any is a Group, a float64 or the bits
// of one as uint64; numbers come from the table.
type Arith struct {
	Vec
	table *Table
	size  int   // vectors in a group
	held  *held // AVX512: what is in registers
}

// operand returns the operand of vector i, and whether it must be broadcast.
func (m Arith) operand(x any, i int) (op Op, broadcast bool) {
	switch x := x.(type) {
	case Group:
		return x[i], false
	case float64:
		return m.operand(math.Float64bits(x), i)
	case uint64:
		if r, ok := m.held.number(x); ok {
			return r, false
		}
		return m.table.Bits(x), m.Vec == AVX512
	}
	panic(fmt.Sprintf("emit: operand of type %T", x))
}

func (m Arith) group() Group { return m.Regs(m.size) }

// into emits dst = op(b, a), or the dst = op(b, a, dst) of multiply-adds.
func (m Arith) into(dst, a Group, b any, plain, broadcast func(...Op)) Group {
	for i := range dst {
		op := plain
		last, wide := m.operand(b, i)
		if wide {
			op = broadcast
		}
		op(last, a[i], dst[i])
	}
	return dst
}

// Const returns a new group that holds x, a float64 or bits, in every lane.
func (m Arith) Const(x any) Group {
	g := m.group()
	for _, r := range g {
		if op, wide := m.operand(x, 0); wide {
			VBROADCASTSD(op, r)
		} else {
			VMOVUPD(op, r)
		}
	}
	return g
}

// Copy returns a new group that holds a.
func (m Arith) Copy(a Group) Group {
	g := m.group()
	for i, r := range g {
		VMOVAPD(a[i], r)
	}
	return g
}

// Add returns a + b, in a new group.
func (m Arith) Add(a Group, b any) Group { return m.into(m.group(), a, b, VADDPD, VADDPD_BCST) }

// Sub returns a − b.
func (m Arith) Sub(a Group, b any) Group { return m.into(m.group(), a, b, VSUBPD, VSUBPD_BCST) }

// Mul returns a·b.
func (m Arith) Mul(a Group, b any) Group { return m.into(m.group(), a, b, VMULPD, VMULPD_BCST) }

// Div returns a/b.
func (m Arith) Div(a Group, b any) Group { return m.into(m.group(), a, b, VDIVPD, VDIVPD_BCST) }

// And, Or and Xor work on the bits.
func (m Arith) And(a Group, b any) Group { return m.into(m.group(), a, b, VANDPD, VANDPD_BCST) }

// Or returns a | b.
func (m Arith) Or(a Group, b any) Group { return m.into(m.group(), a, b, VORPD, VORPD_BCST) }

// Xor returns a ^ b.
func (m Arith) Xor(a Group, b any) Group { return m.into(m.group(), a, b, VXORPD, VXORPD_BCST) }

// Min returns the lesser of x and bound, or x if it is NaN.
func (m Arith) Min(x Group, bound float64) Group {
	g := m.Const(bound)
	return m.into(g, g, x, VMINPD, nil)
}

// Max returns the greater of x and bound, or x if it is NaN.
func (m Arith) Max(x Group, bound float64) Group {
	g := m.Const(bound)
	return m.into(g, g, x, VMAXPD, nil)
}

// Within returns x cut to a magnitude of at most bound, and ±bound if x is NaN. AVX2 has
// none.
func (m Arith) Within(x Group, bound float64) Group {
	const leastMagnitude, signOfFirst = 0b10, 0b00
	op := Imm(signOfFirst<<2 | leastMagnitude)
	return m.into(m.group(), x, bound,
		func(ops ...Op) { VRANGEPD(op, ops[0], ops[1], ops[2]) },
		func(ops ...Op) { VRANGEPD_BCST(op, ops[0], ops[1], ops[2]) })
}

// MulAdd makes a a·b + c.
func (m Arith) MulAdd(a, b Group, c any) Group {
	return m.into(a, b, c, VFMADD213PD, VFMADD213PD_BCST)
}

// AddMul makes a a + b·c.
func (m Arith) AddMul(a, b Group, c any) Group {
	return m.into(a, b, c, VFMADD231PD, VFMADD231PD_BCST)
}

// SubMul makes a a − b·c.
func (m Arith) SubMul(a, b Group, c any) Group {
	return m.into(a, b, c, VFNMADD231PD, VFNMADD231PD_BCST)
}

// NegMulAdd makes a c − a·b.
func (m Arith) NegMulAdd(a, b Group, c any) Group {
	return m.into(a, b, c, VFNMADD213PD, VFNMADD213PD_BCST)
}

// MulSub makes a a·b − c.
func (m Arith) MulSub(a, b Group, c any) Group {
	return m.into(a, b, c, VFMSUB213PD, VFMSUB213PD_BCST)
}

// ShiftLeft returns the bits of each lane of a, n places to the left.
func (m Arith) ShiftLeft(a Group, n uint64) Group {
	g := m.group()
	for i, r := range g {
		VPSLLQ(Imm(n), a[i], r)
	}
	return g
}

// ShiftRight returns the bits of each lane of a, n places to the right.
func (m Arith) ShiftRight(a Group, n uint64) Group {
	g := m.group()
	for i, r := range g {
		VPSRLQ(Imm(n), a[i], r)
	}
	return g
}

// AddBits and SubBits work on lanes as integers.
func (m Arith) AddBits(a Group, b any) Group { return m.into(m.group(), a, b, VPADDQ, VPADDQ_BCST) }

// SubBits returns a − b.
func (m Arith) SubBits(a Group, b any) Group { return m.into(m.group(), a, b, VPSUBQ, VPSUBQ_BCST) }

// Scale returns a·2ᵏ for integers k, rounded once if it is subnormal. AVX2 has none.
func (m Arith) Scale(a, k Group) Group { return m.into(m.group(), a, k, VSCALEFPD, nil) }

// Blend returns b in the lanes where the highest bit of sign is set, and a in the others.
func (m Arith) Blend(sign, a, b Group) Group {
	g := m.group()
	for i, r := range g {
		if m.Vec == AVX512 {
			set := K()
			VPMOVQ2M(sign[i], set)
			VBLENDMPD(b[i], a[i], set, r)
		} else {
			VBLENDVPD(sign[i], b[i], a[i], r)
		}
	}
	return g
}

// Poly returns the polynomial in x with these coefficients, the highest power first, by
// Horner's rule.
func (m Arith) Poly(x Group, coefficients ...float64) Group {
	sum := m.Const(coefficients[0])
	for _, c := range coefficients[1:] {
		m.MulAdd(sum, x, c)
	}
	return sum
}
