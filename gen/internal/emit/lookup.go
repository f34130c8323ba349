package emit

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Entries are the bits of eight numbers that Lookup chooses from.
type Entries [8]uint64

// less returns e[j] − f(j).
func (e Entries) less(f func(j uint64) uint64) Entries {
	for j := range e {
		e[j] -= f(uint64(j))
	}
	return e
}

// Index is where lanes look up: by their lowest three bits, at AVX2 by those of each half.
type Index Group

// Index returns the index of the lanes of bits.
func (m Arith) Index(bits Group) Index {
	if m.Vec == AVX512 {
		return Index(bits)
	}
	at := m.group()
	for i, r := range at {
		VPSHUFD(Imm(0b10_10_00_00), bits[i], r)
	}
	return Index(at)
}

// Lookup returns the entries at an index, in a new group.
func (m Arith) Lookup(e *Entries, at Index) Group {
	g := m.group()
	if m.Vec == AVX512 {
		table := m.held.entries(e)
		for i, r := range g {
			VPERMPD(table, at[i], r)
		}
		return g
	}
	lower, upper := m.table.halves(e)
	for i, r := range g {
		VPERMPS(m.table.base.Offset(upper), at[i], r)
		if lower != upper {
			low := m.Reg()
			VPERMPS(m.table.base.Offset(lower), at[i], low)
			VBLENDPS(Imm(0b10_10_10_10), r, low, r)
		}
	}
	return g
}

// halves returns where the lower halves of entries are, and the upper ones: in one place if
// they are the same.
func (t *Table) halves(e *Entries) (lower, upper int) {
	at, ok := t.lookups[e]
	if !ok {
		var low, high Entries
		for j, bits := range e {
			low[j], high[j] = bits<<32>>32, bits>>32
		}
		at[1] = t.pairs(high)
		at[0] = at[1]
		if low != high {
			at[0] = t.pairs(low)
		}
		t.lookups[e] = at
	}
	return at[0], at[1]
}

// pairs adds the lower halves of entries and returns where.
func (t *Table) pairs(e Entries) int {
	at := t.size
	for j := 0; j < len(e); j += 2 {
		t.add(e[j] | e[j+1]<<32)
	}
	return at
}

// held are numbers and entries that a kernel keeps in registers. A nil one holds none.
type held struct {
	t       *Table
	most    int // numbers
	numbers map[uint64]reg.VecVirtual
	loads   []func()
	tables  map[*Entries]reg.VecVirtual
}

func newHeld(t *Table, most int) *held {
	return &held{t: t, most: most, numbers: map[uint64]reg.VecVirtual{}, tables: map[*Entries]reg.VecVirtual{}}
}

// number returns the register that holds a number, unless there are too many.
func (h *held) number(bits uint64) (reg.VecVirtual, bool) {
	if h == nil {
		return nil, false
	}
	r, ok := h.numbers[bits]
	if !ok && len(h.numbers) < h.most {
		r, ok = h.t.v.Reg(), true
		h.numbers[bits] = r
		h.loads = append(h.loads, func() { VBROADCASTSD(h.t.Bits(bits), r) })
	}
	return r, ok
}

// entries returns the register that holds e.
func (h *held) entries(e *Entries) reg.VecVirtual {
	r, ok := h.tables[e]
	if !ok {
		r = h.t.v.Reg()
		h.tables[e] = r
		h.loads = append(h.loads, func() {
			at := h.t.size
			for _, bits := range e {
				h.t.add(bits)
			}
			VMOVUPD(h.t.base.Offset(at), r)
		})
	}
	return r
}
