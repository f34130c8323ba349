package sparse

import (
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/matrix"
)

// What the kernels panic with.
const (
	badSource      = "sparse: bad shape or length of x"
	badDestination = "sparse: bad shape or length of dst"
	badColumns     = "sparse: dst.Cols != x.Cols"
	overlap        = "sparse: dst overlaps x"
)

// check panics unless dst and x have the given numbers of rows, equal numbers of
// columns, enough data, and no element in common.
func check(dst, x blas64.General, dstRows, xRows int) {
	if x.Rows != xRows || !matrix.Valid(x) {
		panic(badSource)
	}
	if dst.Rows != dstRows || !matrix.Valid(dst) {
		panic(badDestination)
	}
	if dst.Cols != x.Cols {
		panic(badColumns)
	}
	if matrix.Overlap(dst, x) {
		panic(overlap)
	}
}

// row returns row i of a, which has columns.
func row(a blas64.General, i int) []float64 { return a.Data[i*a.Stride:][:a.Cols] }

// rowsFrom returns the rows i … j−1 of a, which has columns, i < j.
func rowsFrom(a blas64.General, i, j int) blas64.General {
	a.Data = a.Data[i*a.Stride:]
	a.Rows = j - i
	return a
}
