package lsq

import (
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// Select returns the numbers of at most count columns of A, chosen one by one by orthogonal
// least squares (Chen, Billings and Luo, Int. J. Control 50, 1873, 1989): each is the one
// that, together with those chosen before, leaves the least of B, every right-hand side
// measured by its norm. It ends early when no column is left that is not, up to rounding, a
// combination of those chosen. They come in the order of choice, of equals the first.
// left is the part of the square of B that is left after each, the mean over the right-hand
// sides.
//
// It takes O(count·cols²) operations, and no pass over the data. Of an accumulator of NewGram
// it returns a *GramError where its rows call for New, as Factor does. It panics if count is
// negative.
func (a *Accumulator) Select(count int) (columns []int, left []float64, err error) {
	if a.cols == 0 {
		panic(zeroValue)
	}
	if count < 0 {
		panic("lsq: count is negative")
	}
	f := a.total(a)
	defer a.release(f)
	if err = f.triangularize(); err != nil {
		return nil, nil, err
	}
	s := newSelector(f)
	for len(columns) < min(count, f.cols) {
		j := s.best()
		if j < 0 {
			break
		}
		s.take(j)
		columns, left = append(columns, j), append(left, s.left())
	}
	return columns, left, nil
}

// A selector holds what columns chosen so far leave of the others.
type selector struct {
	column  [][]float64 // nil for those that were chosen or depend on these
	squares []float64   // of the norms of the columns as they were given
	rhs     [][]float64 // each of norm 1 at first, together with
	tail    []float64   // the square of what no column reaches
}

func newSelector(f *factor) *selector {
	s := &selector{squares: make([]float64, f.cols)}
	for j := range f.cols {
		c := append([]float64(nil), f.column(j)...)
		if d := norm(c); d > 0 {
			scale(1/d, c) // the choice does not depend on it
			s.squares[j] = 1
		}
		s.column = append(s.column, c)
	}
	for k := range f.rhs {
		c := append([]float64(nil), f.column(f.cols+k)...)
		tail := 0.0
		if d := hypot(norm(c), f.tail[k]); d > 0 {
			scale(1/d, c)
			tail = f.tail[k] / d
		}
		s.rhs, s.tail = append(s.rhs, c), append(s.tail, tail*tail)
	}
	return s
}

// dependent is the part of a column's square below which it counts as a combination of the
// chosen ones.
const dependent = 0x1p-40

// best returns the column that reduces the residual most, −1 if there is none.
func (s *selector) best() int {
	best, most := -1, -1.0
	for j, c := range s.column {
		if c == nil {
			continue
		}
		left := dense.Dot(c, c)
		if !(left > dependent*s.squares[j]) {
			s.column[j] = nil
			continue
		}
		gain := 0.0
		for _, b := range s.rhs {
			d := dense.Dot(c, b)
			gain += float64(d * d / left)
		}
		if gain > most {
			best, most = j, gain
		}
	}
	return best
}

// left is the mean square of what is left of the right-hand sides.
func (s *selector) left() float64 {
	sum := 0.0
	for k, b := range s.rhs {
		sum += dense.Dot(b, b) + s.tail[k]
	}
	return sum / float64(max(1, len(s.rhs)))
}

// take makes everything orthogonal to column j.
func (s *selector) take(j int) {
	q := s.column[j]
	s.column[j] = nil
	scale(1/norm(q), q)
	for _, c := range s.column {
		if c != nil {
			dense.Axpy(-dense.Dot(q, c), q, c)
		}
	}
	for _, b := range s.rhs {
		dense.Axpy(-dense.Dot(q, b), q, b)
	}
}

// Columns returns an accumulator of the same rows with only the given columns of A, in that
// order, each once, as one piece, and of NewGram if a is; a keeps its own.
//
// It takes O(cols·k²) operations for k columns. It returns ErrOverflow for a factor beyond
// the range of float64, and panics if there are no columns or a number is out of range.
func (a *Accumulator) Columns(columns []int) (*Accumulator, error) {
	for _, j := range columns {
		if j < 0 || j >= a.cols {
			panic("lsq: column out of range")
		}
	}
	b := New(len(columns), a.rhs)
	b.gram, b.Workers = a.gram, a.Workers
	if a.rows == 0 {
		return b, nil
	}
	f := a.total(a)
	defer a.release(f)
	var rest *factor
	if a.gram {
		rest = b.take()
		rest.assignColumns(f, columns)
	} else {
		if err := b.Append(f.rowsOf(columns)); err != nil {
			return nil, ErrOverflow
		}
		rest = b.total(b)
		b.Reset(0)
	}
	b.rest, b.rows, b.appended = rest, a.rows, a.rows
	return b, nil
}

// rowsOf returns rows that f is the factor of, without columns of A that are not given.
func (f *factor) rowsOf(columns []int) (x, y blas64.General) {
	x = blas64.General{Rows: f.cols + f.rhs, Cols: len(columns), Stride: len(columns)}
	x.Data = make([]float64, x.Rows*x.Cols)
	y = blas64.General{Rows: x.Rows, Cols: f.rhs, Stride: max(1, f.rhs)}
	y.Data = make([]float64, y.Rows*y.Stride)
	for k, j := range columns {
		for i, v := range f.column(j) {
			x.Data[i*x.Stride+k] = v
		}
	}
	for k := range f.rhs {
		for i, v := range f.column(f.cols + k) {
			y.Data[i*y.Stride+k] = v
		}
		y.Data[(f.cols+k)*y.Stride+k] = f.tail[k]
	}
	return x, y
}

// assignColumns makes f, of no rows, the Gram matrix g without columns of A that are not given.
func (f *factor) assignColumns(g *factor, columns []int) {
	for k, j := range columns {
		x := f.column(k)
		for i, l := range columns[:k+1] {
			x[i] = g.column(max(j, l))[min(j, l)]
		}
	}
	for k := range f.rhs {
		x, y := f.column(f.cols+k), g.column(g.cols+k)
		for i, l := range columns {
			x[i] = y[l]
		}
	}
	copy(f.tail, g.tail)
}
