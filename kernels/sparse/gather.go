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
	inPieces(dst, func(piece blas64.General, first int) { gather(piece, x, ix.node[first:]) })
}

// GatherAdd gives every edge the sum of two rows of its nodes and, unless w is the zero
// value, one of its own:
//
//	dst[e,:] = (u[ix(e),:] + v[jx(e),:]) + w[e,:]
//
// Shapes: u is ix.Nodes()×d, v is jx.Nodes()×d, dst and w have one row of d columns for
// each edge; row-major, any stride. dst may be w, and otherwise overlaps none of the
// others. The bits, those of a NaN apart, are the same at every level and in every run.
//
// GatherAdd panics, before writing, if a shape does not match, if ix and jx have not the
// same number of edges, or if dst overlaps an input. It does not allocate.
func GatherAdd(dst, u blas64.General, ix Index, v blas64.General, jx Index, w blas64.General) {
	m := Messages{U: u, V: v, W: w, Receivers: ix, Senders: jx}
	m.check()
	m.checkResult(dst, ix.Edges(), w)
	inPieces(dst, func(piece blas64.General, first int) {
		m.gather(piece, ix.node[first:], jx.node[first:], first, nil)
	})
}

// pieceFloats is the number of elements that one call of a kernel takes, some 50 µs at
// most: the runtime cannot stop a goroutine there.
const pieceFloats = 1 << 16

// inPieces calls f with pieces of the rows of dst and the number of the first of each. A
// piece has at least one row and one column.
func inPieces(dst blas64.General, f func(piece blas64.General, first int)) {
	if dst.Cols == 0 {
		return
	}
	size := max(1, pieceFloats/dst.Cols)
	for i := 0; i < dst.Rows; i += size {
		f(rowsFrom(dst, i, min(i+size, dst.Rows)), i)
	}
}

func gatherGeneric(dst, u blas64.General, iu []int32) {
	for k := range dst.Rows {
		copy(row(dst, k), row(u, int(iu[k])))
	}
}

func gatherAddGeneric(dst, u blas64.General, iu []int32, v blas64.General, iv []int32) {
	for k := range dst.Rows {
		y := row(v, int(iv[k]))
		z := row(dst, k)
		for j, x := range row(u, int(iu[k])) {
			z[j] = x + y[j]
		}
	}
}

func gatherAdd3Generic(dst, u blas64.General, iu []int32, v blas64.General, iv []int32, w blas64.General, iw []int32) {
	for k := range dst.Rows {
		y, t := row(v, int(iv[k])), row(w, int(iw[k]))
		z := row(dst, k)
		for j, x := range row(u, int(iu[k])) {
			z[j] = (x + y[j]) + t[j]
		}
	}
}

func gatherMulGeneric(dst, u blas64.General, iu []int32) {
	for k := range dst.Rows {
		z := row(dst, k)
		for j, x := range row(u, int(iu[k])) {
			z[j] *= x
		}
	}
}
