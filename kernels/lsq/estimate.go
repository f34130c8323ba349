package lsq

import (
	"math"
	"math/rand/v2"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// An operator is a square matrix: it sets dst to its product with x, or that of its
// transpose.
type operator func(dst, x []float64, transposed bool)

// triangle returns S = R D⁻¹.
func (s *scaled) triangle() operator {
	y := make([]float64, s.f.cols)
	return func(dst, x []float64, transposed bool) {
		if transposed {
			for j := range dst {
				dst[j] = dense.Dot(s.f.column(j)[:j+1], x[:j+1]) / s.norm[j]
			}
			return
		}
		clear(y)
		for j, v := range x {
			dense.Axpy(v/s.norm[j], s.f.column(j)[:j+1], y[:j+1])
		}
		copy(dst, y)
	}
}

// inverse returns S⁻¹ = D R⁻¹.
func (s *scaled) inverse() operator {
	n := s.f.cols
	y := make([]float64, n)
	return func(dst, x []float64, transposed bool) {
		if transposed {
			for j := range y {
				r := s.f.column(j)
				y[j] = (float64(x[j]*s.norm[j]) - dense.Dot(r[:j], y[:j])) / r[j]
			}
			copy(dst, y)
			return
		}
		copy(y, x)
		for j := n - 1; j >= 0; j-- {
			r := s.f.column(j)
			y[j] /= r[j]
			dense.Axpy(-y[j], r[:j], y[:j])
			dst[j] = y[j] * s.norm[j]
		}
	}
}

// lanczosStep is the number of steps after which the estimate is looked at.
const lanczosStep = 8

// largest returns the largest singular value of an n×n matrix, from below, by the
// bidiagonalization of Golub and Kahan from a fixed random vector, made orthogonal to all
// former ones at each step. It stops when 8 steps have not raised the estimate by more than
// tol of it. It returns +Inf if the matrix, or what rounding makes of it, is not finite.
func largest(n int, m operator, tol float64) float64 {
	r := rand.New(rand.NewPCG(1, 2))
	v := [][]float64{make([]float64, n)}
	for i := range v[0] {
		v[0][i] = 2*r.Float64() - 1
	}
	scale(1/norm(v[0]), v[0])
	var u [][]float64
	b := &bidiagonal{}
	estimate := 0.0
	for {
		p := make([]float64, n)
		m(p, v[len(v)-1], false)
		alpha := orthonormalize(p, u)
		b.d, u = append(b.d, alpha), append(u, p)
		q := make([]float64, n)
		m(q, p, true)
		beta := orthonormalize(q, v)
		if alpha-alpha != 0 || beta-beta != 0 {
			return math.Inf(1)
		}
		steps := len(b.d)
		done := steps == n || alpha == 0 || beta == 0
		if done || steps%lanczosStep == 0 {
			t := &bidiagonal{d: append([]float64(nil), b.d...), e: append([]float64(nil), b.e...)}
			if _, err := t.diagonalize(false); err != nil {
				return math.Inf(1)
			}
			last := estimate
			estimate = max(estimate, maxAbs(t.d))
			if done || estimate-last <= tol*estimate {
				return estimate
			}
		}
		b.e, v = append(b.e, beta), append(v, q)
	}
}

// orthonormalize makes x orthogonal to the vectors of an orthonormal basis and of norm 1,
// and returns the norm that it had after the former. x may come out as 0.
func orthonormalize(x []float64, basis [][]float64) float64 {
	before := norm(x)
	after := before
	for range 2 {
		for _, b := range basis {
			dense.Axpy(-dense.Dot(b, x), b, x)
		}
		last := after
		if after = norm(x); after > last/8 {
			break // little was lost, and so is little of what is left
		}
	}
	if !(after > before*0x1p-50) { // nothing but rounding
		clear(x)
		return 0 * before // NaN stays
	}
	scale(1/after, x)
	return after
}
