package network

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// second holds the rates of change of layers along a direction in phase space, and
// derivatives of the rate of H. A dot marks rates, Adj the derivative of the rate of
// H with respect to a layer before its activation.
type second struct {
	xDot, eDot       blas64.General
	hDot, gDot, mDot blas64.General // rates of z, then of σ(z)
	mAdj, hAdj, gAdj blas64.General
	uDot, vDot       blas64.General
	leaveAdj         blas64.General
	enterAdj         blas64.General
	residual         []float64
}

// Loss returns the mean of (∂H/∂y − target)² over all coordinates y of q and p of
// the samples, which have targets, and adds its gradient with respect to
// [Network.Params] to grad unless that is nil.
//
// With ρ = ∂H/∂y − target the gradient is 2/n times that of the rate ρ·∂H/∂y of H
// along ρ, ρ held fixed: one pass forward for ∂H/∂y, one for the rates of all layers
// along ρ, and one back.
func (n *Network) Loss(w *Workspace, samples []*Sample, grad []float64) float64 {
	w.load(n, samples)
	n.gradient(w, max(1, w.e.Rows))
	coordinates, sum := 0, 0.0
	resize(&w.xDot, w.x.Rows, w.x.Cols)
	resize(&w.eDot, w.e.Rows, w.e.Cols)
	x, e := 0, 0
	for _, s := range samples {
		r := s.coordinates()
		coordinates += r
		w.residual = grow(w.residual, r)
		clear(w.residual)
		s.Encoder.Pull(w.residual, 1, w.dx.Data[x:][:len(s.X)], w.de.Data[e:][:len(s.E)], 1)
		dense.Axpy(-1, s.Target, w.residual)
		sum += dense.Dot(w.residual, w.residual)
		if grad != nil {
			s.Encoder.Push(w.xDot.Data[x:][:len(s.X)], w.eDot.Data[e:][:len(s.E)], w.residual[:r/2], w.residual[r/2:])
		}
		x, e = x+len(s.X), e+len(s.E)
	}
	if grad != nil {
		n.rates(w)
		n.accumulate(w, grad, 2/float64(coordinates))
	}
	return sum / float64(coordinates)
}

// rates computes the rates of all layers.
func (n *Network) rates(w *Workspace) {
	resize(&w.hDot, w.x.Rows, n.Node)
	dense.Gemm(blas.NoTrans, blas.Trans, 1, w.xDot, n.WV, 0, w.hDot)
	resize(&w.gDot, w.e.Rows, n.Edge)
	dense.Gemm(blas.NoTrans, blas.Trans, 1, w.eDot, n.WE, 0, w.gDot)
	resize(&w.hAdj, w.x.Rows, n.Node)
	resize(&w.gAdj, w.e.Rows, n.Edge)
	n.curve(w.hAdj.Data, w.hBar.Data, w.h.Data, w.h1.Data, w.hDot.Data)
	n.curve(w.gAdj.Data, w.gBar.Data, w.g.Data, w.g1.Data, w.gDot.Data)
	multiply(w.hDot, w.h1)
	multiply(w.gDot, w.g1)
	resize(&w.uDot, w.x.Rows, n.Message)
	resize(&w.vDot, w.x.Rows, n.Message)
	dense.Gemm(blas.NoTrans, blas.Trans, 1, w.hDot, n.A, 0, w.uDot)
	dense.Gemm(blas.NoTrans, blas.Trans, 1, w.hDot, n.B, 0, w.vDot)
	resize(&w.mDot, w.e.Rows, n.Message)
	for k := range w.e.Rows {
		z := row(w.mDot, k)
		copy(z, row(w.uDot, int(w.senders[k])))
		dense.Axpy(1, row(w.vDot, int(w.receivers[k])), z)
	}
	dense.Gemm(blas.NoTrans, blas.Trans, 1, w.gDot, n.C, 1, w.mDot)
	resize(&w.mAdj, w.e.Rows, n.Message)
	_, thetaM, _ := n.thetas()
	for k := range w.e.Rows {
		n.curve(row(w.mAdj, k), thetaM, row(w.m, k), row(w.m1, k), row(w.mDot, k))
	}
	multiply(w.mDot, w.m1)
}

