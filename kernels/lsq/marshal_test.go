package lsq

import (
	"bytes"
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"testing"
)

var (
	_ encoding.BinaryMarshaler   = (*Accumulator)(nil)
	_ encoding.BinaryUnmarshaler = (*Accumulator)(nil)
)

// accumulators returns one of each kind: empty, with rows of an open block, with blocks of
// an open chunk, with nodes, gaps and a rest, of a Gram matrix.
func accumulators(t testing.TB) []*Accumulator {
	const n, p = 3, 2
	size := ChunkRows(n)
	r := rand.New(rand.NewPCG(1, 2))
	x, b := random(r, 8*size, n), random(r, 8*size, p)
	make := func(first int64, m int) *Accumulator {
		return appended(t, NewShard(n, p, first), part(x, 0, m), part(b, 0, m), m+1)
	}
	gap := make(0, 3*size)
	for _, o := range []*Accumulator{make(9, 2*size), make(20, size+500), make(9, 100)} {
		if err := gap.Merge(o); err != nil {
			t.Fatal(err)
		}
	}
	return []*Accumulator{New(1, 0), make(5, 0), make(0, 1), make(0, 400), make(3, 384),
		make(0, 7*size), make(0, 7*size+100), gap,
		appended(t, NewGram(n, p), part(x, 0, size+500), part(b, 0, size+500), size)}
}

func TestMarshal(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for i, a := range accumulators(t) {
		data, err := a.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var b Accumulator
		b.Workers = 3
		if err := b.UnmarshalBinary(data); err != nil {
			t.Fatalf("%d: %v", i, err)
		}
		if b.Workers != 3 || b.appended != a.appended {
			t.Errorf("%d: %d workers, %d rows appended", i, b.Workers, b.appended)
		}
		x, y := random(r, 2000, a.Cols()), random(r, 2000, a.RHS())
		for range 2 {
			if state(t, a) != state(t, &b) {
				t.Fatalf("%d: differs", i)
			}
			appended(t, a, x, y, 2000)
			appended(t, &b, x, y, 77)
		}
	}
}

// TestUnmarshalDamage cuts data at every length, adds to them, and changes every byte.
func TestUnmarshalDamage(t *testing.T) {
	a := accumulators(t)[4]
	data, _ := a.MarshalBinary()
	b := appended(t, New(2, 1), random(rand.New(rand.NewPCG(1, 2)), 5, 2), newGeneral(5, 1), 5)
	old := state(t, b)
	check := func(damaged []byte, what string, at int) {
		t.Helper()
		if err := b.UnmarshalBinary(damaged); err != ErrFormat {
			t.Fatalf("%s %d: error %v", what, at, err)
		}
		if state(t, b) != old {
			t.Fatalf("%s %d: the accumulator changed", what, at)
		}
	}
	for n := range data {
		check(data[:n], "cut at", n)
		damaged := bytes.Clone(data)
		damaged[n] ^= 1 << (n % 8)
		check(damaged, "changed byte", n)
	}
	check(append(bytes.Clone(data), 0), "one more than", len(data))
	check(append(bytes.Clone(data), data...), "twice", len(data))

	// Numbers that do not fit, under a good checksum: the header and what names the nodes.
	for _, a := range accumulators(t) {
		data, _ := a.MarshalBinary()
		for word := 1; word < headerWords+2*len(a.nodes); word++ {
			for _, v := range []uint64{0, 1, 2, 5, 100, 1 << 20, 1 << 40, 1 << 60, 1<<64 - 1} {
				damaged := bytes.Clone(data)
				binary.LittleEndian.PutUint64(damaged[8*word:], v)
				var c Accumulator
				if c.UnmarshalBinary(resealed(damaged)) == nil && c.Cols() <= 100 && c.RHS() <= 100 {
					usable(t, &c)
				}
			}
		}
	}
}

// resealed returns data with the checksum that they should have.
func resealed(data []byte) []byte {
	n := len(data) - sha256.Size
	sum := sha256.Sum256(data[:n])
	return append(bytes.Clone(data[:n]), sum[:]...)
}

// usable solves with a, merges it and appends to it.
func usable(t testing.TB, a *Accumulator) {
	var refused *GramError
	if _, err := a.Solve(Options{}); err != nil && err != ErrOverflow && !errors.As(err, &refused) {
		t.Fatal(err)
	}
	b := NewShard(a.Cols(), a.RHS(), 1)
	b.gram = a.gram
	if err := b.Merge(a); err != nil {
		t.Fatal(err)
	}
	appended(t, a, newGeneral(1000, a.Cols()), newGeneral(1000, a.RHS()), 1000)
	if err := a.Merge(b); err != nil {
		t.Fatal(err)
	}
}

// FuzzUnmarshal: whatever the data, no panic and no memory beyond their length; what is
// accepted is marshalled to the same data, and usable.
func FuzzUnmarshal(f *testing.F) {
	for _, a := range accumulators(f) {
		data, _ := a.MarshalBinary()
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < sha256.Size {
			return
		}
		data = resealed(data)
		var a Accumulator
		if a.UnmarshalBinary(data) != nil {
			return
		}
		if again, _ := a.MarshalBinary(); !bytes.Equal(again, data) {
			t.Fatal("marshalled data differ")
		}
		if a.Cols() <= 20 && a.RHS() <= 20 {
			usable(t, &a)
		}
	})
}

// FuzzCuts: the state does not depend on how rows were cut into calls, nor on whether the
// accumulator was marshalled in between.
func FuzzCuts(f *testing.F) {
	f.Add(uint64(1), uint8(3), []byte{1, 2, 3})
	f.Add(uint64(2), uint8(1), []byte{255, 0, 128, 7})
	f.Fuzz(func(t *testing.T, seed uint64, cols uint8, cuts []byte) {
		n, m := 1+int(cols%9), 0
		for _, c := range cuts[:min(len(cuts), 20)] {
			m += 9 * int(c)
		}
		r := rand.New(rand.NewPCG(seed, 0))
		x, b := random(r, m, n), random(r, m, 1)
		want := state(t, appended(t, New(n, 1), x, b, m+1))
		a := New(n, 1)
		at := 0
		for _, c := range cuts[:min(len(cuts), 20)] {
			if m := 9 * int(c); m > 0 {
				appended(t, a, part(x, at, m), part(b, at, m), m)
				at += m
			}
			data, _ := a.MarshalBinary()
			a = new(Accumulator)
			if err := a.UnmarshalBinary(data); err != nil {
				t.Fatal(err)
			}
		}
		if state(t, a) != want {
			t.Fatal("differs")
		}
	})
}
