package kerneltest

import (
	"math"
	"testing"
	"unsafe"
)

// Guard is the bit pattern that stands before and after an operand.
type Guard uint64

const (
	// NaN is for inputs: a stray read poisons the result.
	NaN Guard = 0x7ff8_0000_dead_beef
	// Sentinel is for outputs: a number that every stray store and every stray += changes,
	// where NaN would hide the latter.
	Sentinel Guard = 0x4340_5ca1_ab1e_0001
)

const (
	guardLen  = 64 // elements on either side, more than any kernel handles at once
	cacheLine = 8  // elements
)

// Guarded is a slice between two guards.
type Guarded struct {
	V     []float64 // the operand
	all   []float64
	from  int
	guard Guard
}

// NewGuarded copies values to off elements after the start of a cache line, with guards
// on both sides.
func NewGuarded(values []float64, off int, guard Guard) *Guarded {
	n := len(values)
	all := make([]float64, 2*guardLen+2*cacheLine+n)
	from := guardLen
	for uintptr(unsafe.Pointer(&all[from]))%(8*cacheLine) != 0 {
		from++
	}
	from += off % cacheLine
	for i := range all {
		all[i] = math.Float64frombits(uint64(guard))
	}
	copy(all[from:], values)
	return &Guarded{V: all[from : from+n : from+n], all: all, from: from, guard: guard}
}

// Check fails the test if a guard was overwritten.
func (g *Guarded) Check(t testing.TB, name string) {
	t.Helper()
	for i, v := range g.all {
		inside := i >= g.from && i < g.from+len(g.V)
		if !inside && math.Float64bits(v) != uint64(g.guard) {
			t.Fatalf("%s[%d] of %d was overwritten with %v", name, i-g.from, len(g.V), v)
		}
	}
}
