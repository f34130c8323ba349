package hgn

import (
	"fmt"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
)

// A pairModel is a learned Hamiltonian in the encoding [Invariant].
type pairModel struct {
	interaction
	speciesTable
	radials  []radial  // by pairIndex
	kinetics []kinetic // by species
	offset   float64   // b

	couplings []coupling // by pairIndex; nil: H is T(p) + V(q)
	friction  friction
	reference *Reference
	settings  settings
}

// reach is that of [hamiltonian].
func (m *pairModel) reach() (cutoff float64, periodic bool) { return m.cutoff, m.periodic }

// refer adds a reference, unless it is nil, to the potentials.
func (m *pairModel) refer(p *Reference) {
	if m.reference = p; p == nil {
		return
	}
	for b, tb := range m.types {
		for a, ta := range m.types[:b+1] {
			m.radials[pairIndex(a, b)].reference = p.between(ta, tb)
		}
	}
}

// evaluation is that of [hamiltonian].
func (m *pairModel) evaluation() evaluation { return &evaluator{m: m} }

// velocities is that of [hamiltonian]; it needs edges where momenta are coupled.
func (m *pairModel) velocities(dst []float64, f *Frame, g *Graph) error {
	e := evaluator{m: m}
	if m.couplings != nil {
		if err := (&Model{m}).fits(g); err != nil {
			return err
		}
		if err := e.reset(f, g, 1); err != nil {
			return err
		}
		_, err := e.at(nil, dst, f.Q, f.P)
		return err
	}
	if err := e.bodies(f, 1); err != nil {
		return err
	}
	e.kinetic(dst, f.P)
	return nil
}

// at is that of [evaluation].
func (e *evaluator) at(pdot, qdot, q, p []float64) (float64, error) {
	potential, err := e.potential(q)
	if err != nil {
		return 0, err
	}
	if pdot != nil {
		e.forces(pdot)
		if qdot == nil && e.m.friction.of != NoDamping {
			e.moving = grow(e.moving, len(p))
			qdot = e.moving
		}
	}
	energy := potential + e.kinetic(qdot, p) + e.m.offset
	if e.m.couplings != nil {
		energy += e.couple(pdot, qdot, q, p)
	}
	if pdot != nil {
		e.m.friction.add(pdot, qdot, e.species, e.f.Dim)
	}
	return energy, nil
}

// counts is that of [evaluation].
func (e *evaluator) counts() (outside, evaluated int64) { return e.outside, e.evaluated }

// mover is that of [hamiltonian].
func (m *pairModel) mover(f *Frame, opt *RolloutOptions, team *parallel.Team) (mover, error) {
	if opt.StopSigma > 0 {
		return nil, fmt.Errorf("hgn: the encoding %v gives no standard deviations", Invariant)
	}
	switch {
	case m.couplings != nil && opt.Table > 0:
		return nil, fmt.Errorf("hgn: with coupled momenta there is no pair potential to tabulate")
	case m.reference != nil && opt.Table > 0:
		return nil, fmt.Errorf("hgn: a table would have to be finer where the reference is steep: there is none with a reference")
	case m.couplings != nil:
		opt.Table = 0
		return newMidpoint(&coupledEvaluation{evaluator{m: m}}, f, opt)
	case m.reference != nil:
		opt.Table = 0
	case opt.Table == DefaultTable:
		opt.Table = defaultTable
	}
	reach := 0.0
	if m.cutoff > 0 {
		if m.periodic {
			if err := f.Box.check(f.Dim, m.cutoff); err != nil {
				return nil, f.errorf("%v", err)
			}
		}
		reach = m.cutoff + opt.Skin
		for a := range f.Dim {
			if m.periodic && f.Box.Periodic[a] {
				reach = min(reach, f.Box.Length(a)/2)
			}
		}
	} else {
		find := pairFinder{fixed: opt.Graph, periodic: m.periodic}
		if _, err := find.edges(f); err != nil {
			return nil, err
		}
	}
	if m.friction.of != NoDamping {
		d, err := newDirect(m, f, opt.Graph, reach, opt.Table, opt.Workers)
		return &damped{direct: d}, err
	}
	if opt.Table > 0 {
		t, err := newTabled(m, f, opt.Graph, reach, opt.Table, opt.Workers, team)
		if err != nil {
			return nil, err
		}
		if t != nil {
			return t, nil
		}
	}
	return newDirect(m, f, opt.Graph, reach, opt.Table, opt.Workers)
}
