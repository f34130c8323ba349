package lsq

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// scaled is a factor whose columns are multiplied by powers of two, which is exact, so that
// those of R and of B have norms in [½, 1), or 0.
type scaled struct {
	f    *factor
	exp  []int     // column j of [A B] is 2^exp[j] times that of f
	norm []float64 // norms of the columns of R in f, 1 for 0
}

// newScaled returns f scaled, or ErrOverflow if f is not finite.
func newScaled(f *factor) (*scaled, error) {
	n := f.cols
	s := &scaled{newFactor(n, f.rhs), make([]int, n+f.rhs), make([]float64, n)}
	copy(s.f.rc, f.rc)
	copy(s.f.tail, f.tail)
	for j := range s.exp {
		column := s.f.column(j)
		d := norm(column)
		if j >= n {
			d = hypot(d, s.f.tail[j-n])
		}
		for _, v := range column {
			d += v - v // NaN if v is not finite
		}
		if d-d != 0 {
			return nil, ErrOverflow
		}
		s.exp[j] = exponent(d)
		ldexp(column, -s.exp[j])
		if j >= n {
			s.f.tail[j-n] = math.Ldexp(s.f.tail[j-n], -s.exp[j])
			continue
		}
		if s.norm[j] = norm(column); s.norm[j] == 0 {
			s.norm[j] = 1
		}
	}
	return s, nil
}

// mostRaised bounds the diagonal of D above the norms of the columns, so that squares do
// not overflow.
const mostRaised = 0x1p400

// raise makes the diagonal of D at least floor, unless that is nil. Columns of zeros keep 1.
func (s *scaled) raise(floor []float64) {
	for j, d := range floor {
		if norm(s.f.column(j)) != 0 {
			s.norm[j] = max(s.norm[j], min(math.Ldexp(d, -s.exp[j]), mostRaised))
		}
	}
}

// nonsingular reports whether R has no zero on its diagonal.
func (s *scaled) nonsingular() bool {
	for j := range s.f.cols {
		if s.f.column(j)[j] == 0 {
			return false
		}
	}
	return true
}

// residual returns the norms of the columns of B − A X, in the scale of B, for rows whose
// factor, scaled as that of s, is f.
func (s *scaled) residual(f *factor, z []float64) []float64 {
	n := f.cols
	residual := make([]float64, f.rhs)
	left := make([]float64, n)
	for k := range residual {
		copy(left, f.column(n+k))
		for j, x := range z[k*n:][:n] {
			dense.Axpy(-x, f.column(j)[:j+1], left[:j+1])
		}
		residual[k] = math.Ldexp(hypot(norm(left), f.tail[k]), s.exp[n+k])
	}
	return residual
}

// rescaled returns g with its columns scaled as those of s are.
func (s *scaled) rescaled(g *factor) *factor {
	f := newFactor(g.cols, g.rhs)
	copy(f.rc, g.rc)
	for j, e := range s.exp {
		ldexp(f.column(j), -e)
	}
	for k, t := range g.tail {
		f.tail[k] = math.Ldexp(t, -s.exp[g.cols+k])
	}
	return f
}

// unscale returns the solution of the unscaled problem, or ErrOverflow.
func (s *scaled) unscale(z []float64) (blas64.General, error) {
	n, p := s.f.cols, s.f.rhs
	x := blas64.General{Rows: n, Cols: p, Stride: max(1, p), Data: make([]float64, n*p)}
	for k := range p {
		for j := range n {
			v := math.Ldexp(z[k*n+j], s.exp[n+k]-s.exp[j])
			if v-v != 0 {
				return x, ErrOverflow
			}
			x.Data[j*p+k] = v
		}
	}
	return x, nil
}
