package hgn

import (
	"math"

	"github.com/rapidhgn/rapidhgn/hgn/internal/manybody"
)

// A manyBodyModel is a learned Hamiltonian in the encoding [ManyBody].
type manyBodyModel struct {
	speciesTable
	periodic  bool
	potential manybody.Potential
	reference *Reference
	selected  []int // features of the basis of the spec, ascending; nil: all
	deviation deviation
	settings  manyBodySettings
	equations *manyBodyEquations // those of the fit, if they were kept
}

// reach is that of [hamiltonian].
func (m *manyBodyModel) reach() (cutoff float64, periodic bool) {
	return m.potential.Basis.Spec().Cutoff, m.periodic
}

// subset reduces the potential to the selected features.
func (m *manyBodyModel) subset() {
	old := m.potential.Basis
	b, invariants := old.Subset(m.selected)
	m.potential.Basis = b
	m.potential.Scaling = m.potential.Scaling.Subset(invariants, old.Invariants())
}

// refer adds a reference, unless it is nil, to m.
func (m *manyBodyModel) refer(p *Reference) {
	m.reference, m.potential.Reference = p, p.ofSpecies(m.types)
}

// evaluation is that of [hamiltonian].
func (m *manyBodyModel) evaluation() evaluation { return &manyBodyEvaluation{m: m} }

// velocities is that of [hamiltonian]: p/m.
func (m *manyBodyModel) velocities(dst []float64, f *Frame, _ *Graph) error {
	if err := f.check(); err != nil {
		return err
	}
	kineticEnergy(dst, f.P, f.Mass, f.Dim)
	return nil
}

// kineticEnergy returns Σ |p|²/2m and writes p/m into qdot unless that is nil.
func kineticEnergy(qdot, p, mass []float64, dim int) (energy float64) {
	for i, x := range p {
		v := x / mass[i/dim]
		energy = math.FMA(0.5*x, v, energy)
		if qdot != nil {
			qdot[i] = v
		}
	}
	return energy
}

// A manyBodyEvaluation is a workspace for a manyBodyModel.
type manyBodyEvaluation struct {
	m    *manyBodyModel
	f    *Frame
	s    manybody.Structure
	eval *manybody.Evaluator
	n    int // workers of eval
}

// reset is that of [evaluation].
func (e *manyBodyEvaluation) reset(f *Frame, _ *Graph, workers int) error {
	if err := f.check(); err != nil {
		return err
	}
	if e.eval == nil || e.n != workers {
		e.eval, e.n = manybody.NewEvaluator(&e.m.potential, workers), workers
	}
	e.f = f
	return e.m.structure(&e.s, f)
}

// structure fills s with f.
func (m *manyBodyModel) structure(s *manybody.Structure, f *Frame) error {
	if err := m.describe(s, f); err != nil {
		return err
	}
	s.Place(f.Q, f.Dim)
	return nil
}

// describe fills s with f, but for the positions.
func (m *manyBodyModel) describe(s *manybody.Structure, f *Frame) error {
	s.Species = grow(s.Species, f.Nodes())
	for i, t := range f.Species {
		n := m.number(t)
		if n < 0 {
			return f.errorf("body %d is of species %d, which the model does not know (it knows %v)", i, t, m.types)
		}
		s.Species[i] = n
	}
	s.Cell = f.Box.edges()
	for a := range 3 {
		s.Periodic[a] = m.periodic && a < f.Dim && f.Box.Periodic[a]
	}
	return nil
}

// at is that of [evaluation].
func (e *manyBodyEvaluation) at(pdot, qdot, q, p []float64) (float64, error) {
	if err := e.evaluate(q, 1); err != nil {
		return 0, err
	}
	_, energy := e.eval.Read(0)
	if pdot != nil {
		force(pdot, e.eval.Gradient, e.f.Dim)
	}
	return energy + kineticEnergy(qdot, p, e.f.Mass, e.f.Dim), nil
}

// evaluate computes the first sets sets of coefficients at q.
func (e *manyBodyEvaluation) evaluate(q []float64, sets int) error {
	e.s.Place(q, e.f.Dim)
	if err := e.eval.Find(&e.s); err != nil {
		return e.f.errorf("%v", err)
	}
	e.eval.Evaluate(&e.s, sets)
	return nil
}

// counts is that of [evaluation].
func (e *manyBodyEvaluation) counts() (outside, evaluated int64) {
	closer, edges := e.eval.Edges()
	return int64(closer), int64(edges)
}

// force writes the negative of a gradient in three dimensions into dst, which has dim.
func force(dst, gradient []float64, dim int) {
	for i := range dst {
		dst[i] = -gradient[i/dim*3+i%dim]
	}
}
