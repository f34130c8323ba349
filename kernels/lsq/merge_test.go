package lsq

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas/blas64"
)

// TestShards cuts 23 chunks and a bit into 7 uneven shards, merges them in several orders
// and groupings, and wants the bits of one machine, also of what is appended later.
func TestShards(t *testing.T) {
	const n, p = 3, 2
	size := ChunkRows(n)
	r := rand.New(rand.NewPCG(1, 2))
	m := 23*size + 500
	x, b := random(r, m+2*size, n), random(r, m+2*size, p)
	one := appended(t, New(n, p), part(x, 0, m), part(b, 0, m), 3000)
	want := state(t, one)
	more := state(t, appended(t, one, part(x, m, 2*size), part(b, m, 2*size), 100))

	cuts := []int{0, 1, 4, 6, 13, 14, 20, 24} // in chunks
	for round := range 30 {
		var shards []*Accumulator
		for i, c := range cuts[:7] {
			lo, hi := c*size, min(cuts[i+1]*size, m)
			s := appended(t, NewShard(n, p, int64(c)), part(x, lo, hi-lo), part(b, lo, hi-lo), 1+r.IntN(5000))
			shards = append(shards, s)
		}
		r.Shuffle(len(shards), func(i, j int) { shards[i], shards[j] = shards[j], shards[i] })
		for len(shards) > 1 {
			i := 0
			if round%2 == 1 { // pairs rather than one after the other
				i = r.IntN(len(shards) - 1)
			}
			other := state(t, shards[i+1])
			if err := shards[i].Merge(shards[i+1]); err != nil {
				t.Fatal(err)
			}
			if state(t, shards[i+1]) != other {
				t.Fatal("Merge changed other")
			}
			shards = append(shards[:i+1], shards[i+2:]...)
		}
		if state(t, shards[0]) != want {
			t.Fatalf("round %d: merged shards differ from one machine", round)
		}
		if state(t, appended(t, shards[0], part(x, m, 2*size), part(b, m, 2*size), 999)) != more {
			t.Fatalf("round %d: merged shards go on differently", round)
		}
	}
}

// TestUnits factors units of rows of different lengths as chunks of their own, in
// accumulators that are used again, merged in a random order.
func TestUnits(t *testing.T) {
	const n, units = 5, 37
	r := rand.New(rand.NewPCG(3, 4))
	rows := make([]blas64.General, units)
	for i := range rows {
		rows[i] = random(r, 1+r.IntN(ChunkRows(n)), n+1)
	}
	rows[7] = random(r, ChunkRows(n), n+1) // ends by itself
	add := func(a *Accumulator, m blas64.General) {
		x, b := m, m
		x.Cols, b.Cols, b.Data = n, 1, m.Data[n:]
		if err := a.Append(x, b); err != nil {
			t.Fatal(err)
		}
		a.EndChunk()
	}
	one := New(n, 1)
	for _, m := range rows {
		add(one, m)
	}
	want := state(t, one)
	one.EndChunk()
	if state(t, one) != want {
		t.Error("EndChunk at the end of a chunk did something")
	}
	for range 5 {
		all, unit := New(n, 1), New(n, 1)
		for _, u := range r.Perm(units) {
			unit.Reset(int64(u))
			add(unit, rows[u])
			if err := all.Merge(unit); err != nil {
				t.Fatal(err)
			}
		}
		if state(t, all) != want {
			t.Fatal("units merged in another order differ")
		}
	}
}

// TestEndChunkPadding: a chunk that ends early is one padded with zero rows.
func TestEndChunkPadding(t *testing.T) {
	const n = 4
	size := ChunkRows(n)
	x := random(rand.New(rand.NewPCG(5, 6)), size, n)
	clear(x.Data[500*n:])
	none := blas64.General{}
	padded, ended := New(n, 0), New(n, 0)
	if err := padded.Append(x, none); err != nil {
		t.Fatal(err)
	}
	if err := ended.Append(part(x, 0, 500), none); err != nil {
		t.Fatal(err)
	}
	ended.EndChunk()
	if ended.Rows() != 500 {
		t.Errorf("%d rows", ended.Rows())
	}
	if firstDifference(ended.nodes[0].f.rc, padded.nodes[0].f.rc) >= 0 {
		t.Error("an ended chunk differs from a padded one")
	}
}

