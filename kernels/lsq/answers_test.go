package lsq

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
)

// reference solves problems with dense matrices.
type reference struct {
	a, b  *mat.Dense
	d     []float64 // column norms of [A; L]
	sigma []float64 // singular values of [A; L] D⁻¹
	l     *mat.Dense
}

func newReference(x, b, penalty blas64.General) *reference {
	r := &reference{a: toDense(x), b: toDense(b)}
	var all mat.Dense
	all.CloneFrom(r.a)
	if penalty.Rows > 0 {
		r.l = toDense(penalty)
		all.Reset()
		all.Stack(r.a, r.l)
	}
	for j := range x.Cols {
		r.d = append(r.d, mat.Norm(all.ColView(j), 2))
	}
	all.Mul(&all, mat.DenseCopyOf(mat.NewDiagDense(x.Cols, inverse(r.d))))
	var svd mat.SVD
	svd.Factorize(&all, mat.SVDNone)
	r.sigma = svd.Values(nil)
	return r
}

func inverse(x []float64) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = 1 / v
	}
	return y
}

// normal returns AᵀA + LᵀL + μ²σ₁²D², well conditioned in these tests.
func (r *reference) normal(mu float64) *mat.SymDense {
	var m mat.Dense
	m.Mul(r.a.T(), r.a)
	if r.l != nil {
		var l mat.Dense
		l.Mul(r.l.T(), r.l)
		m.Add(&m, &l)
	}
	n := len(r.d)
	s := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			s.SetSym(i, j, m.At(i, j))
		}
		s.SetSym(i, i, m.At(i, i)+math.Pow(mu*r.sigma[0]*r.d[i], 2))
	}
	return s
}

// solve returns X, the degrees of freedom, and φᵀ(…)⁻¹φ.
func (r *reference) solve(t *testing.T, mu float64, phi []float64) (x *mat.Dense, dof, leverage float64) {
	t.Helper()
	var c mat.Cholesky
	if !c.Factorize(r.normal(mu)) {
		t.Fatal("not positive definite")
	}
	var right, inv, hat mat.Dense
	x = new(mat.Dense)
	right.Mul(r.a.T(), r.b)
	if err := c.SolveTo(x, &right); err != nil {
		t.Fatal(err)
	}
	var gram mat.Dense
	gram.Mul(r.a.T(), r.a)
	if err := c.SolveTo(&hat, &gram); err != nil {
		t.Fatal(err)
	}
	v := mat.NewDense(len(phi), 1, phi)
	if err := c.SolveTo(&inv, v); err != nil {
		t.Fatal(err)
	}
	return x, mat.Trace(&hat), mat.Dot(inv.ColView(0), v.ColView(0))
}

