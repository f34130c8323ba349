package lsq

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
)

// conditioned returns an m×n matrix with singular values from √m down to √m/cond or so.
func conditioned(r *rand.Rand, m, n int, cond float64) blas64.General {
	var qr mat.QR
	var v mat.Dense
	qr.Factorize(toDense(random(r, n, n)))
	qr.QTo(&v)
	for k := range n {
		blas64.Scal(math.Pow(cond, -float64(k)/float64(max(1, n-1))), vec(v.RawMatrix().Data[k*n:][:n]))
	}
	a := newGeneral(m, n)
	blas64.Gemm(blas.NoTrans, blas.NoTrans, 1, random(r, m, n), v.RawMatrix(), 0, a)
	return a
}

// TestGramError wants what is accepted to have at most twice the errors of New, over several
// problems, and what is refused to be ill-conditioned.
func TestGramError(t *testing.T) {
	for _, n := range []int{1, 5, 24, 65} {
		for _, cond := range []float64{1.1, 2, 3, 6, 1e3, 1e9} {
			var gram, qr, loss float64
			var err error
			for seed := range uint64(8) {
				r := rand.New(rand.NewPCG(seed, 2))
				m := 6*n + 1500
				a, x, b := conditioned(r, m, n, cond), newGeneral(n, 1), newGeneral(m, 1)
				for i := range a.Data {
					a.Data[i] = float64(float32(a.Data[i])) // so that A x is exact
				}
				for i := range x.Data {
					x.Data[i] = float64(r.IntN(200) - 100)
				}
				blas64.Gemm(blas.NoTrans, blas.NoTrans, 1, a, x, 0, b)
				distance := func(acc *Accumulator) float64 {
					var sol *Solution
					if sol, err = appended(t, acc, a, b, m).Solve(Options{}); err != nil {
						return 0
					}
					loss = max(loss, sol.Loss)
					blas64.Axpy(-1, vec(x.Data), vec(sol.X.Data))
					return norm(sol.X.Data)
				}
				qr = hypot(qr, distance(New(n, 1)))
				gram = hypot(gram, distance(NewGram(n, 1)))
				if err != nil {
					break
				}
			}
			var refused *GramError
			switch {
			case err == nil && (cond > 5 && n > 1 || !(gram <= 2*qr) || loss > 2):
				t.Errorf("n=%d cond=%v: accepted with loss %.2f, has %.2f times the error", n, cond, loss, gram/qr)
			case err != nil && (cond < 2.5 || !errors.As(err, &refused) || !(refused.Loss > 2)):
				t.Errorf("n=%d cond=%v: refused: %v", n, cond, err)
			}
		}
	}
}

// TestGram compares the Gram matrix with one summed up otherwise, and wants the bits of one
// accumulator for any level, cuts, workers, shards and after marshalling.
func TestGram(t *testing.T) {
	states := map[[2]int]string{}
	kerneltest.EachLevel(t, func(t *testing.T) { testGram(t, states) })
}

func testGram(t *testing.T, states map[[2]int]string) {
	for _, n := range []int{1, 7, 33} {
		for _, p := range []int{0, 3} {
			r := rand.New(rand.NewPCG(1, 2))
			size := ChunkRows(n)
			m := 5*size + 417
			a, b := random(r, m, n), random(r, m, p)
			one := NewGram(n, p)
			one.Workers = 1
			one = appended(t, one, a, b, m)
			want := state(t, one)
			if before, ok := states[[2]int{n, p}]; ok && before != want {
				t.Fatalf("n=%d p=%d: bits depend on the level", n, p)
			}
			states[[2]int{n, p}] = want
			many := NewGram(n, p)
			many.Workers = 3
			if state(t, appended(t, many, a, b, 2*size+5)) != want {
				t.Fatalf("n=%d p=%d: bits depend on cuts or workers", n, p)
			}
			first := appended(t, NewGram(n, p), part(a, 0, 3*size), part(b, 0, 3*size), 1000)
			last := appended(t, NewGram(n, p), part(a, 0, 0), part(b, 0, 0), 1)
			last.Reset(3)
			last = appended(t, last, part(a, 3*size, m-3*size), part(b, 3*size, m-3*size), 999)
			var copied Accumulator
			data, _ := last.MarshalBinary()
			if err := copied.UnmarshalBinary(data); err != nil {
				t.Fatal(err)
			}
			if err := copied.Merge(first); err != nil || state(t, &copied) != want {
				t.Fatalf("n=%d p=%d: shards differ from one accumulator (%v)", n, p, err)
			}
			f := one.total(one)
			for j := range n + p {
				for i := range min(j+1, n) {
					u := blas64.Vector{N: m, Inc: n, Data: a.Data[i:]}
					v := blas64.Vector{N: m, Inc: n, Data: a.Data[min(j, n-1):]}
					if j >= n {
						v = blas64.Vector{N: m, Inc: p, Data: b.Data[j-n:]}
					}
					tol := float64(m) * eps * blas64.Nrm2(u) * blas64.Nrm2(v)
					if got, want := f.column(j)[i], blas64.Dot(u, v); !(math.Abs(got-want) <= tol) {
						t.Fatalf("n=%d p=%d: product of columns %d, %d is %v, want %v", n, p, i, j, got, want)
					}
				}
			}
			got, err := one.Solve(Options{})
			if err != nil {
				t.Fatal(err)
			}
			exact, err := appended(t, New(n, p), a, b, m).Solve(Options{})
			if err != nil {
				t.Fatal(err)
			}
			for i, x := range exact.X.Data {
				if !(math.Abs(got.X.Data[i]-x) <= 1e-13) {
					t.Errorf("n=%d p=%d: X[%d] = %v, want %v", n, p, i, got.X.Data[i], x)
				}
			}
			for k, x := range exact.Residual {
				if !(math.Abs(got.Residual[k]-x) <= 1e-12*x) || got.Rank != n || got.DOF != exact.DOF {
					t.Errorf("n=%d p=%d: %+v, want %+v", n, p, got, exact)
				}
			}
		}
	}
}

