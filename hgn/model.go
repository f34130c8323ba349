package hgn

import (
	"fmt"
)

// A Model is a learned Hamiltonian in the invariant encoding,
//
//	H(q, p) = b + Σ_(ij) V(|q_j − q_i|) + Σ_i T(|p_i|²/m_i)
//
// with one V per unordered pair of species and one T per species, each a sum of
// random features of its argument, T being 0 at rest. Between the shortest and the
// longest distance seen in training (under a cutoff: from a little less up to the
// cutoff) V is that sum; outside it continues as a parabola, V′ as a straight line,
// with a slope at the short end that never lets V turn attractive.
//
// The constant of V is arbitrary on fixed edges. Where masses or charges multiply V,
// energies of states that differ in these have no common zero.
//
// A Model does not change; its methods may be called concurrently.
type Model struct {
	interaction
	speciesTable
	radials  []radial  // by pairIndex
	kinetics []kinetic // by species
	offset   float64   // b
	settings settings
}

// Cutoff is the distance within which bodies interact, 0 if the edges are fixed.
func (m *Model) Cutoff() float64 { return m.cutoff }

// Periodic says whether the model uses the nearest images in a frame's periodic
// directions.
func (m *Model) Periodic() bool { return m.periodic }

// Energy returns H of f. The edges g are those of a model with fixed edges, nil
// for a model with a cutoff. The error is a [*FrameError] of f, or says that g
// does not go with the model.
func (m *Model) Energy(f *Frame, g *Graph) (float64, error) {
	var e evaluator
	if err := e.reset(m, f, g, 1); err != nil {
		return 0, err
	}
	potential, err := e.potential(f.Q)
	if err != nil {
		return 0, err
	}
	return potential + e.kinetic(nil, f.P) + m.offset, nil
}

// Forces writes −∂H/∂q of f into dst, an array like f.Q, and returns how many
// edges were longer or shorter than any in training. The edges g are as for
// [Model.Energy], the errors too. Forces panics if len(dst) != len(f.Q).
func (m *Model) Forces(dst []float64, f *Frame, g *Graph) (outside int, err error) {
	if len(dst) != len(f.Q) {
		panic("hgn: len(dst) != len(f.Q)")
	}
	var e evaluator
	if err := e.reset(m, f, g, 1); err != nil {
		return 0, err
	}
	if _, err := e.potential(f.Q); err != nil {
		return 0, err
	}
	e.forces(dst)
	return int(e.outside), nil
}

// Velocities writes ∂H/∂p of f into dst, an array like f.P. The error is a
// [*FrameError] of f. Velocities panics if len(dst) != len(f.P).
func (m *Model) Velocities(dst []float64, f *Frame) error {
	if len(dst) != len(f.P) {
		panic("hgn: len(dst) != len(f.P)")
	}
	var e evaluator
	if err := e.bodies(m, f, 1); err != nil {
		return err
	}
	e.kinetic(dst, f.P)
	return nil
}

// fits says whether edges g, which may be nil, go with m.
func (m *Model) fits(g *Graph) error {
	switch {
	case m.cutoff > 0 && g != nil:
		return fmt.Errorf("hgn: the model has a cutoff; it takes no fixed edges")
	case m.cutoff == 0 && g == nil:
		return fmt.Errorf("hgn: the model was trained on fixed edges and needs them")
	}
	return nil
}
