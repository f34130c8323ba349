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
	batch
	hidden
	second
	one []*Sample
	dx  blas64.General // ∂H/∂x
	de  blas64.General // ∂H/∂e
	z   []float64      // ∂H/∂(q, p) of one state
}

// hidden holds layers: h and ∂H/∂h of all nodes, u = A h + b_M, v = B h and the sums
// of ∂H/∂z over the edges that leave and enter each node; g and m of the edges of a
// block. 1 marks the derivative of the activation, Bar that of H with respect to the
// layer, Z that of H with respect to the layer before its activation.
type hidden struct {
	h, h1, hBar, hZ blas64.General
	u, v            blas64.General
	leave, enter    blas64.General
	g, g1, gBar, gZ blas64.General
	m, m1, mZ       blas64.General
}

// Gradient returns H of a state and writes ∂H/∂q and ∂H/∂p, one after the other,
// into dst unless that is nil.
func (n *Network) Gradient(w *Workspace, dst []float64, s *Sample) float64 {
	w.one = append(w.one[:0], s)
	w.load(n, w.one)
	energy := n.gradient(w, edgeBlock)
	if dst != nil {
		clear(dst)
		s.Encoder.Pull(dst, 1, w.dx.Data, w.de.Data, 1)
	}
	return energy
}

// gradient returns H of the batch of w and leaves ∂H/∂x and ∂H/∂e in it, edges being
// taken block at a time.
func (n *Network) gradient(w *Workspace, block int) float64 {
	thetaH, thetaM, thetaG := n.thetas()
	nodes := w.x.Rows
	n.nodes(w)
	energy := n.Offset
	for i := range nodes {
		energy += dense.Dot(thetaH, row(w.h, i))
	}
	for _, x := range []*blas64.General{&w.leave, &w.enter} {
		resize(x, nodes, n.Message)
		clear(x.Data)
	}
	resize(&w.de, w.e.Rows, w.e.Cols)
	for lo := 0; lo < w.e.Rows; lo += block {
		hi := min(lo+block, w.e.Rows)
		n.messages(w, lo, hi)
		resize(&w.mZ, hi-lo, n.Message)
		for k := range hi - lo {
			energy += dense.Dot(thetaM, row(w.m, k))
			dz := row(w.mZ, k)
			for l, d := range row(w.m1, k) {
				dz[l] = thetaM[l] * d
			}
			dense.Axpy(1, dz, row(w.leave, int(w.senders[lo+k])))
			dense.Axpy(1, dz, row(w.enter, int(w.receivers[lo+k])))
			if thetaG != nil {
				energy += dense.Dot(thetaG, row(w.g, k))
			}
		}
		resize(&w.gBar, hi-lo, n.Edge)
		repeat(w.gBar, thetaG)
		dense.Gemm(blas.NoTrans, blas.NoTrans, 1, w.mZ, n.C, 1, w.gBar)
		times(&w.gZ, w.gBar, w.g1)
		dense.Gemm(blas.NoTrans, blas.NoTrans, 1, w.gZ, n.WE, 0, rows(w.de, lo, hi))
	}
	resize(&w.hBar, nodes, n.Node)
	repeat(w.hBar, thetaH)
	dense.Gemm(blas.NoTrans, blas.NoTrans, 1, w.leave, n.A, 1, w.hBar)
	dense.Gemm(blas.NoTrans, blas.NoTrans, 1, w.enter, n.B, 1, w.hBar)
	times(&w.hZ, w.hBar, w.h1)
	resize(&w.dx, nodes, w.x.Cols)
	dense.Gemm(blas.NoTrans, blas.NoTrans, 1, w.hZ, n.WV, 0, w.dx)
	return energy
}

// nodes computes h, h1, u and v. Each row of u starts from b_M.
func (n *Network) nodes(w *Workspace) {
	nodes := w.x.Rows
	resize(&w.h, nodes, n.Node)
	resize(&w.h1, nodes, n.Node)
	dense.FeaturesGrad(w.h, w.h1, w.x, n.WV, n.BV, n.Activation)
	resize(&w.u, nodes, n.Message)
	resize(&w.v, nodes, n.Message)
	repeat(w.u, n.BM)
	dense.Gemm(blas.NoTrans, blas.Trans, 1, w.h, n.A, 1, w.u)
	dense.Gemm(blas.NoTrans, blas.Trans, 1, w.h, n.B, 0, w.v)
}

// messages computes g, g1, m and m1 of the directed edges lo … hi−1.
func (n *Network) messages(w *Workspace, lo, hi int) {
	resize(&w.g, hi-lo, n.Edge)
	resize(&w.g1, hi-lo, n.Edge)
	dense.FeaturesGrad(w.g, w.g1, rows(w.e, lo, hi), n.WE, n.BE, n.Activation)
	resize(&w.m, hi-lo, n.Message)
	resize(&w.m1, hi-lo, n.Message)
	for k := range hi - lo {
		z := row(w.m, k)
		copy(z, row(w.u, int(w.senders[lo+k])))
		dense.Axpy(1, row(w.v, int(w.receivers[lo+k])), z)
	}
	dense.Gemm(blas.NoTrans, blas.Trans, 1, w.g, n.C, 1, w.m)
	n.Activation.ApplyGrad(w.m.Data, w.m1.Data, w.m.Data)
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

// times sets dst to the product of x and y, element by element.
func times(dst *blas64.General, x, y blas64.General) {
	resize(dst, x.Rows, x.Cols)
	for i, v := range x.Data {
		dst.Data[i] = v * y.Data[i]
	}
}

// multiply multiplies x by y, element by element.
func multiply(x, y blas64.General) {
	for i, v := range y.Data {
		x.Data[i] *= v
	}
}
