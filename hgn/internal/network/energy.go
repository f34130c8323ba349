package network

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// edgeBlock is the number of directed edges that are taken at a time, so that no
// array has a row for each edge of a large graph.
const edgeBlock = 256

// A Workspace holds what a network computes on the way. The zero value is ready; it
// is not for concurrent use.
type Workspace struct {
	hidden
	Workers int // goroutines of Loss; default 1. The result does not depend on it

	one    []*Sample
	chunks []chunk
}

// hidden holds a batch and its layers: of all nodes, and of the edges of a block.
// Bar marks the derivative of H with respect to a layer, Z that with respect to a
// layer before its activation.
type hidden struct {
	batch
	node, edge coder
	uv         blas64.General // A h + b_M beside B h, of nodes
	ends       blas64.General // sums of ∂H/∂z over the edges that leave a node beside those over the edges that enter it
	endsStack  blas64.General // ends above the sums of the derivatives of the rate of H
	c          blas64.General // C g, one row per row of e
	m, m1, mz  blas64.General // σ(z), σ′(z), z of messages
	mBarZ      blas64.General // ∂H/∂z of messages, summed over the directions of a row of e
	mBarStack  blas64.General // mBarZ above the sums of the derivatives of the rate of H
	line       []float64      // of one message
	dx         blas64.General // ∂H/∂x
	de         blas64.General // ∂H/∂e
}

// Gradient returns H of a state and writes ∂H/∂q and ∂H/∂p, one after the other,
// into dst unless that is nil.
func (n *Network) Gradient(w *Workspace, dst []float64, s *Sample) float64 {
	w.one = append(w.one[:0], s)
	w.load(n, w.one)
	energy := n.gradient(&w.hidden, edgeBlock)
	if dst != nil {
		clear(dst)
		s.Encoder.Pull(dst, 1, w.dx.Data, w.de.Data, 1)
	}
	return energy
}

// gradient returns H of the batch of w and leaves ∂H/∂x and ∂H/∂e in it, at most
// block directed edges being taken at a time.
func (n *Network) gradient(w *hidden, block int) float64 {
	thetaH, thetaM, thetaG := n.thetas()
	nodes, d := w.x.Rows, w.directions
	n.nodes(w)
	energy := n.Offset
	for i := range nodes {
		energy += dense.Dot(thetaH, row(w.node.value, i))
	}
	resize(&w.endsStack, 2*nodes, 2*n.Message)
	clear(w.endsStack.Data)
	w.ends = rows(w.endsStack, 0, nodes)
	resize(&w.de, w.e.Rows, w.e.Cols)
	for lo := 0; lo == 0 || lo < w.e.Rows; lo += block / d {
		hi := min(lo+block/d, w.e.Rows)
		n.messages(w, lo, hi)
		resize(&w.mBarStack, 2*(hi-lo), n.Message)
		clear(w.mBarStack.Data)
		w.mBarZ = rows(w.mBarStack, 0, hi-lo)
		w.line = grow(w.line, n.Message)
		barZ := w.line
		for k := range d * (hi - lo) {
			energy += dense.Dot(thetaM, row(w.m, k))
			copy(barZ, thetaM)
			dense.Mul(row(w.m1, k), barZ)
			i, j := int(w.senders[d*lo+k]), int(w.receivers[d*lo+k])
			dense.Axpy(1, barZ, row(w.ends, i)[:n.Message])
			dense.Axpy(1, barZ, row(w.ends, j)[n.Message:])
			dense.Axpy(1, barZ, row(w.mBarZ, k/d))
		}
		if thetaG != nil {
			for k := range hi - lo {
				energy += float64(d) * dense.Dot(thetaG, row(w.edge.value, k))
			}
		}
		resize(&w.edge.bar, hi-lo, n.Edge)
		repeat(w.edge.bar, thetaG)
		if d > 1 {
			dense.Scal(float64(d), w.edge.bar.Data)
		}
		dense.Gemm(blas.NoTrans, blas.NoTrans, 1, w.mBarZ, n.C, 1, w.edge.bar)
		w.edge.backward(rows(w.de, lo, hi))
	}
	resize(&w.node.bar, nodes, n.Node)
	repeat(w.node.bar, thetaH)
	dense.Gemm(blas.NoTrans, blas.NoTrans, 1, w.ends, n.AB, 1, w.node.bar)
	resize(&w.dx, nodes, w.x.Cols)
	w.node.backward(w.dx)
	return energy
}

// nodes computes the layer of nodes and uv.
func (n *Network) nodes(w *hidden) {
	w.node.forward(w.x, n.WV, n.BV, n.Activation)
	resize(&w.uv, w.x.Rows, 2*n.Message)
	clear(w.uv.Data)
	for i := range w.x.Rows {
		copy(row(w.uv, i), n.BM)
	}
	dense.Gemm(blas.NoTrans, blas.Trans, 1, w.node.value, n.AB, 1, w.uv)
}

// messages computes the layers of edges and of messages for rows lo … hi−1 of e.
func (n *Network) messages(w *hidden, lo, hi int) {
	d := w.directions
	w.edge.forward(rows(w.e, lo, hi), n.WE, n.BE, n.Activation)
	resize(&w.c, hi-lo, n.Message)
	dense.Gemm(blas.NoTrans, blas.Trans, 1, w.edge.value, n.C, 0, w.c)
	resize(&w.m, d*(hi-lo), n.Message)
	resize(&w.m1, d*(hi-lo), n.Message)
	resize(&w.mz, d*(hi-lo), n.Message)
	for k := range d * (hi - lo) {
		w.join(row(w.mz, k), w.uv, d*lo+k, row(w.c, k/d))
	}
	n.Activation.ApplyGrad(w.m.Data, w.m1.Data, w.mz.Data)
}

// join sets dst to the sum of what the ends of directed edge k have in uv and of c.
func (b *batch) join(dst []float64, uv blas64.General, k int, c []float64) {
	copy(dst, row(uv, int(b.senders[k])))
	dense.Axpy(1, row(uv, int(b.receivers[k]))[len(dst):], dst)
	dense.Axpy(1, c, dst)
}

// repeat makes every row of x the given one, 0 if that is nil.
func repeat(x blas64.General, with []float64) {
	if with == nil {
		clear(x.Data)
		return
	}
	for i := range x.Rows {
		copy(row(x, i), with)
	}
}
