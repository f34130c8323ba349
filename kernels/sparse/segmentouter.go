package sparse

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/matrix"
)

const (
	badDim        = "sparse: dim is not 1, 2 or 3"
	badDirections = "sparse: bad length of the directions"
	badSegments   = "sparse: bad list of edges"
)

// SegmentOuter adds up, at each node, the outer products of the directions of its edges and
// their rows, as the gradient of a sum over edges does:
//
//	dst[dim·i+a,:] += Σₖ u[dim·k+a]·x[edge[k],:],  offset[i] ≤ k < offset[i+1], a < dim
//
// Shapes: dst is dim·n×d for n+1 offsets, x has d columns; row-major, any stride. u has dim
// components for each element of edge. dim is 1, 2 or 3. dst must not overlap x or u. edge
// lists rows of x in any order; it is looked through in every call.
//
// Each element is one chain of fma(u, x, ·) over k in ascending order, from what is in dst.
// The bits, those of a NaN apart, are the same at every level and in every run.
//
// SegmentOuter panics, before writing, if a shape does not match, if offset descends or
// leaves edge, or if edge leaves x. It does not allocate, and runs on the calling goroutine.
func SegmentOuter(dst, x blas64.General, edge, offset []int32, u []float64, dim int) {
	if dim < 1 || dim > 3 {
		panic(badDim)
	}
	nodes := len(offset) - 1
	if nodes < 0 || offset[0] < 0 || int(offset[nodes]) > len(edge) {
		panic(badSegments)
	}
	for i := range nodes {
		if offset[i] > offset[i+1] {
			panic(badSegments)
		}
	}
	if !matrix.Valid(x) {
		panic(badSource)
	}
	for _, e := range edge[:offset[nodes]] {
		if uint(e) >= uint(x.Rows) {
			panic(badSegments)
		}
	}
	if len(u) != dim*len(edge) {
		panic(badDirections)
	}
	if dst.Rows != dim*nodes || !matrix.Valid(dst) {
		panic(badDestination)
	}
	if dst.Cols != x.Cols {
		panic(badColumns)
	}
	if matrix.Overlap(dst, x) || matrix.Overlap(dst, vector(u)) {
		panic(overlapInput)
	}
	if dst.Rows > 0 && dst.Cols > 0 && offset[nodes] > offset[0] {
		segmentOuter(dst, x, edge, offset, u, dim)
	}
}

func segmentOuterGeneric(dst, x blas64.General, edge, offset []int32, u []float64, dim int) {
	for i := range len(offset) - 1 {
		for k := int(offset[i]); k < int(offset[i+1]); k++ {
			values := row(x, int(edge[k]))
			for a := range dim {
				sum, c := row(dst, dim*i+a), u[dim*k+a]
				for j, v := range values {
					sum[j] = math.FMA(c, v, sum[j])
				}
			}
		}
	}
}
