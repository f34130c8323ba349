package lsq

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// ErrOverflow is the error of Solve where the factor of the rows, or the solution, is
// beyond the range of float64.
var ErrOverflow = errors.New("lsq: overflow")

// Options of Solve. In what follows D is the diagonal matrix of the 2-norms of the columns
// of A, 1 for a column of zeros, and σ₁ ≥ σ₂ ≥ … are the singular values of A D⁻¹.
type Options struct {
	// RCond is the σ, relative to σ₁, up to which singular values count as zero. X is then
	// the solution with the least ‖D X‖ among those of the truncated problem. The zero
	// value stands for cols·2⁻⁵², whatever the number of rows; a negative RCond keeps all
	// that are not exactly zero.
	RCond float64

	// Ridge is the μ of min ‖A X − B‖² + μ²σ₁²‖D X‖². If it is positive nothing is
	// truncated, and RCond decides only what Solution.Rank counts.
	Ridge float64
}

// Solution of a least-squares problem.
type Solution struct {
	X        blas64.General // cols×rhs
	Residual []float64      // 2-norms of the columns of B − A X
	Rank     int            // number of singular values above RCond·σ₁

	// Cond is σ₁/σₙ of A D⁻¹, +Inf if σₙ is zero. Beyond 1/(n·2⁻⁵²) it says no more than
	// that. With 48 columns and more, where the rank is beyond doubt, it is an estimate from
	// below, seldom off by more than a few per cent.
	Cond float64
}

// Solve returns the solution of min ‖A X − B‖ for all rows that a holds, column by column
// of B, as opt has it. It leaves a usable: rows can be appended, and Solve called again.
//
// Any rows give a solution: with fewer rows than columns, columns of zeros, or no rows at
// all, it is the one with the least ‖D X‖ (entries that belong to columns of zeros are 0).
// Columns and right-hand sides may have any scale: they are scaled by powers of two, and
// the solution back. Where no singular value is truncated X is found by substitution in the
// triangular factor, with Ridge in that of [A; μσ₁D], and otherwise from the singular value
// decomposition of R D⁻¹. Singular values have errors of a few n·2⁻⁵² of the largest, so
// that those near a truncation threshold of that size may count or not.
//
// Residual is ‖C − R X‖ and the norm of what the factor leaves of B, together: it holds for
// the X that is returned, truncation and ridge included, and costs no pass over the data.
//
// Solve returns an error if an option is not a number or out of range, and ErrOverflow.
func (a *Accumulator) Solve(opt Options) (*Solution, error) {
	if a.cols == 0 {
		panic(zeroValue)
	}
	if !(opt.Ridge >= 0 && opt.Ridge <= math.MaxFloat64) {
		return nil, fmt.Errorf("lsq: Ridge is %v, want a finite number that is not negative", opt.Ridge)
	}
	if !(opt.RCond < 1) {
		return nil, fmt.Errorf("lsq: RCond is %v, want less than 1", opt.RCond)
	}
	f := a.total(a)
	defer a.release(f)
	s, err := newScaled(f)
	if err != nil {
		return nil, err
	}
	threshold := opt.RCond
	switch {
	case threshold == 0:
		threshold = float64(a.cols) * 0x1p-52
	case threshold < 0:
		threshold = 0
	}
	q, err := s.spectrum(threshold, opt)
	if err != nil {
		return nil, err
	}
	var z []float64
	switch {
	case opt.Ridge > 0:
		z = s.ridge(opt.Ridge*q.largest, a.workspace(0))
	case q.rank == a.cols && s.nonsingular():
		z = substitute(s.f)
	default:
		z = s.truncated(q.decomposition, threshold)
	}
	sol := &Solution{Residual: s.residual(z), Rank: q.rank, Cond: q.cond}
	if sol.X, err = s.unscale(z); err != nil {
		return nil, err
	}
	for _, r := range sol.Residual {
		if r-r != 0 {
			return nil, ErrOverflow
		}
	}
	return sol, nil
}

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

const (
	// estimateCols is the number of columns from which on estimates are cheaper than the
	// singular values.
	estimateCols = 48
	// condTol is the relative gain of 8 steps at which the estimates for a condition stop.
	condTol = 1. / 64
)

// A spectrum is what Solve needs to know of the singular values of S.
type spectrum struct {
	largest, cond  float64
	rank           int
	*decomposition // nil if estimates told that the rank is full
}

// spectrum finds the largest singular value, the rank and the condition: by estimates in
// O(n²) operations if there are many columns and no doubt that the rank is full, else by the
// decomposition.
func (s *scaled) spectrum(threshold float64, opt Options) (spectrum, error) {
	n := s.f.cols
	// The condition from which on the least singular value is in doubt, or may count as zero.
	doubt := min(1/(16*float64(n)*0x1p-52), 1/(8*threshold))
	nonsingular, least := s.nonsingular(), math.Inf(1)
	for j, d := range s.norm {
		least = min(least, math.Abs(s.f.column(j)[j])/d)
	}
	if n >= estimateCols && nonsingular && least > 1/doubt { // σₙ is no larger than least
		tol := condTol
		if opt.Ridge > 0 {
			tol = 0x1p-44 // it is part of what is asked for
		}
		q := spectrum{largest: largest(n, s.triangle(), tol), rank: n}
		if q.cond = q.largest * largest(n, s.inverse(), condTol); q.cond <= doubt {
			return q, nil
		}
	}
	needed := opt.Ridge == 0 && !(opt.RCond < 0 && nonsingular)
	d, err := s.decompose(needed)
	if err != nil {
		return spectrum{}, err
	}
	q := spectrum{d.largest(), d.cond(n), d.rank(threshold), d}
	if opt.RCond < 0 && nonsingular {
		q.rank = n // however small the singular values
	}
	return q, nil
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

// substitute solves R Z = C by back substitution, columnwise, and returns the columns of Z
// one after the other. z is 0 where the diagonal of R is: that must be a column of zeros.
func substitute(f *factor) []float64 {
	n := f.cols
	z := make([]float64, n*f.rhs)
	for j := range f.rhs {
		x := z[j*n:][:n]
		copy(x, f.column(n+j))
		for k := n - 1; k >= 0; k-- {
			r := f.column(k)
			if r[k] == 0 {
				x[k] = 0
				continue
			}
			x[k] /= r[k]
			dense.Axpy(-x[k], r[:k], x[:k])
		}
	}
	return z
}

// ridge solves min ‖R Z − C‖² + lambda²‖D Z‖² by substitution in the factor of
// [R C; lambda·D 0].
func (s *scaled) ridge(lambda float64, w *workspace) []float64 {
	n := s.f.cols
	f, g := newFactor(n, s.f.rhs), newFactor(n, s.f.rhs)
	copy(f.rc, s.f.rc)
	for j, d := range s.norm {
		g.column(j)[j] = lambda * d
	}
	f.merge(g, w)
	return substitute(f)
}

// residual returns the norms of the columns of B − A X, in the scale of B.
func (s *scaled) residual(z []float64) []float64 {
	n := s.f.cols
	residual := make([]float64, s.f.rhs)
	left := make([]float64, n)
	for k := range residual {
		copy(left, s.f.column(n+k))
		for j, x := range z[k*n:][:n] {
			dense.Axpy(-x, s.f.column(j)[:j+1], left[:j+1])
		}
		residual[k] = math.Ldexp(hypot(norm(left), s.f.tail[k]), s.exp[n+k])
	}
	return residual
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
