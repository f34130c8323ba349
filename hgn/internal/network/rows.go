package network

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// A RowWorkspace is the workspace of [Network.Rows].
type RowWorkspace struct {
	Workspace
	half   blas64.General // rows of σ′ W
	fromAB blas64.General // ∂(A h_i)/∂x_i beside ∂(B h_i)/∂x_i, one row per input
	fromA  blas64.General // what Σ m gets of these
	fromC  blas64.General // ∂(C g)/∂e
	slopes blas64.General // σ′ of messages, summed over the directions of a row of e
}

// Rows writes the derivatives of every feature, Σ h, Σ m and, if edges are read out,
// Σ g, with respect to the coordinates of s, first q and then p, into the rows of
// dst, which has Columns() columns.
func (n *Network) Rows(w *RowWorkspace, dst []float64, s *Sample) {
	cols := n.Columns()
	clear(dst[:s.coordinates()*cols])
	w.one = append(w.one[:0], s)
	w.load(n, w.one)
	nodeIn, edgeIn, d := w.x.Cols, w.e.Cols, w.directions
	nodes := w.x.Rows
	l := n.all(&w.hidden)

	// Σ h: ∂h/∂x = σ′ W_V.
	w.outer(&w.half, w.node.slope, n.WV)
	s.Encoder.Pull(dst, cols, w.half.Data, nil, n.Node)

	// Σ m through nodes: Σ_j σ′(z_ij) A ∂h_i/∂x_i, where the sum comes first.
	resize(&w.fromAB, nodes*nodeIn, 2*n.Message)
	dense.Gemm(blas.NoTrans, blas.Trans, 1, w.half, n.AB, 0, w.fromAB)
	resize(&w.ends, nodes, 2*n.Message)
	clear(w.ends.Data)
	w.gather(w.ends, l.m1, 0)
	// and through edges: σ′(z_ij) C ∂g/∂e.
	resize(&w.slopes, w.e.Rows, n.Message)
	clear(w.slopes.Data)
	for k := range l.m1.Rows {
		dense.Axpy(1, row(l.m1, k), row(w.slopes, k/d))
	}
	w.outer(&w.half, l.edge.slope, n.WE)
	resize(&w.fromC, w.e.Rows*edgeIn, n.Message)
	dense.Gemm(blas.NoTrans, blas.Trans, 1, w.half, n.C, 0, w.fromC)
	if n.EdgeReadout {
		if d > 1 {
			dense.Scal(float64(d), w.half.Data)
		}
		s.Encoder.Pull(dst[n.Node+n.Message:], cols, nil, w.half.Data, n.Edge)
	}
	for r := range w.fromC.Rows {
		dense.Mul(row(w.slopes, r/edgeIn), row(w.fromC, r))
	}
	resize(&w.fromA, nodes*nodeIn, n.Message)
	for r := range w.fromA.Rows {
		to, from, ends := row(w.fromA, r), row(w.fromAB, r), row(w.ends, r/nodeIn)
		for l := range to {
			to[l] = float64(ends[l]*from[l]) + float64(ends[n.Message+l]*from[n.Message+l])
		}
	}
	s.Encoder.Pull(dst[n.Node:], cols, w.fromA.Data, w.fromC.Data, n.Message)
}

// outer writes one row per row of slope and column of weight into dst: their products.
func (w *RowWorkspace) outer(dst *blas64.General, slope, weight blas64.General) {
	resize(dst, slope.Rows*weight.Cols, slope.Cols)
	for i := range slope.Rows {
		for a := range weight.Cols {
			d := row(*dst, i*weight.Cols+a)
			for k, s := range row(slope, i) {
				d[k] = s * weight.Data[k*weight.Stride+a]
			}
		}
	}
}
