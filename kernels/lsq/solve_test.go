package lsq

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
)

// toDense returns m as a gonum matrix without copying.
func toDense(m blas64.General) *mat.Dense { return mat.NewDense(m.Rows, m.Cols, m.Data) }

// TestSolveReference compares truncation, ridge, rank, condition and residual with what
// gonum's SVD of A D⁻¹ gives.
func TestSolveReference(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const m, n, p = 900, 12, 3
	x, b := random(r, m, n), random(r, m, p)
	for i := range m { // two nearly dependent columns, and different scales
		x.Data[i*n+7] = x.Data[i*n+2] + 1e-5*x.Data[i*n+7]
		for j := range n {
			x.Data[i*n+j] = math.Ldexp(x.Data[i*n+j], 3*j)
		}
	}
	d := make([]float64, n)
	scaled := mat.DenseCopyOf(toDense(x))
	for j := range d {
		d[j] = mat.Norm(scaled.ColView(j), 2)
		for i := range m {
			scaled.Set(i, j, scaled.At(i, j)/d[j])
		}
	}
	var svd mat.SVD
	svd.Factorize(scaled, mat.SVDThin)
	sigma := svd.Values(nil)
	var u, v, c mat.Dense
	svd.UTo(&u)
	svd.VTo(&v)
	c.Mul(u.T(), toDense(b))

	for _, o := range []struct {
		opt    Options
		filter func(s float64) float64
		rank   int
	}{
		{Options{}, func(s float64) float64 { return 1 / s }, n},
		{Options{RCond: -1}, func(s float64) float64 { return 1 / s }, n},
		{Options{RCond: 1e-3}, func(s float64) float64 {
			if s < 1e-3*sigma[0] {
				return 0
			}
			return 1 / s
		}, n - 1},
		{Options{Ridge: 0.1}, func(s float64) float64 { return s / (s*s + 0.01*sigma[0]*sigma[0]) }, n},
		{Options{Ridge: 1e-4, RCond: 1e-3}, func(s float64) float64 { return s / (s*s + 1e-8*sigma[0]*sigma[0]) }, n - 1},
	} {
		sol, err := appended(t, New(n, p), x, b, m).Solve(o.opt)
		if err != nil {
			t.Fatal(err)
		}
		var want, residual mat.Dense
		f := mat.DenseCopyOf(&c)
		for i, s := range sigma {
			for k := range p {
				f.Set(i, k, f.At(i, k)*o.filter(s))
			}
		}
		want.Mul(&v, f)
		for j := range n {
			for k := range p {
				want.Set(j, k, want.At(j, k)/d[j])
			}
		}
		residual.Mul(toDense(x), &want)
		residual.Sub(toDense(b), &residual)
		for k := range p {
			norm2 := 0.0
			for j := range n {
				norm2 = max(norm2, math.Abs(want.At(j, k))*d[j])
			}
			for j := range n {
				if got := sol.X.Data[j*p+k]; !kerneltest.Close(got*d[j], want.At(j, k)*d[j], 1e5*10*n*eps*norm2) {
					t.Errorf("%+v: x[%d,%d] = %v, want %v", o.opt, j, k, got, want.At(j, k))
				}
			}
			if got, want := sol.Residual[k], mat.Norm(residual.ColView(k), 2); !kerneltest.Close(got, want, 1e3*n*eps*want) {
				t.Errorf("%+v: residual %v, want %v", o.opt, got, want)
			}
		}
		if sol.Rank != o.rank {
			t.Errorf("%+v: rank %d, want %d", o.opt, sol.Rank, o.rank)
		}
		if want := sigma[0] / sigma[n-1]; !kerneltest.Close(sol.Cond, want, 1e5*10*n*eps*want) {
			t.Errorf("%+v: condition %v, want %v", o.opt, sol.Cond, want)
		}
	}
}

// TestSolveTwice: Solve changes nothing, may be repeated, and is the same at every level.
func TestSolveTwice(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const n = 21
	m := 6*ChunkRows(n) + 1000
	x, b := random(r, m, n), random(r, m, 2)
	for i := range m {
		x.Data[i*n+3] = x.Data[i*n+4] + x.Data[i*n+5] // rank n−1
	}
	for _, opt := range []Options{{}, {Ridge: 1e-3}, {RCond: -1}} {
		var want []float64
		kerneltest.EachLevel(t, func(t *testing.T) {
			a := appended(t, New(n, 2), x, b, 5000)
			old := state(t, a)
			for range 2 {
				sol, err := a.Solve(opt)
				if err != nil {
					t.Fatal(err)
				}
				got := append(append(sol.X.Data, sol.Residual...), sol.Cond)
				if want == nil {
					want = got
				}
				if i := firstDifference(got, want); i >= 0 {
					t.Fatalf("%+v: result %d is %v, was %v", opt, i, got[i], want[i])
				}
			}
			if state(t, a) != old {
				t.Error("Solve changed the accumulator")
			}
		})
	}
}

// TestSolveEnded: solving is as if the open chunk ended, to the bit.
func TestSolveEnded(t *testing.T) {
	const n = 4
	r := rand.New(rand.NewPCG(5, 6))
	m := 3*ChunkRows(n) + 600
	a := appended(t, New(n, 1), random(r, m, n), random(r, m, 1), m)
	s1, _ := a.Solve(Options{})
	a.EndChunk()
	s2, _ := a.Solve(Options{})
	if firstDifference(s1.X.Data, s2.X.Data) >= 0 || s1.Residual[0] != s2.Residual[0] {
		t.Error("ending the chunk changed the solution")
	}
}

