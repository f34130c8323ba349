package lsq

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
)

// triangles are upper triangular matrices whose singular values are hard for one reason or
// another.
var triangles = []struct {
	name  string
	entry func(r *rand.Rand, n, i, j int) float64
}{
	{"random", func(r *rand.Rand, n, i, j int) float64 { return r.NormFloat64() }},
	{"diagonal", func(r *rand.Rand, n, i, j int) float64 {
		if i == j {
			return float64(i + 1)
		}
		return 0
	}},
	{"Kahan", func(r *rand.Rand, n, i, j int) float64 {
		s, c := math.Sincos(1.2)
		if i == j {
			return math.Pow(s, float64(i))
		}
		return -c * math.Pow(s, float64(i))
	}},
	{"rows graded down", func(r *rand.Rand, n, i, j int) float64 {
		return r.NormFloat64() * math.Pow(10, -20*float64(i)/float64(n))
	}},
	{"rows graded up", func(r *rand.Rand, n, i, j int) float64 {
		return r.NormFloat64() * math.Pow(10, -20*float64(n-i)/float64(n))
	}},
	{"zeros on the diagonal", func(r *rand.Rand, n, i, j int) float64 {
		if i == j && i%3 == 1 {
			return 0
		}
		return r.NormFloat64()
	}},
	{"columns of zeros", func(r *rand.Rand, n, i, j int) float64 {
		if j%4 == 2 {
			return 0
		}
		return r.NormFloat64()
	}},
	{"equal columns", func(r *rand.Rand, n, i, j int) float64 {
		if i == 0 {
			return 1
		}
		return 0
	}},
	{"ones", func(r *rand.Rand, n, i, j int) float64 { return 1 }},
	{"zero", func(r *rand.Rand, n, i, j int) float64 { return 0 }},
}