// TestAnswers compares solution, residual, degrees of freedom, noise and leverage with
// normal equations, with and without penalty and ridge, for few and for many columns.
func TestAnswers(t *testing.T) {
	for _, n := range []int{7, 60} {
		const m, p = 500, 2
		r := rand.New(rand.NewPCG(1, uint64(n)))
		x, b := random(r, m, n), random(r, m, p)
		for i := range m {
			x.Data[i*n+2] *= 1e3
		}
		smooth := newGeneral(n-1, n) // differences of neighbours
		for i := range n - 1 {
			smooth.Data[i*n+i], smooth.Data[i*n+i+1] = 20, -20
		}
		phi := random(r, n, 1).Data
		for _, penalty := range []blas64.General{{}, smooth} {
			ref := newReference(x, b, penalty)
			acc := appended(t, New(n, p), x, b, 100)
			ridges := []float64{0, 1e-3, 0.3}
			solutions, err := acc.SolveRidges(Options{Penalty: penalty}, ridges)
			if err != nil {
				t.Fatal(err)
			}
			for i, mu := range ridges {
				sol := solutions[i]
				name := fmt.Sprintf("n=%d, ridge %g, %d rows of penalty", n, mu, penalty.Rows)
				want, dof, leverage := ref.solve(t, mu, phi)
				for j := range n {
					for k := range p {
						if got, want := sol.X.Data[j*p+k]*ref.d[j], want.At(j, k)*ref.d[j]; !kerneltest.Close(got, want, 1e-10*math.Sqrt(m)) {
							t.Errorf("%s: x[%d,%d] = %v, want %v", name, j, k, got, want)
						}
					}
				}
				var left mat.Dense
				left.Mul(ref.a, want)
				left.Sub(ref.b, &left)
				for k := range p {
					rss := mat.Norm(left.ColView(k), 2)
					if !kerneltest.Close(sol.Residual[k], rss, 1e-11*rss) {
						t.Errorf("%s: residual %v, want %v", name, sol.Residual[k], rss)
					}
					if noise := rss * rss / (m - dof); !kerneltest.Close(sol.Noise[k], noise, 1e-10*noise) {
						t.Errorf("%s: noise %v, want %v", name, sol.Noise[k], noise)
					}
				}
				if !kerneltest.Close(sol.DOF, dof, 1e-10*dof) {
					t.Errorf("%s: %v degrees of freedom, want %v", name, sol.DOF, dof)
				}
				if got := sol.Leverage(phi); !kerneltest.Close(got, leverage, 1e-10*leverage) {
					t.Errorf("%s: leverage %v, want %v", name, got, leverage)
				}
				if sol.Ridge != mu {
					t.Errorf("%s: ridge %v", name, sol.Ridge)
				}
				if mu > 0 { // what many ridges give, one gives
					one, err := acc.Solve(Options{Penalty: penalty, Ridge: mu})
					if err != nil {
						t.Fatal(err)
					}
					if firstDifference(one.X.Data, sol.X.Data) >= 0 && n < estimateCols {
						t.Errorf("%s: other bits than alone", name)
					}
				}
			}
		}
	}
}

