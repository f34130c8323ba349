package hgn

import (
	"fmt"

	"github.com/rapidhgn/rapidhgn/hgn/internal/network"
	"github.com/rapidhgn/rapidhgn/internal/parallel"
)

// A networkModel is a learned Hamiltonian in the encodings [LocalFrame] and
// [InvariantNetwork].
type networkModel struct {
	*network.Network
	species  int     // of all bodies
	lo, hi   float64 // lengths of edges seen in training
	settings settings
}

// encoding is that of m.
func (m *networkModel) encoding() Encoding {
	if m.Inputs == network.Frame {
		return LocalFrame
	}
	return InvariantNetwork
}

// reach is that of [hamiltonian]: edges are fixed.
func (m *networkModel) reach() (cutoff float64, periodic bool) { return 0, false }

// evaluation is that of [hamiltonian].
func (m *networkModel) evaluation() evaluation { return &networkEvaluation{m: m} }

// velocities is that of [hamiltonian].
func (m *networkModel) velocities(dst []float64, f *Frame, g *Graph) error {
	if g == nil {
		return fmt.Errorf("hgn: the model was trained on fixed edges and needs them")
	}
	e := m.evaluation()
	if err := e.reset(f, g, 1); err != nil {
		return err
	}
	_, err := e.at(nil, dst, f.Q, f.P)
	return err
}

// mover is that of [hamiltonian].
func (m *networkModel) mover(f *Frame, opt *RolloutOptions, _ *parallel.Team) (mover, error) {
	if opt.StopSigma > 0 {
		return nil, fmt.Errorf("hgn: the encoding %v gives no standard deviations", m.encoding())
	}
	if opt.Order == 4 {
		return nil, fmt.Errorf("hgn: the encoding %v is not separable; the integrator for it is of order 2", m.encoding())
	}
	if opt.Table > 0 {
		return nil, fmt.Errorf("hgn: the encoding %v has no pair potential to tabulate", m.encoding())
	}
	return newMidpoint(m.evaluation(), f, opt)
}

// admit returns an error unless f is of a system that m, or one that is to be
// trained with the inputs in, can describe.
func admitToNetwork(f *Frame, g *Graph, in network.Inputs, dim, species int) error {
	if err := f.check(); err != nil {
		return err
	}
	if in == network.Frame && f.Dim != dim {
		return f.errorf("%d dimensions, but the model is for %d: its inputs are coordinates", f.Dim, dim)
	}
	for i, s := range f.Species {
		if s != species {
			return f.errorf("body %d is of species %d, but a network knows one, %d", i, s, species)
		}
	}
	finder := pairFinder{fixed: g}
	_, err := finder.edges(f)
	return err
}

// A networkEvaluation is an [evaluation] of a networkModel.
type networkEvaluation struct {
	m                  *networkModel
	f                  *Frame
	sample             network.Sample
	w                  network.Workspace
	gradient           []float64
	outside, evaluated int64
}

// reset is that of [evaluation].
func (e *networkEvaluation) reset(f *Frame, g *Graph, workers int) error {
	if err := admitToNetwork(f, g, e.m.Inputs, e.m.Dim, e.m.species); err != nil {
		return err
	}
	e.f = f
	e.w.Workers = workers
	e.sample = *network.NewSample(&network.Encoder{
		Inputs: e.m.Inputs, Dim: f.Dim, Senders: g.Senders, Receivers: g.Receivers, Mass: f.Mass,
	})
	e.gradient = make([]float64, len(f.Q)+len(f.P))
	return nil
}

// at is that of [evaluation].
func (e *networkEvaluation) at(pdot, qdot, q, p []float64) (float64, error) {
	if err := e.sample.Encode(q, p); err != nil {
		return 0, e.f.errorf("%v", err)
	}
	e.outside, e.evaluated = 0, int64(len(e.sample.Encoder.Senders))
	e.sample.Encoder.EachLength(q, func(r float64) {
		if r < e.m.lo || r > e.m.hi {
			e.outside++
		}
	})
	h := e.m.Gradient(&e.w, e.gradient, &e.sample)
	if n := len(q); pdot != nil {
		for i, g := range e.gradient[:n] {
			pdot[i] = -g
		}
	}
	copy(qdot, e.gradient[len(q):])
	return h, nil
}

// counts is that of [evaluation].
func (e *networkEvaluation) counts() (outside, evaluated int64) { return e.outside, e.evaluated }
