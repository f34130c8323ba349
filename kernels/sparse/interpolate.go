package sparse

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/matrix"
)

const (
	badTable   = "sparse: bad shape or length of table"
	badWeights = "sparse: bad number of weights"
	badFirst   = "sparse: rows out of the table"
)

// Interpolate looks up functions that are tabulated, one per column, at points between the
// rows of the table:
//
//	dst[e,:] = Σₘ weights[order·e+m]·table[first[e]+m,:],  m < order = len(weights)/len(first)
//
// Shapes: dst has one row for each element of first and the columns of table; row-major,
// any stride. dst must not overlap table or weights.
//
// Each element is one chain of fma(weight, table, ·) over m in ascending order, from +0. The
// bits, those of a NaN apart, are the same at every level and in every run.
//
// Interpolate panics, before writing, if a shape does not match, if the number of weights is
// not a multiple of the rows, or if a row is not in the table. It does not allocate, and
// runs on the calling goroutine.
func Interpolate(dst, table blas64.General, first []int32, weights []float64) {
	if !matrix.Valid(table) {
		panic(badTable)
	}
	if dst.Rows != len(first) || !matrix.Valid(dst) {
		panic(badDestination)
	}
	if dst.Cols != table.Cols {
		panic(badColumns)
	}
	if len(first) == 0 || dst.Cols == 0 {
		return
	}
	order := len(weights) / len(first)
	if order*len(first) != len(weights) {
		panic(badWeights)
	}
	for _, i := range first {
		if i < 0 || int(i) > table.Rows-order {
			panic(badFirst)
		}
	}
	if matrix.Overlap(dst, table) || matrix.Overlap(dst, vector(weights)) {
		panic(overlapInput)
	}
	if order == 0 {
		clearRows(dst)
		return
	}
	interpolate(dst, table, first, weights, order)
}

func interpolateGeneric(dst, table blas64.General, first []int32, weights []float64, order int) {
	for e, i := range first {
		sum := row(dst, e)
		clear(sum)
		for m, w := range weights[order*e:][:order] {
			for j, v := range row(table, int(i)+m) {
				sum[j] = math.FMA(w, v, sum[j])
			}
		}
	}
}