// curve sets dst = bar·σ″·ż, σ″ being found from the value and the slope of σ.
func (n *Network) curve(dst, bar, value, slope, zDot []float64) {
	switch n.Activation {
	case dense.Tanh:
		for i, f := range value {
			dst[i] = -2 * f * slope[i] * bar[i] * zDot[i]
		}
	case dense.Sigmoid:
		for i, f := range value {
			dst[i] = slope[i] * (1 - 2*f) * bar[i] * zDot[i]
		}
	case dense.Softplus:
		for i, f1 := range slope {
			dst[i] = f1 * (1 - f1) * bar[i] * zDot[i]
		}
	case dense.Sin:
		for i, f := range value {
			dst[i] = -f * bar[i] * zDot[i]
		}
	case dense.Gaussian: // σ′ = −2zσ, σ″ = (4z² − 2)σ
		for i, f := range value {
			dst[i] = 0
			if f > 0 {
				dst[i] = (slope[i]*slope[i]/f - 2*f) * bar[i] * zDot[i]
			}
		}
	}
}

// accumulate adds scale times the derivatives of the rate of H to grad.
func (n *Network) accumulate(w *Workspace, grad []float64, scale float64) {
	to := n.views(grad)
	sumRows := func(dst []float64, x blas64.General) {
		for i := range x.Rows {
			dense.Axpy(scale, row(x, i), dst)
		}
	}
	product := func(dst, a, b blas64.General) {
		dense.Gemm(blas.Trans, blas.NoTrans, scale, a, b, 1, dst)
	}
	thetaH, thetaM, thetaG := to.thetas()
	sumRows(thetaH, w.hDot)
	sumRows(thetaM, w.mDot)
	if thetaG != nil {
		sumRows(thetaG, w.gDot)
	}
	sumRows(to.BM, w.mAdj)
	resize(&w.leaveAdj, w.x.Rows, n.Message)
	resize(&w.enterAdj, w.x.Rows, n.Message)
	clear(w.leaveAdj.Data)
	clear(w.enterAdj.Data)
	for k := range w.e.Rows {
		dense.Axpy(1, row(w.mAdj, k), row(w.leaveAdj, int(w.senders[k])))
		dense.Axpy(1, row(w.mAdj, k), row(w.enterAdj, int(w.receivers[k])))
	}
	product(to.A, w.leave, w.hDot)
	product(to.A, w.leaveAdj, w.h)
	product(to.B, w.enter, w.hDot)
	product(to.B, w.enterAdj, w.h)
	product(to.C, w.mZ, w.gDot)
	product(to.C, w.mAdj, w.g)

	// What reaches the encoders through the layers above, in the place of rates
	// that are not needed any more.
	back := w.hDot
	dense.Gemm(blas.NoTrans, blas.NoTrans, 1, w.leaveAdj, n.A, 0, back)
	dense.Gemm(blas.NoTrans, blas.NoTrans, 1, w.enterAdj, n.B, 1, back)
	multiply(back, w.h1)
	dense.Axpy(1, back.Data, w.hAdj.Data)
	product(to.WV, w.hZ, w.xDot)
	product(to.WV, w.hAdj, w.x)
	sumRows(to.BV, w.hAdj)

	back = w.gDot
	dense.Gemm(blas.NoTrans, blas.NoTrans, 1, w.mAdj, n.C, 0, back)
	multiply(back, w.g1)
	dense.Axpy(1, back.Data, w.gAdj.Data)
	product(to.WE, w.gZ, w.eDot)
	product(to.WE, w.gAdj, w.e)
	sumRows(to.BE, w.gAdj)
}
