package sparse

import (
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/matrix"
)

// Sum adds up the messages at the nodes of ix, which is Receivers, Senders, or any index
// of the same edges:
//
//	dst[i,:] = Σ_{e: ix(e) = i} σ(z[e,:])
//
// Shapes: dst is ix.Nodes()×d. Each message is within 2 ulp of the exact activation of the
// z computed; sums are those of [SegmentSum].
func (m *Messages) Sum(dst blas64.General, ix Index) {
	m.checkSum(ix)
	m.checkResult(dst, ix.Nodes(), blas64.General{})
	m.inBlocks(ix, func(b *messageBuffer, lo, hi int) {
		clearRows(rowsFrom(dst, lo, hi))
		b.each(m, ix, lo, hi, func(at int) {
			b.activate(m, false)
			segmentAdd(rowsFrom(dst, at, at+b.nodes), b.z, b.list, b.offset)
		})
	})
}

// SumGrad does what Sum does, to the bit, and adds up the derivatives beside it:
//
//	grad[i,:] = Σ_{e: ix(e) = i} σ′(z[e,:])
//
// which is the derivative of Σ_e σ(z[e,:]) with respect to row i of U, if ix is Receivers,
// and of V, if it is Senders. grad has the shape of dst.
func (m *Messages) SumGrad(dst, grad blas64.General, ix Index) {
	m.checkSum(ix)
	m.checkResult(dst, ix.Nodes(), blas64.General{})
	m.checkResult(grad, ix.Nodes(), blas64.General{})
	if matrix.Overlap(dst, grad) {
		panic(overlapResult)
	}
	m.inBlocks(ix, func(b *messageBuffer, lo, hi int) {
		clearRows(rowsFrom(dst, lo, hi))
		clearRows(rowsFrom(grad, lo, hi))
		b.each(m, ix, lo, hi, func(at int) {
			b.activate(m, true)
			segmentAdd(rowsFrom(dst, at, at+b.nodes), b.z, b.list, b.offset)
			segmentAdd(rowsFrom(grad, at, at+b.nodes), b.slope, b.list, b.offset)
		})
	})
}

// Backward takes a function of the sums at the receivers back to what they were made of:
// with g[i,:] its derivative with respect to row i of Sum(·, Receivers),
//
//	du[i,:] = Σ_{e: r(e) = i} σ′(z[e,:]) ⊙ g[r(e),:]
//	dv[j,:] = Σ_{e: s(e) = j} σ′(z[e,:]) ⊙ g[r(e),:]
//	dw[e,:] = σ′(z[e,:]) ⊙ g[r(e),:]
//
// Shapes: du is that of U, dv that of V, dw has one row per edge, g is
// Receivers.Nodes()×d. A result that is the zero value is not wanted. g must not overlap a
// result. Nothing is scattered: dv goes through the edges of each sender and computes σ′
// anew.
func (m *Messages) Backward(du, dv, dw, g blas64.General) {
	m.checkSum(m.Receivers)
	if g.Rows != m.Receivers.Nodes() || g.Cols != m.U.Cols || !matrix.Valid(g) {
		panic(badG)
	}
	results := [3]blas64.General{du, dv, dw}
	var wanted [3]bool
	for i, rows := range [3]int{m.Receivers.Nodes(), m.Senders.Nodes(), m.Receivers.Edges()} {
		if wanted[i] = results[i].Data != nil || results[i].Rows != 0; !wanted[i] {
			continue
		}
		m.checkResult(results[i], rows, blas64.General{})
		if matrix.Overlap(results[i], g) {
			panic(overlapInput)
		}
		for k := range i {
			if wanted[k] && matrix.Overlap(results[i], results[k]) {
				panic(overlapResult)
			}
		}
	}
	if wanted[0] || wanted[2] {
		if !wanted[2] {
			dw = blas64.General{}
		}
		m.back(du, dw, g, m.Receivers, wanted[0])
	}
	if wanted[1] {
		m.back(dv, blas64.General{}, g, m.Senders, true)
	}
}

// back sums σ′(z) ⊙ g at the nodes of ix, if sum is set, and writes it to the rows of dw,
// if there are any.
func (m *Messages) back(dst, dw, g blas64.General, ix Index, sum bool) {
	m.inBlocks(ix, func(b *messageBuffer, lo, hi int) {
		if sum {
			clearRows(rowsFrom(dst, lo, hi))
		}
		b.each(m, ix, lo, hi, func(at int) {
			b.activate(m, true)
			gatherMul(b.slope, g, b.iu)
			if sum {
				segmentAdd(rowsFrom(dst, at, at+b.nodes), b.slope, b.list, b.offset)
			}
			if dw.Rows == 0 {
				return
			}
			for k, e := range b.edges {
				copy(row(dw, int(e)), row(b.slope, k))
			}
		})
	})
}

// checkSum panics unless ix can tell where messages go.
func (m *Messages) checkSum(ix Index) {
	m.check()
	m.Act.Apply(nil, nil) // panics if it is unknown
	if ix.Edges() != m.Receivers.Edges() {
		panic(badEdges)
	}
}
