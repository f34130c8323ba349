package network

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// edgeBlock is the number of directed edges that are taken at a time, so that no
// array has a row for each edge of a large graph.
const edgeBlock = 256

// A Workspace holds what a network computes on the way. The zero value is ready; it
// is not for concurrent use.
type Workspace struct {
	hidden
	Workers int // goroutines; default 1. The result does not depend on it

	one    []*Sample
	chunks []chunk
}

// hidden holds a batch and its layers. Bar marks the derivative of H with respect to a
// layer, Z that with respect to a layer before its activation.
type hidden struct {
	batch
	node      coder
	uv        blas64.General // A h + b_M beside B h, of nodes
	ends      blas64.General // sums of ∂H/∂z over the edges that leave a node beside those over the edges that enter it
	endsStack blas64.General // ends above the sums of the derivatives of the rate of H
	dx        blas64.General // ∂H/∂x
	de        blas64.General // ∂H/∂e
	links     []links        // one per worker
}

// links holds the layers of a block of edges.
type links struct {
	edge      coder
	c         blas64.General // C g, one row per row of e
	m, m1, mz blas64.General // σ(z), σ′(z), z of messages
	mBarZ     blas64.General // ∂H/∂z of messages, summed over the directions of a row of e
	mBarStack blas64.General // mBarZ above the sums of the derivatives of the rate of H
	energy    float64
}

// Gradient returns H of a state and writes ∂H/∂q and ∂H/∂p, one after the other,
// into dst unless that is nil. Blocks of edges are taken by w.Workers goroutines.
func (n *Network) Gradient(w *Workspace, dst []float64, s *Sample) float64 {
	w.one = append(w.one[:0], s)
	w.load(n, w.one)
	energy := n.gradient(&w.hidden, edgeBlock, w.Workers)
	if dst != nil {
		clear(dst)
		s.Encoder.Pull(dst, 1, w.dx.Data, w.de.Data, 1)
	}
	return energy
}

// gradient returns H of the batch of w and leaves ∂H/∂x and ∂H/∂e in it, at most
// block directed edges being taken at a time by each worker. What blocks add to nodes
// is added in their order.
func (n *Network) gradient(w *hidden, block, workers int) float64 {
	thetaH, thetaM, _ := n.thetas()
	nodes := w.x.Rows
	n.nodes(w)
	energy := n.Offset
	for i := range nodes {
		energy += dense.Dot(thetaH, row(w.node.value, i))
	}
	resize(&w.endsStack, 2*nodes, 2*n.Message)
	clear(w.endsStack.Data)
	w.ends = rows(w.endsStack, 0, nodes)
	resize(&w.de, w.e.Rows, w.e.Cols)
	size := block / w.directions
	blocks := max(1, (w.e.Rows+size-1)/size)
	workers = max(1, min(workers, blocks))
	for len(w.links) < workers {
		w.links = append(w.links, links{})
	}
	for first := 0; first < blocks; first += workers {
		wave := min(workers, blocks-first)
		parallel.Blocks(wave, workers, func(_, i int) {
			lo := (first + i) * size
			n.link(w, &w.links[i], lo, min(lo+size, w.e.Rows))
		})
		for i := range wave {
			l := &w.links[i]
			energy += l.energy
			w.gather(w.ends, l.m1, w.directions*size*(first+i))
		}
	}
	for i := range nodes {
		ends := row(w.ends, i)
		dense.Mul(thetaM, ends[:n.Message])
		dense.Mul(thetaM, ends[n.Message:])
	}
	resize(&w.node.bar, nodes, n.Node)
	repeat(w.node.bar, thetaH)
	dense.Gemm(blas.NoTrans, blas.NoTrans, 1, w.ends, n.AB, 1, w.node.bar)
	resize(&w.dx, nodes, w.x.Cols)
	w.node.backward(w.dx)
	return energy
}

// link computes the layers, the energy and ∂H/∂e of rows lo … hi−1 of e.
func (n *Network) link(w *hidden, l *links, lo, hi int) {
	_, thetaM, thetaG := n.thetas()
	d := w.directions
	n.messages(w, l, lo, hi)
	resize(&l.mBarStack, 2*(hi-lo), n.Message)
	clear(l.mBarStack.Data)
	l.mBarZ = rows(l.mBarStack, 0, hi-lo)
	l.energy = 0
	for k := range l.m.Rows {
		l.energy += dense.Dot(thetaM, row(l.m, k))
		dense.Axpy(1, row(l.m1, k), row(l.mBarZ, k/d))
	}
	for k := range hi - lo {
		dense.Mul(thetaM, row(l.mBarZ, k))
		if thetaG != nil {
			l.energy += float64(d) * dense.Dot(thetaG, row(l.edge.value, k))
		}
	}
	resize(&l.edge.bar, hi-lo, n.Edge)
	repeat(l.edge.bar, thetaG)
	if d > 1 {
		dense.Scal(float64(d), l.edge.bar.Data)
	}
	dense.Gemm(blas.NoTrans, blas.NoTrans, 1, l.mBarZ, n.C, 1, l.edge.bar)
	l.edge.backward(rows(w.de, lo, hi))
}

// gather adds row k of x to the left half of dst at the sender of directed edge
// first + k, and to the right half at its receiver.
func (b *batch) gather(dst, x blas64.General, first int) {
	for k := range x.Rows {
		dense.Axpy(1, row(x, k), row(dst, int(b.senders[first+k]))[:x.Cols])
		dense.Axpy(1, row(x, k), row(dst, int(b.receivers[first+k]))[x.Cols:])
	}
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
func (n *Network) messages(w *hidden, l *links, lo, hi int) {
	d := w.directions
	l.edge.forward(rows(w.e, lo, hi), n.WE, n.BE, n.Activation)
	resize(&l.c, hi-lo, n.Message)
	dense.Gemm(blas.NoTrans, blas.Trans, 1, l.edge.value, n.C, 0, l.c)
	resize(&l.m, d*(hi-lo), n.Message)
	resize(&l.m1, d*(hi-lo), n.Message)
	resize(&l.mz, d*(hi-lo), n.Message)
	for k := range l.mz.Rows {
		w.join(row(l.mz, k), w.uv, d*lo+k, row(l.c, k/d))
	}
	n.Activation.ApplyGrad(l.m.Data, l.m1.Data, l.mz.Data)
}

// all computes the layers of edges and of messages of the whole batch.
func (n *Network) all(w *hidden) *links {
	if len(w.links) == 0 {
		w.links = make([]links, 1)
	}
	n.nodes(w)
	n.messages(w, &w.links[0], 0, w.e.Rows)
	return &w.links[0]
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
