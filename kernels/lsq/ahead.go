package lsq

import "gonum.org/v1/gonum/blas/blas64"

// line is the number of elements of a cache line.
const line = 8

// fetched is the number of lines that qrDot fetches per 8 reflectors, 3 columns and 32 rows.
const fetched = 4

// ahead is the memory of rows that are to be packed when a fold is done. While they wait
// qrDot fetches them into the second-level cache, a line now and then: packing alone waits
// for memory two thirds of its time.
type ahead []float64

// expect makes s the rows from … from+n−1 of m, or what there is of them, unless there is
// much beside them.
func (s *ahead) expect(m blas64.General, from, n int) {
	*s = nil
	if n = min(n, m.Rows-from); n > 0 && m.Stride <= 2*m.Cols {
		*s = m.Data[from*m.Stride:][:(n-1)*m.Stride+m.Cols]
	}
}

// take returns what a call of qrDot shall fetch, nil if nothing yet: it should be done when
// all columns are, and not much earlier, for it takes the room of columns that are not. left
// is the number of columns that are still to be factored.
func (s *ahead) take(h, nv, na, left int) []float64 {
	t := *s
	// Calls for the columns left fetch about fetched·(left/8)·(left/3)/2·(h/32) lines.
	if len(t) == 0 || 3*h/32*fetched*left*left/48 > 4*len(t)/line {
		return nil
	}
	*s = t[min(len(t), line*fetched*(nv/8)*(na/3)*(h/32)):]
	return t
}
