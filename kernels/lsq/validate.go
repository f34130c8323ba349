package lsq

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// A RowError is the error of Append and AppendWeighted for an entry that is not a finite
// number, or a weight that is negative. It is the first one: of the lowest row and in it,
// in the order w, a, b, of the lowest column.
type RowError struct {
	Row     int64   // counted from 0, the first row ever appended to the accumulator
	Operand string  // "a", "b" or "w"
	Col     int     // column of a or b, 0 for w
	Value   float64 // what was found, the weight included
}

func (e *RowError) Error() string {
	if e.Operand == "w" {
		return fmt.Sprintf("lsq: row %d: weight %v", e.Row, e.Value)
	}
	return fmt.Sprintf("lsq: row %d, column %d of %s: %v", e.Row, e.Col, e.Operand, e.Value)
}

// validate returns the *RowError of the first of the rows lo … hi−1 of in that is not
// acceptable.
func (a *Accumulator) validate(in input, lo, hi int) error { return in.validate(lo, hi, a.appended) }

// validate is the same for rows that are counted from the given number on.
func (in input) validate(lo, hi int, first int64) error {
	if in.plain(lo, hi) {
		return nil
	}
	for i := lo; i < hi; i++ {
		w := 1.0
		if in.w != nil {
			if w = in.w[i]; !(w >= 0 && w <= math.MaxFloat64) {
				return &RowError{first + int64(i), "w", 0, w}
			}
		}
		if j := notFinite(in.a.Data[i*in.a.Stride:][:in.a.Cols], w); j >= 0 {
			return &RowError{first + int64(i), "a", j, w * in.a.Data[i*in.a.Stride+j]}
		}
		if in.b.Cols == 0 {
			continue
		}
		if j := notFinite(in.b.Data[i*in.b.Stride:][:in.b.Cols], w); j >= 0 {
			return &RowError{first + int64(i), "b", j, w * in.b.Data[i*in.b.Stride+j]}
		}
	}
	return nil
}

// plain reports whether a quick look at the rows lo … hi−1 tells that all is well: sums of
// squares do not overflow, and weights are below the root of the largest number.
func (in input) plain(lo, hi int) bool {
	return in.plainWeights(lo, hi) && plainRows(in.a, lo, hi) && plainRows(in.b, lo, hi)
}

func (in input) plainWeights(lo, hi int) bool {
	if in.w == nil {
		return true
	}
	for _, w := range in.w[lo:hi] {
		if !(w >= 0 && w <= 0x1p500) {
			return false
		}
	}
	return true
}

func plainRows(m blas64.General, lo, hi int) bool {
	const atOnce = 8192 // elements of rows without gaps
	step := 1
	if m.Stride == m.Cols && m.Cols > 0 {
		step = max(1, atOnce/m.Cols)
	}
	for ; lo < hi && m.Cols > 0; lo += step {
		k := min(step, hi-lo)
		x := m.Data[lo*m.Stride:][:(k-1)*m.Stride+m.Cols]
		if s := dense.Dot(x, x); s-s != 0 {
			return false
		}
	}
	return true
}

// notFinite returns the first index at which w·x is NaN or infinite, −1 if there is none.
func notFinite(x []float64, w float64) int {
	for j, v := range x {
		if v *= w; v-v != 0 {
			return j
		}
	}
	return -1
}
