package lsq

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
)

// random returns a matrix of normal numbers.
func random(r *rand.Rand, rows, cols int) blas64.General {
	m := newGeneral(rows, cols)
	for i := range m.Data {
		m.Data[i] = r.NormFloat64()
	}
	return m
}

// state returns all that a holds as bytes, so that == compares accumulators to the bit.
// The count that numbers rows in errors is left out: merging does not add to it.
func state(t testing.TB, a *Accumulator) string {
	t.Helper()
	defer func(n int64) { a.appended = n }(a.appended)
	a.appended = 0
	data, err := a.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestChunkRows(t *testing.T) {
	for cols, want := range map[int]int{1: 768, 16: 768, 32: 768, 33: 1152, 64: 1536, 128: 3072, 256: 6144, 1024: 24576} {
		if got := ChunkRows(cols); got != want {
			t.Errorf("ChunkRows(%d) = %d, want %d", cols, got, want)
		}
	}
}

// TestCuts gives the same rows in calls of different lengths, on different numbers of
// workers and at every level, and wants the same bits.
func TestCuts(t *testing.T) {
	for _, n := range []int{1, 3, 8, 33} {
		r := rand.New(rand.NewPCG(1, uint64(n)))
		m := 5*ChunkRows(n) + 417
		x, b := random(r, m, n), random(r, m, 2)
		want := ""
		kerneltest.EachLevel(t, func(t *testing.T) {
			for _, workers := range []int{1, 2, 3, 8} {
				for _, cut := range []int{1, 7, 383, 384, 385, 769, 2000, m} {
					if cut < 1000 && workers > 1 || cut < 300 && n > 8 {
						continue // calls too short for a second worker, or too many
					}
					a := New(n, 2)
					a.Workers = workers
					got := state(t, appended(t, a, x, b, cut))
					if want == "" {
						want = got
					}
					if got != want {
						t.Fatalf("n=%d: calls of %d rows on %d workers give other bits", n, cut, workers)
					}
				}
			}
		})
	}
}

// TestSmallPolynomial fits y = 1 − 2x + 3x² − 4x³ exactly, in calls of 1, 7 and all rows.
func TestSmallPolynomial(t *testing.T) {
	var x, y []float64
	for i := -10; i <= 10; i++ {
		v := float64(i) / 8
		x, y = append(x, v), append(y, 1-2*v+3*v*v-4*v*v*v)
	}
	a := powers(x, 4)
	b := blas64.General{Rows: len(y), Cols: 1, Stride: 1, Data: y}
	var first []float64
	for _, cut := range []int{1, 7, len(y)} {
		sol, err := appended(t, New(4, 1), a, b, cut).Solve(Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []float64{1, -2, 3, -4} {
			if got := sol.X.Data[i]; !kerneltest.Close(got, want, 40*eps) {
				t.Errorf("coefficient %d is %v, want %v", i, got, want)
			}
		}
		if !(sol.Residual[0] <= 1e-14) || sol.Rank != 4 {
			t.Errorf("residual %v, rank %d", sol.Residual[0], sol.Rank)
		}
		if first == nil {
			first = sol.X.Data
		}
		if firstDifference(sol.X.Data, first) >= 0 {
			t.Errorf("calls of %d rows give other bits", cut)
		}
	}
}

// TestInputUntouched surrounds strided operands with guards and compares them afterwards.
func TestInputUntouched(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const m, n, p = 1000, 5, 2
	x := kerneltest.NewGuarded(kerneltest.Rand(r, (m-1)*7+n), 3, kerneltest.NaN)
	b := kerneltest.NewGuarded(kerneltest.Rand(r, (m-1)*4+p), 1, kerneltest.NaN)
	w := kerneltest.NewGuarded(slices.Repeat([]float64{2}, m), 2, kerneltest.NaN)
	x0, b0 := slices.Clone(x.V), slices.Clone(b.V)
	for i := range m { // what lies between the rows must not be read
		for j := n; j < 7 && i < m-1; j++ {
			x.V[i*7+j], x0[i*7+j] = math.NaN(), math.NaN()
		}
	}
	a := New(n, p)
	err := a.AppendWeighted(blas64.General{Rows: m, Cols: n, Stride: 7, Data: x.V},
		blas64.General{Rows: m, Cols: p, Stride: 4, Data: b.V}, w.V)
	if err != nil {
		t.Fatal(err)
	}
	x.Check(t, "a")
	b.Check(t, "b")
	w.Check(t, "w")
	if firstDifference(x.V, x0) >= 0 || firstDifference(b.V, b0) >= 0 {
		t.Error("Append changed its operands")
	}
	if a.Rows() != m || a.Cols() != n || a.RHS() != p {
		t.Errorf("%d rows, %d columns, %d right-hand sides", a.Rows(), a.Cols(), a.RHS())
	}
}

// TestWeights compares weighted rows with rows multiplied beforehand.
func TestWeights(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	const m, n = 2000, 4
	x, b := random(r, m, n), random(r, m, 1)
	w := make([]float64, m)
	xw, bw := newGeneral(m, n), newGeneral(m, 1)
	for i := range w {
		w[i] = float64(r.IntN(5))
		bw.Data[i] = w[i] * b.Data[i]
		for j := range n {
			xw.Data[i*n+j] = w[i] * x.Data[i*n+j]
		}
	}
	weighted, plain := New(n, 1), appended(t, New(n, 1), xw, bw, m)
	for at := 0; at < m; at += 700 {
		k := min(700, m-at)
		if err := weighted.AppendWeighted(part(x, at, k), part(b, at, k), w[at:at+k]); err != nil {
			t.Fatal(err)
		}
	}
	if state(t, weighted) != state(t, plain) {
		t.Error("weights differ from multiplied rows")
	}
}

// TestRowError puts what is not a finite number in every place of a call that begins in the
// middle of a chunk and covers others, and wants the place named and nothing changed.
func TestRowError(t *testing.T) {
	const n, p, before = 3, 2, 100
	m := 3*ChunkRows(n) + 50
	r := rand.New(rand.NewPCG(7, 8))
	x, b := random(r, m, n), random(r, m, p)
	w := slices.Repeat([]float64{1}, m)
	a := New(n, p)
	appended(t, a, part(x, 0, before), part(b, 0, before), before)
	old := state(t, a)
	for _, row := range []int{0, 1, 383, 768, m - 1} {
		for col := range n + p + 1 {
			for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
				want := RowError{Row: int64(before + row), Operand: "a", Col: col}
				at := &w[row]
				switch {
				case col < n:
					at = &x.Data[row*n+col]
				case col < n+p:
					at, want.Operand, want.Col = &b.Data[row*p+col-n], "b", col-n
				default:
					want.Operand, want.Col = "w", 0
				}
				good, last := *at, x.Data[(m-1)*n+n-1]
				if row < m-1 {
					x.Data[(m-1)*n+n-1] = math.NaN() // is not the first
				}
				*at = bad
				err := a.AppendWeighted(x, b, w)
				x.Data[(m-1)*n+n-1] = last
				*at = good
				var got *RowError
				if !errors.As(err, &got) {
					t.Fatalf("row %d, column %d: error %v", row, col, err)
				}
				if !kerneltest.Same(got.Value, bad) || got.Row != want.Row || got.Operand != want.Operand || got.Col != want.Col {
					t.Fatalf("got %+v, want %+v", got, want)
				}
				if got.Error() == "" || state(t, a) != old {
					t.Fatalf("row %d, column %d: the accumulator changed", row, col)
				}
			}
		}
	}

	w[5] = -1
	if err := a.AppendWeighted(x, b, w); err == nil || err.Error() != "lsq: row 105: weight -1" {
		t.Errorf("negative weight: %v", err)
	}
	w[5], w[1500] = 1, -1 // in a chunk that is factored before it counts
	if err := a.AppendWeighted(x, b, w); err == nil || err.Error() != "lsq: row 1600: weight -1" {
		t.Errorf("negative weight in a whole chunk: %v", err)
	}
	w[1500] = 1
	w[5], x.Data[5*n+1] = 1e10, 1e300
	if err := a.AppendWeighted(x, b, w); err == nil || err.Error() != "lsq: row 105, column 1 of a: +Inf" {
		t.Errorf("overflow by a weight: %v", err)
	}
	if state(t, a) != old {
		t.Error("the accumulator changed")
	}
}

func TestAppendPanics(t *testing.T) {
	x, b := newGeneral(4, 3), newGeneral(4, 2)
	a := New(3, 2)
	old := state(t, a)
	short := func(m blas64.General) blas64.General { m.Data = m.Data[1:]; return m }
	for _, c := range []struct {
		name, want string
		f          func()
	}{
		{"columns of a", badA, func() { a.Append(b, b) }},
		{"columns of b", badB, func() { a.Append(x, x) }},
		{"short a", badA, func() { a.Append(short(x), b) }},
		{"short b", badB, func() { a.Append(x, short(b)) }},
		{"negative rows", badA, func() { a.Append(blas64.General{Rows: -1, Cols: 3, Stride: 3}, b) }},
		{"stride", badA, func() { a.Append(blas64.General{Rows: 1, Cols: 3, Stride: 2, Data: x.Data}, b) }},
		{"rows", badRows, func() { a.Append(part(x, 0, 3), b) }},
		{"weights", badW, func() { a.AppendWeighted(x, b, make([]float64, 3)) }},
		{"zero value", zeroValue, func() { new(Accumulator).Append(blas64.General{}, blas64.General{}) }},
		{"zero value", zeroValue, func() { new(Accumulator).Solve(Options{}) }},
		{"zero value", zeroValue, func() { new(Accumulator).MarshalBinary() }},
		{"zero value", zeroValue, func() { new(Accumulator).Merge(new(Accumulator)) }},
		{"zero value", zeroValue, func() { New(2, 1).Merge(new(Accumulator)) }},
		{"no columns", badCols, func() { New(0, 1) }},
		{"no columns", badCols, func() { ChunkRows(0) }},
		{"right-hand sides", badRHS, func() { New(1, -1) }},
		{"chunk", badChunk, func() { NewShard(1, 1, -1) }},
		{"chunk", badChunk, func() { a.Reset(maxChunk + 1) }},
	} {
		func() {
			defer func() {
				if got := recover(); got != c.want {
					t.Errorf("%s: panic %v, want %q", c.name, got, c.want)
				}
			}()
			c.f()
		}()
	}
	if state(t, a) != old {
		t.Error("the accumulator changed")
	}
}

// TestAppendAllocs: once there is scratch, single rows cost no allocation.
func TestAppendAllocs(t *testing.T) {
	const n = 4
	x, b := random(rand.New(rand.NewPCG(1, 2)), 1, n), newGeneral(1, 1)
	a := New(n, 1)
	for range 4 * ChunkRows(n) {
		appended(t, a, x, b, 1)
	}
	if got := testing.AllocsPerRun(2*ChunkRows(n), func() {
		if err := a.Append(x, b); err != nil {
			t.Fatal(err)
		}
	}); got != 0 {
		t.Errorf("%v allocations a row", got)
	}
}