// TestMergeGroupings merges 100 accumulators that all begin at chunk 0 in several groupings
// and compares RᵀR, RᵀC and the norms of what is left with those of one accumulator.
func TestMergeGroupings(t *testing.T) {
	const n, p = 8, 2
	r := rand.New(rand.NewPCG(7, 8))
	const each = 150
	x, b := random(r, 100*each, n), random(r, 100*each, p)
	one := New(n, p)
	want := one.total(appended(t, one, x, b, 100*each))
	parts := func() []*Accumulator {
		var s []*Accumulator
		for i := range 100 {
			s = append(s, appended(t, New(n, p), part(x, i*each, each), part(b, i*each, each), each))
		}
		return s
	}
	for name, pick := range map[string]func(len int) (into, from int){
		"into the first": func(int) (int, int) { return 0, 1 },
		"from the end":   func(k int) (int, int) { return k - 2, k - 1 },
		"random": func(k int) (int, int) {
			i := r.IntN(k)
			return i, (i + 1 + r.IntN(k-1)) % k
		},
	} {
		s := parts()
		for len(s) > 1 {
			i, j := pick(len(s))
			if err := s[i].Merge(s[j]); err != nil {
				t.Fatal(err)
			}
			s = append(s[:j], s[j+1:]...)
		}
		if s[0].Rows() != 100*each {
			t.Errorf("%s: %d rows", name, s[0].Rows())
		}
		if e := gramDifference(s[0].total(s[0]), want); !(e <= 10*n*eps) {
			t.Errorf("%s: difference %.1f n·eps", name, e/(n*eps))
		}
	}
}

// gramDifference returns the largest difference of [R C]ᵀ[R C] and of the tails, relative
// to the norms of the columns.
func gramDifference(f, g *factor) float64 {
	worst := 0.0
	for i := range f.cols + f.rhs {
		for j := range i + 1 {
			d := blas64.Dot(vec(f.column(i)), vec(f.column(j))) - blas64.Dot(vec(g.column(i)), vec(g.column(j)))
			worst = max(worst, math.Abs(d)/(norm(g.column(i))*norm(g.column(j))))
		}
	}
	for k, x := range f.tail {
		worst = max(worst, math.Abs(x-g.tail[k])/g.tail[k])
	}
	return worst
}

func vec(x []float64) blas64.Vector { return blas64.Vector{N: len(x), Inc: 1, Data: x} }