// TestGramBadInput wants a clear end to what a Gram matrix cannot hold.
func TestGramBadInput(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const n = 3
	for _, c := range []struct {
		name string
		scale, shift,
		accepted float64
	}{
		{"plain", 1, 0, 1}, {"tiny", 0x1p-448, 0, 1}, {"huge", 0x1p440, 0, 1}, {"zero", 0, 0, 1},
		{"too tiny", 1e-200, 0, 0}, {"subnormal", 5e-324, 0, 0}, {"too huge", 1e150, 0, 0}, {"constant", 1e-9, 1, 0},
	} {
		a, b := random(r, 1000, n), random(r, 1000, 1)
		for i := range a.Rows {
			a.Data[i*n+1] = a.Data[i*n+1]*c.scale + c.shift
			a.Data[i*n+2] += c.shift * 1e9
		}
		sol, err := appended(t, NewGram(n, 1), a, b, 1000).Solve(Options{})
		var refused *GramError
		if c.accepted == 1 && err != nil || c.accepted == 0 && !errors.As(err, &refused) {
			t.Errorf("%s: %+v, %v", c.name, sol, err)
		}
	}
	g := appended(t, NewGram(n, 1), random(r, 2, n), random(r, 2, 1), 2)
	var refused *GramError
	if _, err := g.Solve(Options{}); !errors.As(err, &refused) {
		t.Errorf("fewer rows than columns: %v", err)
	}
	if _, err := NewGram(n, 1).Solve(Options{}); err != nil {
		t.Errorf("no rows: %v", err)
	}
	if err := g.Remove(random(r, 1, n), random(r, 1, 1)); err != ErrRemove {
		t.Errorf("Remove: %v", err)
	}
	if g.Merge(New(n, 1)) != ErrShape || New(n, 1).Merge(g) != ErrShape {
		t.Error("Merge takes accumulators of New and NewGram together")
	}
	bad := random(r, 5, n)
	bad.Data[3*n+1] = math.NaN()
	before := state(t, g)
	var row *RowError
	if err := g.Append(bad, random(r, 5, 1)); !errors.As(err, &row) || row.Row != 5 || row.Col != 1 || state(t, g) != before {
		t.Errorf("NaN: %v", err)
	}
	if got := fmt.Sprint(&GramError{1e9}); got != "lsq: Gram matrix: the error could be 1e+09 times that of New, want at most 2" {
		t.Error(got)
	}
}

// TestGramCrossValidate takes folds that have fewer rows than columns, and compares with what
// New gives.
func TestGramCrossValidate(t *testing.T) {
	const n, folds, rows = 12, 40, 9
	r := rand.New(rand.NewPCG(5, 6))
	a, b := random(r, folds*rows, n), random(r, folds*rows, 2)
	var results [2][][]float64
	for i, accumulator := range []func(cols, rhs int) *Accumulator{New, NewGram} {
		var all []*Accumulator
		for k := range folds {
			all = append(all, appended(t, accumulator(n, 2), part(a, k*rows, rows), part(b, k*rows, rows), rows))
		}
		var err error
		if results[i], err = CrossValidate(all, Options{}, []float64{0, 0.1}); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range results[0] {
		for k, got := range results[1][i] {
			if !(math.Abs(got-want[k]) <= 1e-7*want[k]) {
				t.Errorf("ridge %d, right-hand side %d: %v, want %v", i, k, got, want[k])
			}
		}
	}
}
