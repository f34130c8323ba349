package sparse

import "gonum.org/v1/gonum/blas/blas64"

// Gather copies the rows of x, one per node, to the edges that belong to them:
//
//	dst[e,:] = x[ix(e),:]
//
// Shapes: x is ix.Nodes()×d, dst is ix.Edges()×d; row-major, any stride. dst must not
// overlap x. Values are copied to the bit.
//
// Gather panics, before writing, if a shape does not match or if dst overlaps x. It
// does not allocate.
func Gather(dst, x blas64.General, ix Index) {
	check(dst, x, ix.Edges(), ix.Nodes())
	gatherGeneric(dst, x, ix)
}

func gatherGeneric(dst, x blas64.General, ix Index) {
	d := dst.Cols
	if d == 0 {
		return
	}
	for e, i := range ix.node {
		copy(dst.Data[e*dst.Stride:][:d], x.Data[int(i)*x.Stride:][:d])
	}
}
