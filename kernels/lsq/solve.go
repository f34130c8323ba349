package lsq

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas/blas64"
)

// ErrOverflow is the error of Solve where the factor of the rows, or the solution, is beyond
// the range of float64, and of MergeWeighted where the factor is.
var ErrOverflow = errors.New("lsq: overflow")

// Options of Solve. In what follows D is the diagonal matrix of the 2-norms of the columns
// of A, or of [A; Penalty] if there is one, raised to Floor if that is given, 1 for a column
// of zeros, and σ₁ ≥ σ₂ ≥ … are the singular values of A D⁻¹, or of [A; Penalty] D⁻¹.
type Options struct {
	// RCond is the σ, relative to σ₁, up to which singular values count as zero. X is then
	// the solution with the least ‖D X‖ among those of the truncated problem. The zero
	// value stands for cols·2⁻⁵², whatever the number of rows; a negative RCond keeps all
	// that are not exactly zero.
	RCond float64

	// Ridge is the μ of min ‖A X − B‖² + μ²σ₁²‖D X‖². If it is positive nothing is
	// truncated, and RCond decides only what Solution.Rank counts.
	Ridge float64

	// Criterion, if not Given, chooses Ridge, which must then be 0.
	Criterion Criterion

	// Penalty is the L, any number of rows by cols, of min ‖A X − B‖² + ‖L X‖², in the
	// units of A. It is in addition to Ridge, and goes with no Criterion. The zero value is
	// none.
	Penalty blas64.General

	// Floor holds lower bounds for the diagonal of D, one per column, or is nil. A column
	// that the rows hardly touch has a small norm, so that a ridge hardly keeps its
	// coefficient from growing; where the norm that it would have with better rows is
	// known, this keeps it as small as those of the others.
	Floor []float64
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

	Ridge float64 // μ, given or chosen
	DOF   float64 // degrees of freedom: the trace of the matrix that takes B to A X

	// Noise is Residual²/(rows − DOF), for each right-hand side the estimate of the variance
	// of the errors in B; NaN if there are no more rows than degrees of freedom.
	Noise []float64

	// Loss is an estimate of how many times as large as with New the error of X is: with
	// NewGram 1/σₙ or 1, whichever is more, and 2 at most; otherwise 1.
	Loss float64

	root root
	exp  []int // of the columns of A in the root
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
// Solve panics, before anything else, if the shape of Penalty does not fit. It returns an
// error if an option is not a number or out of range, ErrOverflow, and for an accumulator of
// NewGram a *GramError.
func (a *Accumulator) Solve(opt Options) (*Solution, error) {
	solutions, err := a.SolveRidges(opt, []float64{opt.Ridge})
	if err != nil {
		return nil, err
	}
	return solutions[0], nil
}

// SolveRidges returns the solutions that Solve returns with each of the given values for
// Options.Ridge, whose own value does not matter. What they have in common is done once;
// each takes as long as merging two accumulators.
func (a *Accumulator) SolveRidges(opt Options, ridges []float64) ([]*Solution, error) {
	if a.cols == 0 {
		panic(zeroValue)
	}
	if opt.Penalty.Rows != 0 && !hasShape(opt.Penalty, a.cols) {
		panic(badPenalty)
	}
	if opt.Floor != nil && len(opt.Floor) != a.cols {
		panic(badFloor)
	}
	if err := opt.check(ridges); err != nil {
		return nil, err
	}
	if len(ridges) == 0 {
		return nil, nil
	}
	f := a.total(a)
	defer a.release(f)
	if err := f.triangularize(); err != nil {
		return nil, err
	}
	p, err := a.newProblem(f, opt, ridges)
	if err != nil {
		return nil, err
	}
	if a.gram {
		if p.loss = p.gramLoss(); !(p.loss <= mostLoss) {
			return nil, &GramError{p.loss}
		}
	}
	solutions := make([]*Solution, len(ridges))
	for i, mu := range ridges {
		if opt.Criterion != Given {
			mu = p.choose(opt.Criterion, a.rows)
		}
		if solutions[i], err = p.solution(mu, a.rows); err != nil {
			return nil, err
		}
	}
	return solutions, nil
}

const (
	badPenalty = "lsq: bad shape of Penalty"
	badFloor   = "lsq: len(Floor) is not the number of columns"
)

// check returns an error if an option is not acceptable.
func (opt Options) check(ridges []float64) error {
	for _, mu := range ridges {
		if !(mu >= 0 && mu <= math.MaxFloat64) {
			return fmt.Errorf("lsq: Ridge is %v, want a finite number that is not negative", mu)
		}
		if opt.Criterion != Given && mu != 0 {
			return fmt.Errorf("lsq: Ridge is %v, want 0 as Criterion chooses it", mu)
		}
	}
	for j, d := range opt.Floor {
		if !(d >= 0 && d <= math.MaxFloat64) {
			return fmt.Errorf("lsq: Floor[%d] is %v, want a finite number that is not negative", j, d)
		}
	}
	if !(opt.RCond < 1) {
		return fmt.Errorf("lsq: RCond is %v, want less than 1", opt.RCond)
	}
	if opt.Criterion > Evidence {
		return fmt.Errorf("lsq: there is no Criterion %d", opt.Criterion)
	}
	if opt.Criterion != Given && opt.Penalty.Rows > 0 {
		return errors.New("lsq: a Criterion does not go with a Penalty")
	}
	for i := range opt.Penalty.Rows {
		if j := notFinite(opt.Penalty.Data[i*opt.Penalty.Stride:][:opt.Penalty.Cols], 1); j >= 0 {
			return fmt.Errorf("lsq: row %d, column %d of Penalty: %v", i, j, opt.Penalty.Data[i*opt.Penalty.Stride+j])
		}
	}
	return nil
}