// TestDegenerate: no rows, fewer rows than columns, zeros.
func TestDegenerate(t *testing.T) {
	solve := func(a *Accumulator, opt Options) *Solution {
		t.Helper()
		sol, err := a.Solve(opt)
		if err != nil {
			t.Fatal(err)
		}
		return sol
	}
	for _, opt := range []Options{{}, {RCond: -1}, {Ridge: 0.5}} {
		empty := solve(New(3, 2), opt)
		if empty.Rank != 0 || !math.IsInf(empty.Cond, 1) || mat.Norm(toDense(empty.X), 2) != 0 || empty.Residual[1] != 0 {
			t.Errorf("%+v, no rows: %+v", opt, empty)
		}

		b := blas64.General{Rows: 2, Cols: 1, Stride: 1, Data: []float64{3, 4}}
		zero := solve(appended(t, New(3, 1), newGeneral(2, 3), b, 2), opt)
		if zero.Rank != 0 || !math.IsInf(zero.Cond, 1) || mat.Norm(toDense(zero.X), 2) != 0 ||
			!kerneltest.Close(zero.Residual[0], 5, 4*eps) {
			t.Errorf("%+v, a zero matrix: %+v", opt, zero)
		}

		x := blas64.General{Rows: 2, Cols: 3, Stride: 3, Data: []float64{1, 0, 0, 0, 0, 2}}
		column := solve(appended(t, New(3, 1), x, b, 2), opt)
		if column.Rank != 2 || !math.IsInf(column.Cond, 1) || column.X.Data[1] != 0 {
			t.Errorf("%+v, a zero column: %+v", opt, column)
		}
	}

	// Minimum norm of D X: 2x₁ + 2x₂ + x₃ = 9 has D = diag(2, 2, 1), so that D X is the same
	// in every entry: 3, x = (1.5, 1.5, 3).
	x := blas64.General{Rows: 1, Cols: 3, Stride: 3, Data: []float64{2, 2, 1}}
	b := blas64.General{Rows: 1, Cols: 1, Stride: 1, Data: []float64{9}}
	sol := solve(appended(t, New(3, 1), x, b, 1), Options{})
	for i, want := range []float64{1.5, 1.5, 3} {
		if !kerneltest.Close(sol.X.Data[i], want, 20*eps) {
			t.Errorf("minimum norm: x[%d] = %v, want %v", i, sol.X.Data[i], want)
		}
	}
	if sol.Rank != 1 || !(sol.Residual[0] <= 100*eps) {
		t.Errorf("one row: rank %d, residual %v", sol.Rank, sol.Residual[0])
	}

	if none := solve(appended(t, New(3, 0), x, newGeneral(1, 0), 1), Options{}); none.Rank != 1 || none.X.Rows != 3 {
		t.Errorf("no right-hand sides: %+v", none)
	}
}

// TestScales multiplies columns, right-hand sides and rows by powers of two out to the
// limits of float64, and wants the bits of the unscaled solution, scaled.
func TestScales(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	const m, n, p = 1000, 4, 2
	x, b := random(r, m, n), random(r, m, p)
	plain, err := appended(t, New(n, p), x, b, m).Solve(Options{})
	if err != nil {
		t.Fatal(err)
	}
	ex, eb := []int{-997, 0, 997, -400}, []int{-30, 20} // 2^±997 is 1e±300
	for i := range m {
		for j, e := range ex {
			x.Data[i*n+j] = math.Ldexp(x.Data[i*n+j], e)
		}
		for k, e := range eb {
			b.Data[i*p+k] = math.Ldexp(b.Data[i*p+k], e)
		}
	}
	for _, opt := range []Options{{}, {RCond: -1}, {Ridge: 1e-20}} {
		sol, err := appended(t, New(n, p), x, b, m).Solve(opt)
		if err != nil {
			t.Fatal(err)
		}
		for j := range n {
			for k := range p {
				got, want := sol.X.Data[j*p+k], math.Ldexp(plain.X.Data[j*p+k], eb[k]-ex[j])
				if !kerneltest.Close(got, want, 10*n*eps*math.Abs(want)) {
					t.Errorf("%+v: x[%d,%d] = %v, want %v", opt, j, k, got, want)
				}
			}
		}
		for k, e := range eb {
			if want := math.Ldexp(plain.Residual[k], e); !kerneltest.Close(sol.Residual[k], want, 10*eps*want) {
				t.Errorf("%+v: residual %v, want %v", opt, sol.Residual[k], want)
			}
		}
		if !kerneltest.Close(sol.Cond, plain.Cond, 10*n*eps*plain.Cond) {
			t.Errorf("%+v: condition %v, want %v", opt, sol.Cond, plain.Cond)
		}
	}
}

func TestSolveErrors(t *testing.T) {
	a := New(1, 1)
	for _, opt := range []Options{{RCond: math.NaN()}, {RCond: 1}, {Ridge: -1}, {Ridge: math.NaN()}, {Ridge: math.Inf(1)}} {
		if _, err := a.Solve(opt); err == nil {
			t.Errorf("%+v: no error", opt)
		}
	}
	one := func(x, y float64) error {
		v := func(x float64) blas64.General {
			return blas64.General{Rows: 2, Cols: 1, Stride: 1, Data: []float64{x, x}}
		}
		_, err := appended(t, New(1, 1), v(x), v(y), 2).Solve(Options{})
		return err
	}
	if err := one(math.MaxFloat64, 1); err != ErrOverflow {
		t.Errorf("columns of A too large: %v", err)
	}
	if err := one(1, math.MaxFloat64); err != ErrOverflow {
		t.Errorf("B too large: %v", err)
	}
	if err := one(1e-300, 1e300); err != ErrOverflow {
		t.Errorf("solution too large: %v", err)
	}
}
