package lsq

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// matrices are m×n test matrices that are hard for one reason or another.
var matrices = []struct {
	name  string
	entry func(r *rand.Rand, m, n int) func(i, j int) float64
}{
	{"random", func(r *rand.Rand, m, n int) func(i, j int) float64 {
		return func(i, j int) float64 { return r.NormFloat64() }
	}},
	{"columns graded over 1e16", func(r *rand.Rand, m, n int) func(i, j int) float64 {
		return func(i, j int) float64 { return r.NormFloat64() * math.Pow(10, -16*float64(j)/float64(n)) }
	}},
	{"rank n/2", func(r *rand.Rand, m, n int) func(i, j int) float64 {
		right := random(r, max(1, n/2), n)
		left := make([]float64, right.Rows)
		return func(i, j int) float64 {
			s := 0.0
			for k := range left {
				if j == 0 {
					left[k] = r.NormFloat64()
				}
				s += left[k] * right.Data[k*n+j]
			}
			return s
		}
	}},
	{"rows scaled by 1e8", func(r *rand.Rand, m, n int) func(i, j int) float64 {
		return func(i, j int) float64 { return r.NormFloat64() * math.Pow(10, 8*float64(i%7)/6) }
	}},
	{"Hilbert", func(r *rand.Rand, m, n int) func(i, j int) float64 {
		return func(i, j int) float64 { return 1 / float64(i+j+1) }
	}},
	{"Vandermonde", func(r *rand.Rand, m, n int) func(i, j int) float64 {
		return func(i, j int) float64 { return math.Pow(float64(i)/float64(m), float64(j)) }
	}},
	{"Läuchli", func(r *rand.Rand, m, n int) func(i, j int) float64 {
		return func(i, j int) float64 {
			switch {
			case i == 0:
				return 1
			case i == j+1:
				return 1e-8
			}
			return 0
		}
	}},
	{"tanh features", func(r *rand.Rand, m, n int) func(i, j int) float64 {
		w, b := random(r, n, 1).Data, random(r, n, 1).Data
		return func(i, j int) float64 { return math.Tanh(w[j]*float64(2*i-m)/float64(m) + b[j]) }
	}},
}

// TestBackwardError wants the solution of hard problems, with and without truncation, to be
// that of a problem within 10·n·eps, by the normwise measure of Waldén and Karlson, which is
// at most 1.6 times too small: ‖(AᵀA + ω²)^−½ Aᵀr‖/‖x‖ with ω = ‖r‖/‖x‖, over ‖A‖. Beside
// it stands gonum's SVD with the same truncation.
func TestBackwardError(t *testing.T) {
	for _, c := range matrices {
		for _, size := range [][2]int{{12, 12}, {40, 12}, {2500, 12}, {1500, 40}, {300, 100}} {
			m, n := size[0], size[1]
			t.Run(fmt.Sprintf("%s/m=%d/n=%d", c.name, m, n), func(t *testing.T) {
				r := rand.New(rand.NewPCG(1, 2))
				x, b := newGeneral(m, n), random(r, m, 1)
				entry := c.entry(r, m, n)
				for i := range m {
					for j := range n {
						x.Data[i*n+j] = entry(i, j)
					}
				}
				truth := random(r, n, 1)
				for i := range m { // half of the right-hand side is in the range
					b.Data[i] += blas64.Dot(vec(x.Data[i*n:][:n]), vec(truth.Data))
				}
				e := newErrors(x, b)
				limit := 10 * float64(n) * eps
				acc := appended(t, New(n, 1), x, b, m)
				for _, opt := range []Options{{}, {Ridge: 1e-16}} {
					sol, err := acc.Solve(opt)
					if err != nil {
						t.Fatal(err)
					}
					got := e.backward(sol.X.Data)
					if !(got <= limit) {
						t.Errorf("%+v: backward error %.2f n·eps (gonum's SVD %.2f)", opt,
							got/(float64(n)*eps), e.backward(e.reference())/(float64(n)*eps))
					}
					if want := mat.Norm(e.residual(sol.X.Data), 2); !(math.Abs(sol.Residual[0]-want) <= limit*e.magnitude(sol.X.Data)) {
						t.Errorf("%+v: residual %v, want %v", opt, sol.Residual[0], want)
					}
				}
			})
		}
	}
}

// backwardErrors measures solutions of one problem by the SVD of its matrix.
type backwardErrors struct {
	a, b  *mat.Dense
	u, v  mat.Dense
	sigma []float64
}

func newErrors(x, b blas64.General) *backwardErrors {
	e := &backwardErrors{a: toDense(x), b: toDense(b)}
	var svd mat.SVD
	svd.Factorize(e.a, mat.SVDThin)
	svd.UTo(&e.u)
	svd.VTo(&e.v)
	e.sigma = svd.Values(nil)
	return e
}

func (e *backwardErrors) residual(x []float64) *mat.Dense {
	var r mat.Dense
	r.Mul(e.a, mat.NewDense(len(x), 1, x))
	r.Sub(e.b, &r)
	return &r
}

// magnitude returns ‖A‖‖x‖ + ‖b‖.
func (e *backwardErrors) magnitude(x []float64) float64 {
	return mat.Norm(e.a, 2)*norm(x) + mat.Norm(e.b, 2)
}

