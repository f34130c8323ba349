package lsq

import (
	"math"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// A root is a matrix M with M Mᵀ = (AᵀA + …)⁻¹, in the coordinates of scaled, on the space
// of solutions: what is truncated is 0. The solution is M times what Qᵀ makes of B.
type root struct {
	f *factor // M = R⁻¹, or if it is nil

	s     *scaled // M = D⁻¹ V Σ⁻¹ for the singular values above limit
	d     *decomposition
	limit float64
}

// size returns the number of columns of M.
func (m root) size() int {
	if m.f != nil {
		return m.f.cols
	}
	return len(m.d.d)
}

// apply replaces x, of which the first size elements count, by M x.
func (m root) apply(x []float64) {
	if m.f != nil {
		for k := m.f.cols - 1; k >= 0; k-- {
			r := m.f.column(k)
			if r[k] == 0 { // a column of zeros
				x[k] = 0
				continue
			}
			x[k] /= r[k]
			dense.Axpy(-x[k], r[:k], x[:k])
		}
		return
	}
	t := make([]float64, m.size())
	for i := range t {
		t[i] = m.divide(x[i], i)
	}
	back(m.d.sweeps, t)
	m.d.right(t)
	clear(x)
	for i, j := range m.d.cols {
		x[j] = t[i] / m.s.norm[j]
	}
}

// applyTransposed replaces x by Mᵀ x, of which the first size elements count.
func (m root) applyTransposed(x []float64) {
	if m.f != nil {
		for k := range x {
			r := m.f.column(k)
			if r[k] == 0 {
				x[k] = 0
				continue
			}
			x[k] = (x[k] - dense.Dot(r[:k], x[:k])) / r[k]
		}
		return
	}
	t := make([]float64, m.size())
	for i, j := range m.d.cols {
		t[i] = x[j] / m.s.norm[j]
	}
	m.d.rightTransposed(t)
	forth(m.d.sweeps, t)
	clear(x)
	for i, v := range t {
		x[i] = m.divide(v, i)
	}
}

// divide returns v/σᵢ, or 0 if that is truncated.
func (m root) divide(v float64, i int) float64 {
	if s := m.d.d[i]; math.Abs(s) > m.limit {
		return v / s
	}
	return 0
}

// solve returns the columns of the solution, one after the other.
func (m root) solve(rhs int) []float64 {
	var n int
	if m.f != nil {
		n = m.f.cols
	} else {
		n = m.s.f.cols
	}
	z := make([]float64, n*rhs)
	for k := range rhs {
		x := z[k*n:][:n]
		if m.f != nil {
			copy(x, m.f.column(n+k))
		} else {
			for i := range m.size() {
				x[i] = m.d.y[i*rhs+k]
			}
		}
		m.apply(x)
	}
	return z
}

// Leverage returns φᵀ(AᵀA + μ²σ₁²D² + LᵀL)⁻¹φ for a row φ of A, which is not changed: times
// Noise it is the variance of φX that errors in B cause, and 1 more is the variance of a new
// measurement. Where singular values were truncated the inverse is that of what is left.
//
// It takes O(cols²) operations. It panics if the length of phi is not the number of columns,
// and returns +Inf if the result overflows.
func (sol *Solution) Leverage(phi []float64) float64 {
	if len(phi) != len(sol.exp) {
		panic("lsq: len(phi) is not the number of columns")
	}
	x := make([]float64, len(phi))
	for j, v := range phi {
		x[j] = math.Ldexp(v, -sol.exp[j])
	}
	sol.root.applyTransposed(x)
	t := norm(x)
	return t * t
}

// Spread returns x with φx of variance Leverage(φ) for every φ, if the elements of z, one
// for each column, are independent and of variance 1: times the root of Noise it is how far
// another solution is from X that agrees with B as well. z is not changed.
//
// It takes O(cols²) operations. It panics if the length of z is not the number of columns.
func (sol *Solution) Spread(z []float64) []float64 {
	if len(z) != len(sol.exp) {
		panic("lsq: len(z) is not the number of columns")
	}
	x := append([]float64(nil), z...)
	sol.root.apply(x)
	for j := range x {
		x[j] = math.Ldexp(x[j], -sol.exp[j])
	}
	return x
}
