package emit

import (
	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Rows8 are 8 rows of four numbers on their way to columns, at 512 bits.
type Rows8 struct {
	order                      Mem
	evens, odds, evens2, odds2 reg.VecVirtual
}

// Transposition returns the indices that [NewRows8] takes, once for a kernel.
func Transposition() Mem {
	order := GLOBL("transpose", attr.RODATA|attr.NOPTR)
	for i, x := range []uint64{0, 4, 1, 5, 8, 12, 9, 13, 2, 6, 3, 7, 10, 14, 11, 15} {
		DATA(8*i, U64(x))
	}
	return order
}

// NewRows8 begins with registers of two rows each.
func NewRows8(order Mem, r []reg.VecVirtual) Rows8 {
	t := Rows8{order, ZMM(), ZMM(), ZMM(), ZMM()}
	VUNPCKLPD(r[1], r[0], t.evens)
	VUNPCKHPD(r[1], r[0], t.odds)
	VUNPCKLPD(r[3], r[2], t.evens2)
	VUNPCKHPD(r[3], r[2], t.odds2)
	return t
}

// Column returns number i of every row.
func (t Rows8) Column(i int) reg.VecVirtual {
	lo, hi := t.evens, t.evens2
	if i%2 == 1 {
		lo, hi = t.odds, t.odds2
	}
	c := ZMM()
	VMOVDQU64(t.order.Offset(64*(i/2)), c)
	VPERMI2PD(hi, lo, c)
	return c
}