// TestAnswersTruncated: with columns that are twice there, the answers are those of one of
// each where they do not depend on the choice.
func TestAnswersTruncated(t *testing.T) {
	const m, n = 300, 5
	r := rand.New(rand.NewPCG(3, 4))
	x, b := random(r, m, n), random(r, m, 1)
	twice := newGeneral(m, 2*n)
	for i := range m {
		copy(twice.Data[i*2*n:], x.Data[i*n:][:n])
		copy(twice.Data[i*2*n+n:], x.Data[i*n:][:n])
	}
	one, err := appended(t, New(n, 1), x, b, m).Solve(Options{})
	if err != nil {
		t.Fatal(err)
	}
	two, err := appended(t, New(2*n, 1), twice, b, m).Solve(Options{})
	if err != nil {
		t.Fatal(err)
	}
	phi := random(r, n, 1).Data
	if got, want := two.Leverage(append(phi[:n:n], phi...)), one.Leverage(phi); !kerneltest.Close(got, want, 1e-10*want) {
		t.Errorf("leverage %v, want %v", got, want)
	}
	if two.DOF != n || !kerneltest.Close(two.Noise[0], one.Noise[0], 1e-12*one.Noise[0]) {
		t.Errorf("%v degrees of freedom, noise %v, want %v", two.DOF, two.Noise[0], one.Noise[0])
	}
	for j := range n {
		if got, want := two.X.Data[j]+two.X.Data[j+n], one.X.Data[j]; !kerneltest.Close(got, want, 1e-12) {
			t.Errorf("x[%d] = %v, want %v", j, got, want)
		}
	}
	few, err := appended(t, New(n, 1), part(x, 0, 3), part(b, 0, 3), 3).Solve(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if few.DOF != 3 || !math.IsNaN(few.Noise[0]) {
		t.Errorf("three rows: %v degrees of freedom, noise %v", few.DOF, few.Noise[0])
	}
}

// noisy returns rows of a smooth model with redundant columns, and noise of variance 0.01.
func noisy(r *rand.Rand, m, n int) (x, b blas64.General) {
	x, b = newGeneral(m, n), newGeneral(m, 1)
	w, c := random(r, n, 1).Data, random(r, n, 1).Data
	for i := range m {
		t := r.Float64()*2 - 1
		for j := range n {
			x.Data[i*n+j] = math.Tanh(2*w[j]*t + c[j])
		}
		b.Data[i] = math.Sin(3*t) + 0.1*r.NormFloat64()
	}
	return x, b
}

// TestCriteria compares the ridge that is chosen with a search over dense matrices.
func TestCriteria(t *testing.T) {
	const m, n = 120, 9
	x, b := noisy(rand.New(rand.NewPCG(5, 6)), m, n)
	ref := newReference(x, b, blas64.General{})
	acc := appended(t, New(n, 1), x, b, m)
	score := map[Criterion]func(mu float64) float64{
		GCV: func(mu float64) float64 {
			sol, err := acc.Solve(Options{Ridge: mu})
			if err != nil {
				t.Fatal(err)
			}
			return m * math.Pow(sol.Residual[0]/(m-sol.DOF), 2)
		},
		Evidence: func(mu float64) float64 { // of K = 1 + A D⁻² Aᵀ/λ²
			var scaled, k mat.Dense
			scaled.Mul(ref.a, mat.NewDiagDense(n, inverse(ref.d)))
			k.Mul(&scaled, scaled.T())
			s := mat.NewSymDense(m, nil)
			for i := range m {
				for j := range i + 1 {
					s.SetSym(i, j, k.At(i, j)/math.Pow(mu*ref.sigma[0], 2))
				}
				s.SetSym(i, i, s.At(i, i)+1)
			}
			var c mat.Cholesky
			c.Factorize(s)
			var z mat.Dense
			if err := c.SolveTo(&z, ref.b); err != nil {
				t.Fatal(err)
			}
			return m*math.Log(mat.Dot(z.ColView(0), ref.b.ColView(0))) + c.LogDet()
		},
	}
	for criterion, f := range score {
		sol, err := acc.Solve(Options{Criterion: criterion})
		if err != nil {
			t.Fatal(err)
		}
		best, least := 0.0, math.Inf(1)
		for e := -6.0; e <= 1; e += 0.05 { // above what K of condition 1/μ² bears
			if s := f(math.Pow(10, e)); s < least {
				best, least = math.Pow(10, e), s
			}
		}
		if got := f(sol.Ridge); !(got <= least+1e-6*math.Abs(least)) {
			t.Errorf("criterion %d: ridge %v with score %v, but %v has %v", criterion, sol.Ridge, got, best, least)
		}
		given, err := acc.Solve(Options{Ridge: sol.Ridge})
		if err != nil {
			t.Fatal(err)
		}
		if firstDifference(given.X.Data, sol.X.Data) >= 0 {
			t.Errorf("criterion %d: another solution than with the same ridge given", criterion)
		}
		if !(sol.Noise[0] > 0.006 && sol.Noise[0] < 0.015) {
			t.Errorf("criterion %d: noise %v, want 0.01 or so", criterion, sol.Noise[0])
		}
	}
	for _, acc := range []*Accumulator{New(3, 1), appended(t, New(3, 1), newGeneral(4, 3), newGeneral(4, 1), 4)} {
		sol, err := acc.Solve(Options{Criterion: GCV})
		if err != nil || mat.Norm(toDense(sol.X), 2) != 0 {
			t.Errorf("nothing to choose from: %+v, %v", sol, err)
		}
	}
}

// TestCrossValidate leaves out fold by fold and solves again.
func TestCrossValidate(t *testing.T) {
	const m, n, k = 400, 12, 4
	x, b := noisy(rand.New(rand.NewPCG(7, 8)), m, n)
	folds := make([]*Accumulator, k)
	for i := range folds {
		folds[i] = appended(t, New(n, 1), part(x, i*m/k, m/k), part(b, i*m/k, m/k), m)
	}
	old := state(t, folds[1])
	ridges := []float64{1e-8, 1e-4, 1e-2, 1}
	got, err := CrossValidate(folds, Options{}, ridges)
	if err != nil {
		t.Fatal(err)
	}
	for i, mu := range ridges {
		sum := 0.0
		for out := range folds {
			rest := New(n, 1)
			for j := range folds {
				if j != out {
					appended(t, rest, part(x, j*m/k, m/k), part(b, j*m/k, m/k), m)
				}
			}
			sol, err := rest.Solve(Options{Ridge: mu})
			if err != nil {
				t.Fatal(err)
			}
			for row := out * m / k; row < (out+1)*m/k; row++ {
				e := b.Data[row] - blas64.Dot(vec(x.Data[row*n:][:n]), vec(sol.X.Data))
				sum += e * e
			}
		}
		if want := math.Sqrt(sum / m); !kerneltest.Close(got[i][0], want, 1e-9*want) {
			t.Errorf("ridge %g: error %v, want %v", mu, got[i][0], want)
		}
	}
	if state(t, folds[1]) != old {
		t.Error("a fold changed")
	}
	if _, err := CrossValidate(folds[:1], Options{}, ridges); err == nil {
		t.Error("one fold: no error")
	}
	if _, err := CrossValidate([]*Accumulator{folds[0], New(n, 2)}, Options{}, ridges); err != ErrShape {
		t.Errorf("different shapes: %v", err)
	}
	if _, err := CrossValidate(folds, Options{Criterion: GCV}, ridges); err == nil {
		t.Error("with a criterion: no error")
	}
}

// TestOptionErrors: options that contradict each other or hold what is not a number.
func TestOptionErrors(t *testing.T) {
	a := appended(t, New(2, 1), newGeneral(3, 2), newGeneral(3, 1), 3)
	bad := newGeneral(1, 2)
	bad.Data[1] = math.Inf(1)
	for _, opt := range []Options{
		{Criterion: GCV, Ridge: 1}, {Criterion: Evidence + 1}, {Penalty: bad},
		{Criterion: GCV, Penalty: newGeneral(1, 2)},
	} {
		if _, err := a.Solve(opt); err == nil {
			t.Errorf("%+v: no error", opt)
		}
	}
	if solutions, err := a.SolveRidges(Options{}, nil); err != nil || len(solutions) != 0 {
		t.Errorf("no ridges: %v, %v", solutions, err)
	}
	for name, f := range map[string]func(){
		badPenalty: func() { a.Solve(Options{Penalty: newGeneral(1, 3)}) },
		badA:       func() { a.Remove(newGeneral(1, 3), newGeneral(1, 1)) },
		zeroValue:  func() { new(Accumulator).Remove(blas64.General{}, blas64.General{}) },
	} {
		func() {
			defer func() {
				if got := recover(); got != name {
					t.Errorf("panic %v, want %q", got, name)
				}
			}()
			f()
		}()
	}
}

// TestSpread compares the covariance of solutions drawn by Spread with that of Leverage.
func TestSpread(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 7))
	const n = 9
	for _, opt := range []Options{{}, {Ridge: 1e-2}, {RCond: 0.2}} {
		acc := New(n, 1)
		a, b := make([]float64, 40*n), make([]float64, 40)
		for i := range a {
			a[i] = r.NormFloat64() * math.Pow(10, float64(i%n-4))
		}
		if err := acc.Append(blas64.General{Rows: 40, Cols: n, Stride: n, Data: a}, blas64.General{Rows: 40, Cols: 1, Stride: 1, Data: b}); err != nil {
			t.Fatal(err)
		}
		sol, err := acc.Solve(opt)
		if err != nil {
			t.Fatal(err)
		}
		phi := a[5*n:][:n]
		sum := 0.0
		for k := range n { // Σ (φᵀ M e_k)² = φᵀ M Mᵀ φ
			z := make([]float64, n)
			z[k] = 1
			d := 0.0
			for j, x := range sol.Spread(z) {
				d += phi[j] * x
			}
			sum += d * d
		}
		if want := sol.Leverage(phi); math.Abs(sum-want) > 1e-12*want {
			t.Errorf("%+v: %v, want %v", opt, sum, want)
		}
	}
}