// TestMergeCases: shapes, empty accumulators, an accumulator with itself, gaps between
// chunks, and an open chunk below the chunks of the other.
func TestMergeCases(t *testing.T) {
	const n = 2
	size := ChunkRows(n)
	r := rand.New(rand.NewPCG(9, 10))
	x, b := random(r, 4*size, n), random(r, 4*size, 1)
	chunks := func(first, count, extra int) *Accumulator {
		m := count*size + extra
		return appended(t, NewShard(n, 1, int64(first)), part(x, 0, m), part(b, 0, m), m)
	}
	for _, other := range []*Accumulator{New(n, 2), New(n+1, 1)} {
		a := chunks(0, 1, 5)
		old := state(t, a)
		if err := a.Merge(other); err != ErrShape {
			t.Errorf("error %v", err)
		}
		if state(t, a) != old {
			t.Error("a failed Merge changed the accumulator")
		}
	}

	merge := func(a, b *Accumulator) *Accumulator {
		if err := a.Merge(b); err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := chunks(0, 1, 5)
	old := state(t, a)
	if state(t, merge(a, NewShard(n, 1, 100))) != old {
		t.Error("merging nothing changed the accumulator")
	}
	if got := state(t, merge(New(n, 1), a)); got != old {
		t.Error("merging into an empty accumulator is not a copy")
	}

	used := chunks(0, 0, 5) // emptied while it had an open chunk, nodes and a rest
	merge(used, chunks(0, 2, 400))
	appended(t, used, x, b, 400)
	used.Reset(0)
	if state(t, merge(used, chunks(0, 0, 400))) != state(t, chunks(0, 0, 400)) {
		t.Error("merging into an emptied accumulator is not a copy")
	}

	twice := merge(chunks(0, 1, 5), a)
	self := merge(chunks(0, 1, 5), New(n, 1))
	merge(self, self)
	if state(t, self) != state(t, twice) || self.Rows() != 2*int64(size+5) {
		t.Error("merging with itself is not merging with an equal one")
	}
	s1, err1 := a.Solve(Options{})
	s2, err2 := self.Solve(Options{})
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	if e := math.Abs(s2.Residual[0]/(math.Sqrt2*s1.Residual[0]) - 1); !(e < 20*eps) {
		t.Errorf("rows twice: residual off by %v", e)
	}

	open := merge(chunks(2, 0, 7), chunks(3, 2, 0)) // chunk 2 open, below 3 and 4
	if open.rest != nil || len(open.nodes) != 2 || open.chunk != 2 || open.openRows() != 7 {
		t.Error("disjoint chunks were not kept apart")
	}
	before := gram(open)
	open.EndChunk()
	if open.chunk != 5 || len(open.nodes) != 2 {
		t.Errorf("the next chunk is %d, with %d nodes", open.chunk, len(open.nodes))
	}
	if e := math.Abs(gram(open)/before - 1); !(e <= 10*n*eps) {
		t.Errorf("ending the chunk changed the problem by %v", e)
	}
	if both := merge(chunks(0, 0, 7), chunks(1, 0, 7)); both.rest == nil || both.chunk != 0 {
		t.Error("two open chunks were not kept apart")
	}
	if in := merge(chunks(2, 0, 7), chunks(0, 4, 0)); in.rest == nil {
		t.Error("an open chunk within the other's was not noticed")
	}
	if in := merge(chunks(0, 4, 0), chunks(2, 0, 7)); in.rest == nil || in.openRows() != 0 {
		t.Error("the other's open chunk within ours was not noticed")
	}
	rest := merge(merge(NewShard(n, 1, 9), twice), chunks(20, 1, 0))
	if rest.rest == nil || rest.Rows() != twice.Rows()+int64(size) {
		t.Error("the rest of the other was lost")
	}
}

// gram returns the sum of squares of the first column of all rows.
func gram(a *Accumulator) float64 {
	f := a.total(a)
	defer a.release(f)
	return f.rc[0] * f.rc[0]
}

// TestMergeWeighted compares two accumulators, merged under weights, with one that was given
// the rows under these weights.
func TestMergeWeighted(t *testing.T) {
	const n, p, m = 9, 2, 1500
	r := rand.New(rand.NewPCG(5, 6))
	x, b := random(r, m, n), random(r, m, p)
	for _, make := range []func(cols, rhs int) *Accumulator{New, NewGram} {
		want, got := make(n, p), make(n, p)
		for k, w := range []float64{0.3, 7, 0} {
			a, y := part(x, k*m/3, m/3), part(b, k*m/3, m/3)
			weights := slices.Repeat([]float64{w}, m/3)
			if err := want.AppendWeighted(a, y, weights); err != nil {
				t.Fatal(err)
			}
			one := appended(t, make(n, p), a, y, m)
			before := state(t, one)
			if err := got.MergeWeighted(one, w); err != nil {
				t.Fatal(err)
			}
			if state(t, one) != before {
				t.Fatal("MergeWeighted changed other")
			}
		}
		if got.Rows() != 2*m/3 {
			t.Errorf("%d rows", got.Rows())
		}
		rw, cw, restw, _ := want.Factor()
		rg, cg, restg, _ := got.Factor()
		gram := func(r, c blas64.General, rest []float64) blas64.General { // what no sign of a row changes
			g := blas64.General{Rows: n + p, Cols: n + p, Stride: n + p, Data: slices.Repeat([]float64{0}, (n+p)*(n+p))}
			for i := range n {
				row := slices.Concat(r.Data[i*r.Stride:][:n], c.Data[i*c.Stride:][:p])
				for j, u := range row {
					for k, v := range row {
						g.Data[j*g.Stride+k] += u * v
					}
				}
			}
			for k, u := range rest {
				g.Data[(n+k)*(g.Stride+1)] += u * u
			}
			return g
		}
		a, c := gram(rw, cw, restw), gram(rg, cg, restg)
		for i, v := range a.Data {
			if !(math.Abs(v-c.Data[i]) <= 1e-11*m*49) {
				t.Fatalf("element %d of the Gram matrix is %v, want %v", i, c.Data[i], v)
			}
		}
	}
	if err := New(2, 1).MergeWeighted(New(3, 1), 1); err != ErrShape {
		t.Errorf("error %v", err)
	}
	for _, s := range []struct {
		make   func(cols, rhs int) *Accumulator
		row, w float64
		bad    bool
	}{
		{NewGram, 1, 1e160, true}, {NewGram, 1, 1e-170, true}, {NewGram, 1e-160, 1e-160, false}, {NewGram, 1e100, 1e100, true},
		{New, 1, 1e160, false}, {New, 1, 1e-170, false}, {New, 1e200, 1e200, true},
	} {
		m := blas64.General{Rows: 1, Cols: 1, Stride: 1, Data: []float64{s.row}}
		a, other := appended(t, s.make(1, 1), m, m, 1), appended(t, s.make(1, 1), m, m, 1)
		before := state(t, a)
		err := a.MergeWeighted(other, s.w)
		if (err != nil) != s.bad || s.bad && (state(t, a) != before || a.Rows() != 1) || s.w > 1 && s.bad && err != ErrOverflow {
			t.Errorf("a row of %v under weight %v: %v, %d rows", s.row, s.w, err, a.Rows())
		}
	}
	three := blas64.General{Rows: 1, Cols: 1, Stride: 1, Data: []float64{3}}
	itself := appended(t, New(1, 1), three, three, 1)
	if err := itself.MergeWeighted(itself, 2); err != nil || itself.Rows() != 2 || !(math.Abs(gram(itself)-45) < 1e-13) {
		t.Errorf("an accumulator merged with itself: %v, %d rows, %v", err, itself.Rows(), gram(itself))
	}
	for _, w := range []float64{-1, math.NaN(), math.Inf(1)} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("no panic at weight %v", w)
				}
			}()
			New(2, 1).MergeWeighted(New(2, 1), w)
		}()
	}
}