func (e *backwardErrors) backward(x []float64) float64 {
	r := e.residual(x)
	omega := mat.Norm(r, 2) / norm(x)
	var c mat.Dense
	c.Mul(e.u.T(), r)
	for i, s := range e.sigma {
		if s > 0 {
			c.Set(i, 0, c.At(i, 0)*s/hypot(s, omega))
		} else {
			c.Set(i, 0, 0)
		}
	}
	return mat.Norm(&c, 2) / norm(x) / mat.Norm(e.a, 2)
}

// reference returns the solution by gonum's SVD, truncated at n·eps.
func (e *backwardErrors) reference() []float64 {
	var c, x mat.Dense
	c.Mul(e.u.T(), e.b)
	for i, s := range e.sigma {
		if s > float64(len(e.sigma))*eps*e.sigma[0] {
			c.Set(i, 0, c.At(i, 0)/s)
		} else {
			c.Set(i, 0, 0)
		}
	}
	x.Mul(&e.v, &c)
	return x.RawMatrix().Data
}

// TestFactor compares [R C]ᵀ[R C] with [A B]ᵀ[A B], column by column: each column of the
// factor is that of a matrix which is off by a few n·eps of the column's norm.
func TestFactor(t *testing.T) {
	for _, c := range matrices {
		for _, size := range [][2]int{{5, 9}, {9, 9}, {1000, 9}, {100000, 3}} {
			m, n := size[0], size[1]
			r := rand.New(rand.NewPCG(1, 2))
			all := newGeneral(m, n+1)
			entry := c.entry(r, m, n)
			for i := range m {
				for j := range n {
					all.Data[i*(n+1)+j] = entry(i, j)
				}
				all.Data[i*(n+1)+n] = r.NormFloat64()
			}
			x, b := all, all
			x.Cols, b.Cols, b.Data = n, 1, all.Data[n:]
			a := appended(t, New(n, 1), x, b, 4000)
			f := a.total(a)
			for j := range n + 1 {
				for i := range j + 1 {
					got := blas64.Dot(vec(f.column(i)), vec(f.column(j)))
					if i == n { // b with itself
						got += f.tail[0] * f.tail[0]
					}
					u := blas64.Vector{N: m, Inc: n + 1, Data: all.Data[i:]}
					v := blas64.Vector{N: m, Inc: n + 1, Data: all.Data[j:]}
					e := math.Abs(got-blas64.Dot(u, v)) / (blas64.Nrm2(u) * blas64.Nrm2(v))
					if limit := 10 * float64(n) * eps; !(e <= limit+float64(m)*eps/50) { // the latter for blas64.Dot
						t.Errorf("%s, %d×%d: columns %d, %d: %.1f n·eps", c.name, m, n, i, j, e/(float64(n)*eps))
					}
				}
			}
			for j := range n {
				for i := j + 1; i < n; i++ {
					if f.column(j)[i] != 0 {
						t.Fatalf("R[%d,%d] = %v", i, j, f.column(j)[i])
					}
				}
			}
		}
	}
}

// TestReflector applies H to (alpha; x) of all magnitudes.
func TestReflector(t *testing.T) {
	for _, alpha := range []float64{0, 1, -3, 1e-300, -1e300, 1e-160, 1e160} {
		for _, x0 := range [][]float64{{}, {0, 0}, {1}, {3, -4}, {1e300, 1e299}, {1e-300, 2e-300}, {1e-170, 1}, {5e-324}, {1e160, 1e-160}} {
			v := append([]float64(nil), x0...)
			beta, tau := reflector(alpha, v)
			want := hypot(math.Abs(alpha), norm(x0))
			if !(math.Abs(math.Abs(beta)-want) <= 4*eps*want) {
				t.Errorf("alpha=%v x=%v: beta=%v, want ±%v", alpha, x0, beta, want)
			}
			vv := 1.0
			for i := range v {
				vv += v[i] * v[i]
				// (alpha; x) = (1 − …) beta e₁ backwards: x = −tau·beta·v
				if got := -(tau * beta) * v[i]; !(math.Abs(got-x0[i]) <= 8*eps*want) {
					t.Errorf("alpha=%v x=%v: H(beta; 0)[%d] = %v", alpha, x0, i+1, got)
				}
			}
			if tau != 0 && !(math.Abs(tau*vv-2) <= 16*eps) {
				t.Errorf("alpha=%v x=%v: H is not orthogonal: τ vᵀv − 2 = %v", alpha, x0, tau*vv-2)
			}
		}
	}
}

func TestNorms(t *testing.T) {
	for _, c := range []struct{ x, y, want float64 }{
		{0, 0, 0}, {3, 0, 3}, {3, 4, 5}, {3e300, 4e300, 5e300}, {3e-310, 4e-310, 5e-310}, {1, 1e-200, 1},
	} {
		for _, got := range []float64{hypot(c.x, c.y), hypot(c.y, c.x), norm([]float64{c.x, -c.y})} {
			if !(math.Abs(got-c.want) <= 2*eps*c.want+0x1p-1074) {
				t.Errorf("norm of (%v, %v) is %v", c.x, c.y, got)
			}
		}
	}
}
