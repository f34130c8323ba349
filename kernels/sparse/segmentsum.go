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
	segmentSumGeneric(dst, x, ix)
}

func segmentSumGeneric(dst, x blas64.General, ix Index) {
	d := dst.Cols
	if d == 0 {
		return
	}
	for i := range dst.Rows {
		sum := dst.Data[i*dst.Stride:][:d]
		clear(sum)
		for _, e := range ix.edges(i) {
			row := x.Data[int(e)*x.Stride:][:len(sum)]
			for j, v := range row {
				sum[j] += v
			}
		}
	}
}
