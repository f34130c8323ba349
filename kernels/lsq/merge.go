package lsq

import (
	"errors"
	"math"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// ErrShape is the error of Merge, MergeWeighted and CrossValidate for accumulators with
// different numbers of columns or of right-hand sides, or of which some are of NewGram.
var ErrShape = errors.New("lsq: accumulators have different shapes")

// Merge adds all rows of other to a. other, which may be a itself, keeps its own.
//
// If no chunk number has rows in both, and at most one of the two has an open chunk, that
// is one with rows that is not full, then a becomes to the bit what one accumulator with the
// same chunks holds, in whatever order they are merged; the next row goes into the open
// chunk, or after the last. Otherwise the factor of all rows of other is kept as one piece:
// the solution then depends on the order of merging, by a backward error within 10·n·2⁻⁵².
//
// Merge returns ErrShape, and leaves a as it was, if the shapes differ.
//
// Merge panics if one of the two was not made by New.
func (a *Accumulator) Merge(other *Accumulator) error {
	if a.cols == 0 || other.cols == 0 {
		panic(zeroValue)
	}
	if a.cols != other.cols || a.rhs != other.rhs || a.gram != other.gram {
		return ErrShape
	}
	if other.rows == 0 {
		return nil
	}
	if a.disjoint(other) {
		a.union(other)
	} else {
		a.addRest(a.total(other))
	}
	a.rows += other.rows
	return nil
}

// MergeWeighted adds all rows of other, which may be a itself, to a, multiplied by w, so that
// the square of a residual counts w² times. With w = 0 it adds nothing. The factor of the rows
// is kept as one piece, as after a Merge that is not exact.
//
// MergeWeighted returns ErrShape if the shapes differ, ErrOverflow if an element of the factor,
// multiplied by w or for NewGram by w², is not finite, and for NewGram an error if w² is 0 after
// rounding. It then leaves a as it was. It panics if w is negative or not finite, and if one of
// the two was not made by New.
func (a *Accumulator) MergeWeighted(other *Accumulator, w float64) error {
	if a.cols == 0 || other.cols == 0 {
		panic(zeroValue)
	}
	if !(w >= 0 && w <= math.MaxFloat64) {
		panic("lsq: the weight is not a number of at least 0")
	}
	if a.cols != other.cols || a.rhs != other.rhs || a.gram != other.gram {
		return ErrShape
	}
	if other.rows == 0 || w == 0 {
		return nil
	}
	f := a.total(other)
	if err := f.stretch(w); err != nil {
		a.release(f)
		return err
	}
	a.addRest(f)
	a.rows += other.rows
	return nil
}

// stretch multiplies the rows of f by w > 0. As in multiply, what a square on the diagonal
// loses to underflow leaves the least positive number.
func (f *factor) stretch(w float64) error {
	if f.gram {
		if w *= w; w == 0 {
			return errors.New("lsq: the square of the weight underflows")
		}
		for j := range f.cols {
			if d := &f.column(j)[j]; *d > 0 && *d*w == 0 {
				*d = math.SmallestNonzeroFloat64 / w
			}
		}
	}
	dense.Scal(w, f.rc)
	dense.Scal(w, f.tail)
	f.measured = false
	for _, x := range [][]float64{f.rc, f.tail} {
		for _, v := range x {
			if v-v != 0 {
				return ErrOverflow
			}
		}
	}
	return nil
}

// disjoint reports whether union can take the chunks of o.
func (a *Accumulator) disjoint(o *Accumulator) bool {
	aOpen, oOpen := a.openRows() > 0, o.openRows() > 0
	if aOpen && oOpen || a == o {
		return false
	}
	for _, y := range o.nodes {
		if aOpen && y.first() <= a.chunk && a.chunk < y.end() {
			return false
		}
		for _, x := range a.nodes {
			if x.first() < y.end() && y.first() < x.end() {
				return false
			}
		}
	}
	for _, x := range a.nodes {
		if oOpen && x.first() <= o.chunk && o.chunk < x.end() {
			return false
		}
	}
	return true
}

// union adds the nodes, the open chunk and the rest of o, which is disjoint from a.
func (a *Accumulator) union(o *Accumulator) {
	for _, n := range o.nodes {
		n.f = a.takeCopy(n.f)
		a.insert(n, a.workspace(0))
	}
	switch {
	case o.openRows() > 0:
		if a.open != nil {
			a.release(a.open)
			a.open = nil
		}
		if o.blocks > 0 {
			a.open = a.takeCopy(o.open)
		}
		a.chunk, a.blocks, a.filled = o.chunk, o.blocks, o.filled
		if o.filled > 0 {
			o.copyBlock(a.packing(0))
		}
	case a.openRows() == 0:
		a.chunk = max(a.chunk, o.chunk, a.end())
	}
	if o.rest != nil {
		a.addRest(a.takeCopy(o.rest))
	}
}

// addRest adds the rows of f, which it keeps, to the rest.
func (a *Accumulator) addRest(f *factor) {
	if a.rest == nil {
		a.rest = f
		return
	}
	a.rest.merge(f, a.workspace(0))
	a.release(f)
}
