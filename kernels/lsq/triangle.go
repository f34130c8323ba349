package lsq

import "gonum.org/v1/gonum/blas/blas64"

// Factor returns what a holds of its rows, which is all that a solution depends on: with an
// orthogonal Q, which is not formed,
//
//	[A B] = Q [R C; 0 T],
//
// R is cols×cols and upper triangular, C is cols×rhs, and rest has the 2-norms of the
// columns of T. So the problem in other columns, of A S for a known S, has the factor of the
// rows [R S, C]. Factor leaves a usable; the results are copies. Where no rows were
// appended they are zero.
//
// Of an accumulator of NewGram it returns a *GramError where its rows call for New, but it
// does not judge the condition.
func (a *Accumulator) Factor() (r, c blas64.General, rest []float64, err error) {
	if a.cols == 0 {
		panic(zeroValue)
	}
	f := a.total(a)
	defer a.release(f)
	if err = f.triangularize(); err != nil {
		return r, c, nil, err
	}
	r = blas64.General{Rows: a.cols, Cols: a.cols, Stride: a.cols, Data: make([]float64, a.cols*a.cols)}
	c = blas64.General{Rows: a.cols, Cols: a.rhs, Stride: max(1, a.rhs), Data: make([]float64, a.cols*a.rhs)}
	for j := range a.cols {
		for i, x := range f.column(j)[:j+1] {
			r.Data[i*r.Stride+j] = x
		}
	}
	for k := range a.rhs {
		for i, x := range f.column(a.cols + k) {
			c.Data[i*c.Stride+k] = x
		}
	}
	return r, c, append([]float64(nil), f.tail...), nil
}
