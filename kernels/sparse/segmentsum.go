package sparse

import "gonum.org/v1/gonum/blas/blas64"

// SegmentSum adds up the rows of x, one per edge, at the nodes to which they belong:
//
//	dst[i,:] = Σ_{e: ix(e) = i} x[e,:]
//
// Shapes: x is ix.Edges()×d, dst is ix.Nodes()×d; row-major, any stride. dst must not
// overlap x. A node without edges gets +0.
//
// Each sum starts from +0 and runs over the edges in ascending order, so that it is
// within (k−1)·2⁻⁵³/(1−(k−1)·2⁻⁵³)·Σ|x[e,j]| of the exact one, for k edges. The bits, those of
// a NaN apart, are the same at every level and in every run. A NaN in x[e,j] gives NaN in
// dst[ix(e),j] and nowhere else.
//
// SegmentSum panics, before writing, if a shape does not match or if dst overlaps x.
// It does not allocate.
func SegmentSum(dst, x blas64.General, ix Index) {
	check(dst, x, ix.Nodes(), ix.Edges())
	if dst.Cols > 0 {
		segmentSum(dst, x, ix)
	}
}

// segmentSum takes as many nodes at once as one call of the kernel should, and the edges
// of one node in several calls if there are more.
func segmentSum(dst, x blas64.General, ix Index) {
	most := max(1, pieceFloats/dst.Cols) // rows of x, and of dst
	for lo := 0; lo < dst.Rows; {
		hi := lo + 1
		for hi < min(lo+most, dst.Rows) && int(ix.offset[hi+1]-ix.offset[lo]) <= most {
			hi++
		}
		piece := rowsFrom(dst, lo, hi)
		clearRows(piece)
		first, last := int(ix.offset[lo]), int(ix.offset[hi])
		switch {
		case first == last:
		case last-first <= most:
			segmentAdd(piece, x, ix.edge, ix.offset[lo:])
		default: // of one node
			for ; first < last; first += most {
				n := min(most, last-first)
				offset := [2]int32{0, int32(n)}
				segmentAdd(piece, x, ix.edge[first:], offset[:])
			}
		}
		lo = hi
	}
}

// clearRows sets the elements of a to +0.
func clearRows(a blas64.General) {
	for i := range a.Rows {
		clear(row(a, i))
	}
}

// segmentAddGeneric adds to row i of dst the rows edge[offset[i]] … edge[offset[i+1]−1] of
// x, one after the other.
func segmentAddGeneric(dst, x blas64.General, edge, offset []int32) {
	for i := range dst.Rows {
		sum := row(dst, i)
		for _, e := range edge[offset[i]:offset[i+1]] {
			for j, v := range row(x, int(e)) {
				sum[j] += v
			}
		}
	}
}
