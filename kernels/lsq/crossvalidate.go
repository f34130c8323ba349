package lsq

import (
	"errors"
	"math"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// CrossValidate returns how well rows are predicted by a solution that has not seen them:
// for each of the given ridges and each right-hand side the root of the mean of |b − φX|²
// over the rows (φ, b) of all folds, X being the solution of the other folds together, with
// the options and the ridge.
//
// It is exact cross-validation, from the factors alone: no fold is read again. Folds should
// be independent of each other, so give each whole frames, or trajectories. They are not
// changed. A fold of NewGram need not be well-conditioned, or have as many rows as columns; its
// errors are known to 2⁻²⁶·‖B‖, as Residual is.
//
// CrossValidate returns an error if there are fewer than two folds, ErrShape if they have
// different shapes, and the errors of Solve. Options.Criterion must be Given.
func CrossValidate(folds []*Accumulator, opt Options, ridges []float64) ([][]float64, error) {
	if len(folds) < 2 {
		return nil, errors.New("lsq: fewer than two folds")
	}
	if opt.Criterion != Given {
		return nil, errors.New("lsq: cross-validation with a Criterion")
	}
	rows := 0.0
	for _, a := range folds {
		if a.cols != folds[0].cols || a.rhs != folds[0].rhs || a.gram != folds[0].gram {
			return nil, ErrShape
		}
		rows += float64(a.rows)
	}
	errs := make([][]float64, len(ridges))
	for i := range errs {
		errs[i] = make([]float64, folds[0].rhs)
	}
	others := New(folds[0].cols, folds[0].rhs)
	others.gram = folds[0].gram
	for _, a := range folds {
		others.Reset(0)
		for _, b := range folds {
			if b != a {
				others.addRest(others.total(b))
				others.rows += b.rows
			}
		}
		solutions, err := others.SolveRidges(opt, ridges)
		if err != nil {
			return nil, err
		}
		f := a.total(a)
		for i := range solutions {
			for j, r := range solutions[i].predict(f) {
				errs[i][j] = hypot(errs[i][j], r)
			}
		}
		a.release(f)
	}
	for i := range errs {
		for j := range errs[i] {
			errs[i][j] /= math.Sqrt(max(rows, 1))
		}
	}
	return errs, nil
}

// predict returns the norms of the columns of B − A X for the rows that f is the factor of.
func (sol *Solution) predict(f *factor) []float64 {
	norms := make([]float64, f.rhs)
	left := make([]float64, f.cols)
	for k := range norms {
		if f.gram {
			norms[k] = math.Sqrt(max(0, sol.square(f, k, left)))
			continue
		}
		copy(left, f.column(f.cols+k))
		for j := range f.cols {
			dense.Axpy(-sol.X.Data[j*sol.X.Stride+k], f.column(j)[:j+1], left[:j+1])
		}
		norms[k] = hypot(norm(left), f.tail[k])
	}
	return norms
}

// square returns ‖b − A x‖² for column k of B and X from the Gram matrix f. It uses x as scratch.
func (sol *Solution) square(f *factor, k int, x []float64) float64 {
	for j := range x {
		x[j] = sol.X.Data[j*sol.X.Stride+k]
	}
	sum, b := f.tail[k], f.column(f.cols+k)
	for j, v := range x {
		g := f.column(j)
		sum = math.FMA(v, math.FMA(g[j], v, 2*(dense.Dot(g[:j], x[:j])-b[j])), sum)
	}
	return sum
}
