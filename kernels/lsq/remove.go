package lsq

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// ErrRemove is the error of Remove for rows that were never appended, or without which the
// others do not determine the solution, as far as can be told after rounding.
var ErrRemove = errors.New("lsq: rows cannot be removed: what would be left is not positive definite")

// removable is the least 1 − p·p, p = R⁻ᵀ of a row, at which the row can be removed: the
// rest is then determined to half of the digits.
const removable = 0x1p-26

// Remove takes rows back that were appended, by hyperbolic downdating: RᵀR becomes
// RᵀR − aᵀa. What a holds is one piece from then on, as after a Merge that is not exact: the
// bits depend on the order of calls, and the next row begins a new chunk.
//
// Shapes are as in Append. Rows of a weight w must be given multiplied by w.
//
// The error of the solution grows with the part of the information that is removed: a row
// whose leverage is 1 − ε costs a factor of about 1/√ε. Remove returns ErrRemove where ε
// would be less than 2⁻²⁶, the factor has a zero on its diagonal, as many rows as a holds are
// given, the residual would be less than nothing, or acc is of NewGram; and a *RowError, whose
// Row counts from the first row given, for an entry that is not finite. The accumulator is
// then as it was. Remove panics, before changing anything, if a shape does not match.
//
// It takes O(cols·(cols+rhs)) operations per row.
func (acc *Accumulator) Remove(a, b blas64.General) error {
	if acc.cols == 0 {
		panic(zeroValue)
	}
	in := input{a, b, nil}
	in.check(acc.cols, acc.rhs)
	n := in.rows()
	if err := in.validate(0, n, 0); err != nil {
		return err
	}
	switch {
	case n == 0:
		return nil
	case int64(n) >= acc.rows || acc.gram:
		return ErrRemove
	}
	f := acc.total(acc)
	s, err := newScaled(f)
	if err == nil {
		err = s.remove(in)
	}
	if err != nil {
		acc.release(f)
		return err
	}
	f.measured = false
	for j, e := range s.exp { // back to the scale of f
		copy(f.column(j), s.f.column(j))
		ldexp(f.column(j), e)
	}
	for k, t := range s.f.tail {
		f.tail[k] = math.Ldexp(t, s.exp[f.cols+k])
	}
	rows, appended, next := acc.rows-int64(n), acc.appended, acc.chunk
	if acc.openRows() > 0 {
		next++
	}
	next = max(next, acc.end())
	acc.Reset(min(next, maxChunk))
	acc.rows, acc.appended, acc.rest = rows, appended, f
	return nil
}

// remove takes the rows of in out of s.
func (s *scaled) remove(in input) error {
	n, p := s.f.cols, s.f.rhs
	if !s.nonsingular() {
		return ErrRemove
	}
	x, b := make([]float64, n), make([]float64, p)
	c, sn := make([]float64, n), make([]float64, n)
	for i := range in.rows() {
		for j, v := range in.a.Data[i*in.a.Stride:][:n] {
			x[j] = math.Ldexp(v, -s.exp[j])
		}
		for k := range b {
			b[k] = math.Ldexp(in.b.Data[i*in.b.Stride+k], -s.exp[n+k])
		}
		root{f: s.f}.applyTransposed(x)
		// Rotations that take (x; α) to (0; 1), from the last element on, take (R; 0) to
		// (R′; row), so that R′ is the factor without the row.
		rest := 1 - dense.Dot(x, x)
		if !(rest >= removable) {
			return ErrRemove
		}
		alpha := math.Sqrt(rest)
		for j := n - 1; j >= 0; j-- {
			r, size := rotate(alpha, x[j])
			c[j], sn[j], alpha = r.c, r.s, size
		}
		for j := range n {
			column, w := s.f.column(j), 0.0
			for k := j; k >= 0; k-- {
				r := rotation{c[k], sn[k]}
				w, column[k] = r.first(w, column[k]), r.second(w, column[k])
			}
		}
		for k := range p {
			// b = Σ sₖ-part of C + α·ζ: the part ζ of the residual that the row had.
			column, zeta := s.f.column(n+k), b[k]
			for j := range n { // undo, from the first element on
				column[j] = (column[j] - float64(sn[j]*zeta)) / c[j]
				zeta = math.FMA(c[j], zeta, -float64(sn[j]*column[j]))
			}
			t := s.f.tail[k]
			zeta = math.Abs(zeta)
			if zeta > t+float64(n)*0x1p-48 { // the column has a norm below 1
				return ErrRemove
			}
			s.f.tail[k] = math.Sqrt(max(0, t-zeta) * (t + zeta))
		}
	}
	return nil
}
