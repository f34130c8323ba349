package emit

import (
	"math"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// Table is read-only data that the kernels of one level share: constants, each at the width
// at which instructions take it from memory, and the masks of Edge.
type Table struct {
	v     Vec
	base  Mem
	size  int
	at    map[uint64]int
	edges int // where the masks are, −1 before they are asked for

	lookups map[*Entries][2]int // AVX2: where their halves are
}

// NewTable begins a table. A level has one at most, and other data only before it.
func (v Vec) NewTable() *Table {
	return &Table{v: v, base: GLOBL("table"+v.Level, attr.RODATA|attr.NOPTR), at: map[uint64]int{}, edges: -1, lookups: map[*Entries][2]int{}}
}

func (t *Table) add(bits uint64) {
	DATA(t.size, U64(bits))
	t.size += 8
}

// Bits returns the operand of a vector whose lanes all have these bits: whole at AVX2, one
// lane to be broadcast at AVX512.
func (t *Table) Bits(bits uint64) Mem {
	at, ok := t.at[bits]
	if !ok {
		at = t.size
		t.at[bits] = at
		t.add(bits)
		for t.v == AVX2 && t.size < at+8*t.v.Lanes {
			t.add(bits)
		}
	}
	return t.base.Offset(at)
}

// Float is Bits for a number.
func (t *Table) Float(x float64) Mem { return t.Bits(math.Float64bits(x)) }

// Edge returns an Edge whose masks are in t.
func (t *Table) Edge() *Edge {
	e := &Edge{v: t.v}
	if t.v == AVX512 {
		return e
	}
	if t.edges < 0 {
		t.edges = t.size
		for i := range 2 * t.v.Lanes {
			if i < t.v.Lanes {
				t.add(1<<64 - 1)
			} else {
				t.add(0)
			}
		}
	}
	e.ones = t.base.Offset(t.edges)
	return e
}
