package network

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// A RowWorkspace is the workspace of [Network.Rows].
type RowWorkspace struct {
	Workspace
	half         blas64.General // rows of σ′ W
	fromA, fromB blas64.General // ∂(A h_i)/∂x_i, ∂(B h_i)/∂x_i, one row per input
	fromC        blas64.General // ∂(C g)/∂e
}

// Rows writes the derivatives of every feature, Σ h, Σ m and, if edges are read out,
// Σ g, with respect to the coordinates of s, first q and then p, into the rows of
// dst, which has Columns() columns.
func (n *Network) Rows(w *RowWorkspace, dst []float64, s *Sample) {
	cols := n.Columns()
	clear(dst[:s.coordinates()*cols])
	w.one = append(w.one[:0], s)
	w.load(n, w.one)
	nodeIn, edgeIn := w.x.Cols, w.e.Cols
	nodes := w.x.Rows
	n.nodes(&w.Workspace)

	// Σ h: ∂h/∂x = σ′ W_V.
	w.outer(&w.half, w.h1, n.WV)
	s.Encoder.Pull(dst, cols, w.half.Data, nil, n.Node)

	// Σ m through nodes: Σ_j σ′(z_ij) A ∂h_i/∂x_i, where the sum comes first.
	resize(&w.fromA, nodes*nodeIn, n.Message)
	resize(&w.fromB, nodes*nodeIn, n.Message)
	dense.Gemm(blas.NoTrans, blas.Trans, 1, w.half, n.A, 0, w.fromA)
	dense.Gemm(blas.NoTrans, blas.Trans, 1, w.half, n.B, 0, w.fromB)
	for _, x := range []*blas64.General{&w.leave, &w.enter} {
		resize(x, nodes, n.Message)
		clear(x.Data)
	}
	// and through edges: σ′(z_ij) C ∂g/∂e.
	n.messages(&w.Workspace, 0, w.e.Rows)
	for k := range w.e.Rows {
		dense.Axpy(1, row(w.m1, k), row(w.leave, int(w.senders[k])))
		dense.Axpy(1, row(w.m1, k), row(w.enter, int(w.receivers[k])))
	}
	w.outer(&w.half, w.g1, n.WE)
	if n.EdgeReadout {
		s.Encoder.Pull(dst[n.Node+n.Message:], cols, nil, w.half.Data, n.Edge)
	}
	resize(&w.fromC, w.e.Rows*edgeIn, n.Message)
	dense.Gemm(blas.NoTrans, blas.Trans, 1, w.half, n.C, 0, w.fromC)
	for r := range w.fromC.Rows {
		d := row(w.fromC, r)
		for l, s := range row(w.m1, r/edgeIn) {
			d[l] *= s
		}
	}
	for r := range w.fromA.Rows {
		d, b := row(w.fromA, r), row(w.fromB, r)
		leave, enter := row(w.leave, r/nodeIn), row(w.enter, r/nodeIn)
		for l := range d {
			d[l] = float64(leave[l]*d[l]) + float64(enter[l]*b[l])
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
