package lsq

import (
	"fmt"
	"math"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// NewGram returns an empty accumulator that adds up the Gram matrices AᵀA and AᵀB, in half
// of the operations of New and about half of its time, and finds R from them by Cholesky's
// method when Solve is called. It is for well-conditioned A only: errors grow with the square
// of the condition number.
//
// Solve estimates how many times as large as with New the error of X is, see Solution.Loss,
// and returns a *GramError where that is more than 2, which it is from a condition of about 3
// on. The estimate is that of the error over many problems: in a single one the errors are in
// other proportions. It can be asked after the first few thousand rows. Residual, and what
// follows from it, has an error of 2⁻²⁶·‖B‖, as BᵀB holds no more of it.
//
// In all else it is as if made by New, but Remove returns ErrRemove, and columns of A whose
// norms are neither zero nor between 2⁻⁴⁵⁰ and 2⁴⁵⁰ make Solve return a *GramError.
//
// NewGram panics if cols < 1 or rhs < 0.
func NewGram(cols, rhs int) *Accumulator {
	a := New(cols, rhs)
	a.gram = true
	return a
}

// mostLoss is the Solution.Loss up to which Solve accepts an accumulator of NewGram.
const mostLoss = 2

// A GramError is the error of Solve for an accumulator of NewGram whose rows call for New.
type GramError struct {
	Loss float64 // see Solution.Loss; +Inf if AᵀA is not positive definite after rounding
}

func (e *GramError) Error() string {
	return fmt.Sprintf("lsq: Gram matrix: the error could be %.2g times that of New, want at most %d", e.Loss, mostLoss)
}

// multiply adds the Gram matrix of the rows of c. Of AᵀA it adds the upper triangle, in
// strips of 8 rows and so with something below the diagonal. A square on the diagonal that
// is lost to underflow leaves the least positive number.
func (f *factor) multiply(c rows, w *workspace) {
	all := f.pad + f.rhs
	for k := 0; k < f.pad; k += leafCols {
		v, top := c.data[k*c.stride:], f.rc[k*f.stride+k:]
		qrDot(c.n, v, c.stride, leafCols, v, c.stride, all-k, ones[:], top, f.stride, top, f.stride, w.ahead.take(c.n, leafCols, all-k, all-k))
	}
	for j := range f.cols {
		d := &f.column(j)[j]
		if *d == 0 && maxAbs(c.data[j*c.stride:][:c.n]) > 0 {
			*d = math.SmallestNonzeroFloat64
		}
	}
	for k := range f.tail {
		f.tail[k] += c.square(f.cols, f.cols+k)
	}
}

// ones are the factors of inner products that have none.
var ones = [leafCols]float64{1, 1, 1, 1, 1, 1, 1, 1}

// add adds the Gram matrix g.
func (f *factor) add(g *factor) {
	dense.Axpy(1, g.rc, f.rc)
	dense.Axpy(1, g.tail, f.tail)
}

// triangularize makes f the factor of the rows whose Gram matrix it is, unless it is a factor
// already. It returns a *GramError if there is none.
func (f *factor) triangularize() error {
	if !f.gram {
		return nil
	}
	for j := range f.cols {
		x := f.column(j)
		clear(x[j+1:])
		if x[j] == 0 {
			continue // a column of zeros
		}
		square := x[j]
		f.substitute(x[:j])
		s := square - dense.Dot(x[:j], x[:j])
		if !(square >= leastColumn && square <= largestColumn && s > float64(f.cols)*0x1p-52*square) {
			return &GramError{math.Inf(1)}
		}
		x[j] = math.Sqrt(s)
	}
	for k, square := range f.tail {
		x := f.column(f.cols + k)
		f.substitute(x)
		f.tail[k] = math.Sqrt(max(0, square-dense.Dot(x, x)))
	}
	f.gram, f.measured = false, false
	return nil
}

// substitute replaces x by the y of Rᵀy = x, with the first columns of R.
func (f *factor) substitute(x []float64) {
	for i := range x {
		if r := f.column(i); r[i] != 0 {
			x[i] = (x[i] - dense.Dot(r[:i], x[:i])) / r[i]
		}
	}
}

// gramLoss estimates Solution.Loss. With columns of norm 1, errors of AᵀA give errors of X in
// proportion to σₙ⁻², those of A as New makes them in proportion to σₙ⁻¹. Errors of the
// elements of the one and of the columns of the other are about the same: for σₙ from 1 to ½
// and 2 to 128 columns the errors of X, in the root mean square over random A, differed by
// 0.3 to 0.7 times this. For a single A that is 0.2 to 1.3 times with 24 columns and more; with
// few it is a matter of luck, for the error of either may be next to none.
func (p *problem) gramLoss() float64 {
	if p.q.decomposition == nil {
		return max(1, p.q.cond/p.q.largest)
	}
	least := 1.0
	for _, s := range p.q.d { // columns of zeros are left out
		least = min(least, math.Abs(s))
	}
	return 1 / least
}
