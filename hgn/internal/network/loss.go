package network

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// chunkSize is the number of directed edges times features of messages that make a chunk
// of samples, so that its layers stay in cache.
const chunkSize = 1 << 14

// A chunk holds what a worker computes of a few samples: rates of change of layers along
// a direction in phase space, and derivatives of the rate of H. Dot marks rates, Adj the
// derivative of the rate of H with respect to a layer before its activation.
type chunk struct {
	hidden
	xDot, eDot  blas64.General
	uvDot       blas64.General
	cDot        blas64.General
	endsAdj     blas64.General // lower half of endsStack
	mAdj        blas64.General // lower half of mBarStack
	back        blas64.General
	columns     blas64.General
	residual    []float64
	line        []float64
	sum         float64   // of squares
	grad        []float64 // of sum/2
	coordinates int
}

// Loss returns the mean of (∂H/∂y − target)² over all coordinates y of q and p of
// the samples, which have targets, and adds its gradient with respect to
// [Network.Params] to grad unless that is nil.
//
// With ρ = ∂H/∂y − target the gradient is 2/n times that of the rate ρ·∂H/∂y of H
// along ρ, ρ held fixed: one pass forward for ∂H/∂y, one for the rates of all layers
// along ρ, and one back. Samples are taken in chunks, whose sums are added up in order.
func (n *Network) Loss(w *Workspace, samples []*Sample, grad []float64) float64 {
	coordinates := 0
	for _, s := range samples {
		coordinates += s.coordinates()
	}
	workers := max(1, w.Workers)
	for len(w.chunks) < workers {
		w.chunks = append(w.chunks, chunk{})
	}
	sum, left := 0.0, n.chunks(samples)
	var parts [][]*Sample
	for left > 0 {
		parts = parts[:0]
		for len(parts) < workers && left > 0 {
			k := (len(samples) + left - 1) / left
			parts, samples = append(parts, samples[:k]), samples[k:]
			left--
		}
		parallel.Blocks(len(parts), workers, func(_, i int) { n.lossOf(&w.chunks[i], parts[i], grad != nil) })
		for i := range parts {
			sum += w.chunks[i].sum
			if grad != nil {
				dense.Axpy(2/float64(coordinates), w.chunks[i].grad, grad)
			}
		}
	}
	return sum / float64(coordinates)
}

// chunks returns the number of chunks, of about as many samples each.
func (n *Network) chunks(samples []*Sample) int {
	size := 0
	for _, s := range samples {
		size += 2 * len(s.Encoder.Senders) * n.Message
	}
	return max(1, min(len(samples), (size+chunkSize-1)/chunkSize))
}

// lossOf computes the sum of squares of a chunk and, if wanted, the gradient of half
// of it.
func (n *Network) lossOf(w *chunk, samples []*Sample, gradient bool) {
	w.load(n, samples)
	n.gradient(&w.hidden, max(w.directions, len(w.senders)), 1)
	w.sum = 0
	resize(&w.xDot, w.x.Rows, w.x.Cols)
	resize(&w.eDot, w.e.Rows, w.e.Cols)
	x, e := 0, 0
	for _, s := range samples {
		r := s.coordinates()
		w.residual = grow(w.residual, r)
		clear(w.residual)
		s.Encoder.Pull(w.residual, 1, w.dx.Data[x:][:len(s.X)], w.de.Data[e:][:len(s.E)], 1)
		dense.Axpy(-1, s.Target, w.residual)
		w.sum += dense.Dot(w.residual, w.residual)
		if gradient {
			s.Encoder.Push(w.xDot.Data[x:][:len(s.X)], w.eDot.Data[e:][:len(s.E)], w.residual[:r/2], w.residual[r/2:])
		}
		x, e = x+len(s.X), e+len(s.E)
	}
	if gradient {
		w.grad = grow(w.grad, len(n.params))
		clear(w.grad)
		to := n.views(w.grad)
		n.rates(w, to)
		n.accumulate(w, to)
	}
}

// rates computes the rates of all layers, and adds the derivatives of the rate of H
// with respect to the weights of messages in θ and to b_M to those in to.
func (n *Network) rates(w *chunk, to *Network) {
	l := &w.links[0]
	w.node.rates(w.xDot, n.Activation)
	l.edge.rates(w.eDot, n.Activation)
	nodes, edges := w.x.Rows, w.e.Rows
	resize(&w.uvDot, nodes, 2*n.Message)
	dense.Gemm(blas.NoTrans, blas.Trans, 1, rows(w.node.stack, 0, nodes), n.AB, 0, w.uvDot)
	resize(&w.cDot, edges, n.Message)
	dense.Gemm(blas.NoTrans, blas.Trans, 1, rows(l.edge.stack, 0, edges), n.C, 0, w.cDot)
	bend(l.mz.Data, l.m.Data, l.m1.Data, n.Activation)
	w.endsAdj, w.mAdj = rows(w.endsStack, nodes, 2*nodes), rows(l.mBarStack, edges, 2*edges)
	_, theta, _ := n.thetas()
	_, toTheta, _ := to.thetas()
	w.line = grow(w.line, n.Message)
	for k := range l.mz.Rows {
		w.join(w.line, w.uvDot, k, row(w.cDot, k/w.directions))
		adj := row(l.mz, k) // σ″
		dense.Mul(w.line, adj)
		dense.Mul(theta, adj)
		dense.Axpy(1, adj, row(w.mAdj, k/w.directions))
		dense.Mul(row(l.m1, k), w.line)
		dense.Axpy(1, w.line, toTheta)
	}
	w.gather(w.endsAdj, l.mz, 0)
	for i := range nodes {
		dense.Axpy(1, row(w.endsAdj, i)[:n.Message], to.BM)
	}
}

// accumulate adds the other derivatives of the rate of H to those in to.
func (n *Network) accumulate(w *chunk, to *Network) {
	l := &w.links[0]
	dense.Gemm(blas.Trans, blas.NoTrans, 1, w.endsStack, w.node.stack, 1, to.AB)
	dense.Gemm(blas.Trans, blas.NoTrans, 1, l.mBarStack, l.edge.stack, 1, to.C)
	thetaH, _, thetaG := to.thetas()
	resize(&w.back, w.x.Rows, n.Node)
	dense.Gemm(blas.NoTrans, blas.NoTrans, 1, w.endsAdj, n.AB, 0, w.back)
	w.node.accumulate(&to.WV, to.BV, thetaH, w.x, w.xDot, w.back, &w.columns)
	resize(&w.back, w.e.Rows, n.Edge)
	dense.Gemm(blas.NoTrans, blas.NoTrans, 1, w.mAdj, n.C, 0, w.back)
	l.edge.accumulate(&to.WE, to.BE, thetaG, w.e, w.eDot, w.back, &w.columns)
	if thetaG != nil && w.directions > 1 {
		dense.Scal(float64(w.directions), thetaG)
	}
}
