package lsq

import (
	"fmt"
	"math"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
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

// validate returns the *RowError of the first row of in that is not acceptable.
func (a *Accumulator) validate(in input) error {
	size := ChunkRows(a.cols)
	blocks := (in.rows() + size - 1) / size
	if blocks <= 1 {
		return a.validateRows(in, 0, in.rows())
	}
	found := make([]error, blocks)
	parallel.Blocks(blocks, a.Workers, func(_, block int) {
		found[block] = a.validateRows(in, block*size, min((block+1)*size, in.rows()))
	})
	for _, err := range found {
		if err != nil {
			return err
		}
	}
	return nil
}

// validateRows is validate for the rows lo … hi−1.
func (a *Accumulator) validateRows(in input, lo, hi int) error {
	for i := lo; i < hi; i++ {
		w := 1.0
		if in.w != nil {
			if w = in.w[i]; !(w >= 0 && w <= math.MaxFloat64) {
				return &RowError{a.appended + int64(i), "w", 0, w}
			}
		}
		if j := notFinite(in.a.Data[i*in.a.Stride:][:in.a.Cols], w); j >= 0 {
			return &RowError{a.appended + int64(i), "a", j, w * in.a.Data[i*in.a.Stride+j]}
		}
		if in.b.Cols == 0 {
			continue
		}
		if j := notFinite(in.b.Data[i*in.b.Stride:][:in.b.Cols], w); j >= 0 {
			return &RowError{a.appended + int64(i), "b", j, w * in.b.Data[i*in.b.Stride+j]}
		}
	}
	return nil
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