// newTriangle returns a triangle scaled as Solve has it, with p columns C.
func newTriangle(t *testing.T, entry func(r *rand.Rand, n, i, j int) float64, n, p int) *scaled {
	t.Helper()
	r := rand.New(rand.NewPCG(1, uint64(n)))
	f := newFactor(n, p)
	for j := range n + p {
		for i := range min(j+1, n) {
			if j < n {
				f.column(j)[i] = entry(r, n, i, j)
			} else {
				f.column(j)[i] = r.NormFloat64()
			}
		}
	}
	s, err := newScaled(f)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// dense returns S.
func (s *scaled) dense() *mat.Dense {
	n := s.f.cols
	m := mat.NewDense(n, n, nil)
	for j := range n {
		for i := range n {
			m.Set(i, j, s.f.column(j)[i]/s.norm[j])
		}
	}
	return m
}

// TestSingularValues compares with gonum's SVD, and the pieces of the decomposition with
// what they stand for: S V = W Σ through y = Wᵀ C for C = S X, which must be Σ Vᵀ X.
func TestSingularValues(t *testing.T) {
	for _, c := range triangles {
		for _, n := range []int{1, 2, 3, 8, 13, 64, 100} {
			t.Run(fmt.Sprintf("%s/n=%d", c.name, n), func(t *testing.T) {
				s := newTriangle(t, c.entry, n, 3)
				m := s.dense()
				x := make([]float64, n)
				for k := range 3 { // C = S X
					for i := range x {
						x[i] = s.f.column(n + k)[i]
					}
					var product mat.VecDense
					product.MulVec(m, mat.NewVecDense(n, x))
					copy(s.f.column(n+k), product.RawVector().Data)
				}
				d, err := s.decompose(true)
				if err != nil {
					t.Fatal(err)
				}
				var svd mat.SVD
				if !svd.Factorize(m, mat.SVDNone) {
					t.Fatal("gonum's SVD failed")
				}
				want := svd.Values(nil)
				got := make([]float64, n) // zeros for columns of zeros
				for i, v := range d.d {
					got[i] = math.Abs(v)
				}
				slices.Sort(got)
				slices.Reverse(got)
				tol := 10 * float64(n) * eps * want[0]
				for i := range want {
					if !(math.Abs(got[i]-want[i]) <= tol) {
						t.Errorf("σ[%d] = %v, want %v", i, got[i], want[i])
					}
				}
				// V Vᵀ = I and W Σ Vᵀ = S: Σ⁻¹y = Vᵀ X where σ is not small, so that V of that
				// is X up to the part in the null space, which S takes to 0.
				for k := range 3 {
					z := make([]float64, len(d.d))
					for i, v := range d.d {
						if math.Abs(v) > 1e-8*want[0] {
							z[i] = d.y[i*3+k] / v
						}
					}
					before := norm(z)
					back(d.sweeps, z)
					d.right(z)
					if after := norm(z); !(math.Abs(after-before) <= 10*float64(n)*eps*before) {
						t.Errorf("V is not orthogonal: norm %v to %v", before, after)
					}
					full := make([]float64, n)
					for i, j := range d.cols {
						full[j] = z[i]
					}
					var left mat.VecDense
					left.MulVec(m, mat.NewVecDense(n, full))
					left.SubVec(&left, mat.NewVecDense(n, slices.Clone(s.f.column(n+k))))
					size := norm(s.f.column(n + k))
					if e := mat.Norm(&left, 2); !(e <= 2e-8*want[0]*float64(n)+100*float64(n)*eps*size) {
						t.Errorf("S V z is off by %v of %v", e, size)
					}
				}
			})
		}
	}
}

// TestEstimate holds the estimates to the singular values: never above, seldom far below.
func TestEstimate(t *testing.T) {
	for _, c := range triangles[:3] {
		for _, n := range []int{1, 5, 48, 64, 150} {
			s := newTriangle(t, c.entry, n, 0)
			for i := range n { // well conditioned, so that the inverse is accurate
				s.f.column(i)[i] += 4 * math.Sqrt(float64(n))
				s.norm[i] = norm(s.f.column(i))
			}
			d, err := s.decompose(false)
			if err != nil {
				t.Fatal(err)
			}
			least := d.largest() / d.cond(n)
			for _, e := range []struct {
				name      string
				m         operator
				tol, want float64
				low       float64
			}{
				{"σ₁", s.triangle(), 0x1p-44, d.largest(), 1e-9},
				{"σ₁", s.triangle(), condTol, d.largest(), 0.05},
				{"1/σₙ", s.inverse(), 0x1p-44, 1 / least, 1e-9},
				{"1/σₙ", s.inverse(), condTol, 1 / least, 0.05},
			} {
				got := largest(n, e.m, e.tol)
				if !(got <= e.want*(1+100*float64(n)*eps)) || !(got >= e.want*(1-e.low)) {
					t.Errorf("%s, n=%d, tolerance %g: %s = %v, want %v", c.name, n, e.tol, e.name, got, e.want)
				}
			}
		}
	}
}

// TestOperators: S and S⁻¹ undo each other, and so do their transposes.
func TestOperators(t *testing.T) {
	const n = 20
	s := newTriangle(t, triangles[0].entry, n, 0)
	for i := range n {
		s.f.column(i)[i] += 10
		s.norm[i] = norm(s.f.column(i))
	}
	x := random(rand.New(rand.NewPCG(5, 6)), n, 1).Data
	y, z := make([]float64, n), make([]float64, n)
	for _, transposed := range []bool{false, true} {
		s.triangle()(y, x, transposed)
		var want mat.VecDense
		m := s.dense().T()
		if !transposed {
			m = m.T()
		}
		want.MulVec(m, mat.NewVecDense(n, x))
		s.inverse()(z, y, transposed)
		for i := range x {
			if !kerneltest.Close(y[i], want.AtVec(i), 10*n*eps) || !kerneltest.Close(z[i], x[i], 100*n*eps) {
				t.Fatalf("transposed %v: element %d", transposed, i)
			}
		}
	}
}

// TestSolveMany compares solutions of problems with many columns and right-hand sides, with
// estimates, truncation and ridge, with gonum's SVD, and the bits at all levels.
func TestSolveMany(t *testing.T) {
	const m, n, p, rank = 300, 70, 3, 50
	r := rand.New(rand.NewPCG(7, 8))
	full, b := random(r, m, n), random(r, m, p)
	low := newGeneral(m, n)
	toDense(low).Mul(toDense(random(r, m, rank)), toDense(random(r, rank, n)))
	for _, c := range []struct {
		name string
		x    *mat.Dense
		opt  Options
		rank int
	}{
		{"full", toDense(full), Options{}, n}, {"full, ridge", toDense(full), Options{Ridge: 1e-2}, n},
		{"low rank", toDense(low), Options{}, rank}, {"low rank, ridge", toDense(low), Options{Ridge: 1e-2}, rank},
	} {
		scaled, d := mat.DenseCopyOf(c.x), make([]float64, n)
		for j := range d {
			d[j] = mat.Norm(c.x.ColView(j), 2)
			for i := range m {
				scaled.Set(i, j, scaled.At(i, j)/d[j])
			}
		}
		var svd mat.SVD
		svd.Factorize(scaled, mat.SVDThin)
		var u, v, y, want mat.Dense
		svd.UTo(&u)
		svd.VTo(&v)
		sigma := svd.Values(nil)
		y.Mul(u.T(), toDense(b))
		for i, s := range sigma {
			f := 0.0
			if lambda := c.opt.Ridge * sigma[0]; lambda > 0 || i < c.rank {
				f = s / (s*s + lambda*lambda)
			}
			for k := range p {
				y.Set(i, k, y.At(i, k)*f)
			}
		}
		want.Mul(&v, &y)
		var first []float64
		kerneltest.EachLevel(t, func(t *testing.T) {
			sol, err := appended(t, New(n, p), c.x.RawMatrix(), b, m).Solve(c.opt)
			if err != nil {
				t.Fatal(err)
			}
			for j := range n {
				for k := range p {
					if got, want := sol.X.Data[j*p+k], want.At(j, k)/d[j]; !kerneltest.Close(got, want, 1e-11) {
						t.Errorf("%s: x[%d,%d] = %v, want %v", c.name, j, k, got, want)
					}
				}
			}
			if sol.Rank != c.rank {
				t.Errorf("%s: rank %d, want %d", c.name, sol.Rank, c.rank)
			}
			if cond := sigma[0] / sigma[n-1]; c.rank == n && !(sol.Cond <= cond*(1+1e-9) && sol.Cond >= 0.9*cond) || c.rank < n && !(sol.Cond > 1e14) {
				t.Errorf("%s: condition %v, want %v", c.name, sol.Cond, cond)
			}
			if first == nil {
				first = sol.X.Data
			}
			if firstDifference(sol.X.Data, first) >= 0 {
				t.Errorf("%s: other bits than at the first level", c.name)
			}
		})
	}
}

// TestDiagonalizeEqual has singular values that differ by rounding, as orthonormal columns
// have, and off-diagonal elements of its size: shifts then are the values themselves.
func TestDiagonalizeEqual(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for round := range 2000 {
		b := &bidiagonal{d: make([]float64, 2+r.IntN(11))}
		b.e = make([]float64, len(b.d)-1)
		for i := range b.d {
			b.d[i] = float64(1-2*r.IntN(2)) * (1 + float64(r.IntN(3)-1)*0x1p-52)
		}
		for i := range b.e {
			b.e[i] = r.NormFloat64() * math.Ldexp(1, -49-r.IntN(6))
		}
		d, e := slices.Clone(b.d), slices.Clone(b.e)
		if _, err := b.diagonalize(false); err != nil {
			t.Fatalf("round %d: d = %v, e = %v: %v", round, d, e, err)
		}
		for _, v := range b.d {
			if math.Abs(math.Abs(v)-1) > 0x1p-44 {
				t.Fatalf("round %d: %v", round, v)
			}
		}
	}
}
