package tables

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/internal/network"
	"github.com/rapidhgn/rapidhgn/hgn/system"
	"github.com/rapidhgn/rapidhgn/kernels/dense"
	"github.com/rapidhgn/rapidhgn/kernels/lsq"
)

// samples encodes frames of s: with its graph or, if it has none, that of the pairs
// within the cutoff in each frame.
func samples(in network.Inputs, s *system.System, frames hgn.Frames) ([]*network.Sample, error) {
	var all []*network.Sample
	for _, f := range frames {
		g, err := graph(s, f)
		if err != nil {
			return nil, err
		}
		e := &network.Encoder{Inputs: in, Dim: f.Dim, Senders: g.Senders, Receivers: g.Receivers, Mass: f.Mass}
		for k, i := range g.Senders {
			for c := 0; c < f.Dim && s.Periodic; c++ {
				d := f.Q[int(g.Receivers[k])*f.Dim+c] - f.Q[int(i)*f.Dim+c]
				e.Shift = append(e.Shift, f.Box.Reduce(c, d)-d)
			}
		}
		s := network.NewSample(e)
		if err := s.Encode(f.Q, f.P); err != nil {
			return nil, err
		}
		for _, x := range f.PDot {
			s.Target = append(s.Target, -x)
		}
		s.Target = append(s.Target, f.QDot...)
		all = append(all, s)
	}
	return all, nil
}

// graph holds the pairs of s that interact in f.
func graph(s *system.System, f *hgn.Frame) (*hgn.Graph, error) {
	if s.Graph != nil {
		return s.Graph, nil
	}
	return hgn.CutoffGraph(f, s.Cutoff, s.Periodic)
}

// forceError is ‖∂H/∂q + ṗ‖/‖ṗ‖ over all samples.
func forceError(n *network.Network, all []*network.Sample) float64 {
	var w network.Workspace
	var d, norm float64
	for _, s := range all {
		g := make([]float64, len(s.Target))
		n.Gradient(&w, g, s)
		half := len(g) / 2
		for i, y := range s.Target[:half] {
			d += (g[i] - y) * (g[i] - y)
			norm += y * y
		}
	}
	return math.Sqrt(d / norm)
}

// A solver finds the last layer from rows.
type solver struct {
	cols   int
	normal bool // by normal equations, not by QR
	qr     *lsq.Accumulator
	gram   blas64.General
	right  []float64
}

func newSolver(cols int, normal bool) *solver {
	return &solver{
		cols: cols, normal: normal, qr: lsq.New(cols, 1),
		gram:  blas64.General{Rows: cols, Cols: cols, Stride: cols, Data: make([]float64, cols*cols)},
		right: make([]float64, cols),
	}
}

// add takes rows z, of cols each, with their right-hand sides.
func (s *solver) add(z, u []float64) error {
	rows := blas64.General{Rows: len(u), Cols: s.cols, Stride: s.cols, Data: z[:len(u)*s.cols]}
	if !s.normal {
		return s.qr.Append(rows, blas64.General{Rows: len(u), Cols: 1, Stride: 1, Data: u})
	}
	dense.Gemm(blas.Trans, blas.NoTrans, 1, rows, rows, 1, s.gram)
	for i, y := range u {
		dense.Axpy(y, z[i*s.cols:][:s.cols], s.right)
	}
	return nil
}

// solve returns the coefficients. Normal equations get the least multiple of the
// largest diagonal element with which they can be factored, 10⁻¹⁶ at least.
func (s *solver) solve() ([]float64, error) {
	x := make([]float64, s.cols)
	if !s.normal {
		solution, err := s.qr.Solve(lsq.Options{Ridge: 1e-16})
		if err != nil {
			return nil, err
		}
		for i := range x {
			x[i] = solution.X.Data[i*solution.X.Stride]
		}
		return x, nil
	}
	scale := make([]float64, s.cols)
	for i := range scale {
		if scale[i] = math.Sqrt(s.gram.Data[i*s.cols+i]); scale[i] == 0 {
			scale[i] = 1
		}
	}
	for ridge := 1e-16; ; ridge *= 10 {
		a := mat.NewSymDense(s.cols, nil)
		for i := range s.cols {
			for j := i; j < s.cols; j++ {
				v := s.gram.Data[i*s.cols+j] / (scale[i] * scale[j])
				if i == j {
					v += ridge * float64(s.cols)
				}
				a.SetSym(i, j, v)
			}
		}
		var factor mat.Cholesky
		if !factor.Factorize(a) {
			continue
		}
		b := mat.NewVecDense(s.cols, nil)
		for i, y := range s.right {
			b.SetVec(i, y/scale[i])
		}
		var solution mat.VecDense
		if err := factor.SolveVecTo(&solution, b); err != nil {
			if _, ill := err.(mat.Condition); !ill {
				return nil, err
			}
		}
		for i := range x {
			x[i] = solution.AtVec(i) / scale[i]
		}
		return x, nil
	}
}

// fitRandom draws the hidden layers of n and solves for the last one.
func fitRandom(n *network.Network, train []*network.Sample, sampler network.Sampler, omega float64, normal bool, seed uint64) error {
	rng := rand.New(rand.NewPCG(seed, 0x7461626c6573)) // "tables"
	pool := train[:min(len(train), 256)]
	n.Draw(pool, sampler, omega, rng)
	if err := fitLast(n, train, normal); err != nil || sampler != network.ASWIM {
		return err
	}
	n.Redraw(pool, rng)
	return fitLast(n, train, normal)
}

// fitLast solves for the last layer.
func fitLast(n *network.Network, train []*network.Sample, normal bool) error {
	s := newSolver(n.Columns(), normal)
	var w network.RowWorkspace
	var z []float64
	for _, one := range train {
		if need := len(one.Target) * n.Columns(); len(z) < need {
			z = make([]float64, need)
		}
		n.Rows(&w, z, one)
		if err := s.add(z, one.Target); err != nil {
			return err
		}
	}
	theta, err := s.solve()
	copy(n.Theta, theta)
	return err
}
