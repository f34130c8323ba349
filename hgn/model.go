package hgn

import (
	"fmt"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
	"github.com/rapidhgn/rapidhgn/internal/safetensors"
)

// A Model is a learned Hamiltonian H(q, p). What it is a sum of is its [Encoding].
//
// A Model does not change; its methods may be called concurrently.
type Model struct{ hamiltonian }

// A hamiltonian is one encoding of a Model with its coefficients.
type hamiltonian interface {
	// reach returns the cutoff within which bodies interact, 0 if the edges are
	// fixed, and whether differences are those of nearest images.
	reach() (cutoff float64, periodic bool)
	// evaluation returns a workspace for states of one system after the other.
	evaluation() evaluation
	// velocities is [Model.Velocities].
	velocities(dst []float64, f *Frame, g *Graph) error
	// mover returns what makes the steps of [Model.Rollout] with the bodies of f, whose
	// step it may name in errors; opt was checked and holds its defaults, but for Table.
	mover(f *Frame, opt *RolloutOptions, team *parallel.Team) (mover, error)
	// file returns the content of the model file, with [keyEncoding] in its metadata.
	file() safetensors.File
}

// An evaluation computes energies and their derivatives for one goroutine. What it
// computes does not depend on the number of workers.
type evaluation interface {
	// reset prepares for the bodies of f with the edges g, which the model was found
	// to take, or with those within its cutoff. The error may be a [*FrameError].
	reset(f *Frame, g *Graph, workers int) error
	// at returns H at (q, p) and writes ṗ and q̇ unless they are nil: −∂H/∂q, less the
	// friction if there is one, and ∂H/∂p.
	at(pdot, qdot, q, p []float64) (float64, error)
	// counts returns how many edges the last call of at evaluated, and how many of
	// them were outside the training range.
	counts() (outside, evaluated int64)
}

// Cutoff is the distance within which bodies interact, 0 if the edges are fixed.
func (m *Model) Cutoff() float64 {
	cutoff, _ := m.reach()
	return cutoff
}

// Periodic says whether the model uses the nearest images in a frame's periodic
// directions.
func (m *Model) Periodic() bool {
	_, periodic := m.reach()
	return periodic
}

// ManyBody says whether m is of the encoding [ManyBody].
func (m *Model) ManyBody() bool {
	_, is := m.hamiltonian.(*manyBodyModel)
	return is
}

// Energy returns H of f. The edges g are those of a model with fixed edges, nil
// for a model with a cutoff. The error is a [*FrameError] of f, or says that g
// does not go with the model.
func (m *Model) Energy(f *Frame, g *Graph) (float64, error) {
	if err := m.fits(g); err != nil {
		return 0, err
	}
	e := m.evaluation()
	if err := e.reset(f, g, 1); err != nil {
		return 0, err
	}
	return e.at(nil, nil, f.Q, f.P)
}

// Forces writes ṗ = −∂H/∂q − γ q̇ of f into dst, an array like f.Q, γ being 0 but for
// models with [Damping], and returns how many edges were longer or shorter than any in
// training. The edges g are as for
// [Model.Energy], the errors too. Forces panics if len(dst) != len(f.Q).
func (m *Model) Forces(dst []float64, f *Frame, g *Graph) (outside int, err error) {
	if len(dst) != len(f.Q) {
		panic("hgn: len(dst) != len(f.Q)")
	}
	if err := m.fits(g); err != nil {
		return 0, err
	}
	e := m.evaluation()
	if err := e.reset(f, g, 1); err != nil {
		return 0, err
	}
	if _, err := e.at(dst, nil, f.Q, f.P); err != nil {
		return 0, err
	}
	n, _ := e.counts()
	return int(n), nil
}

// Velocities writes ∂H/∂p of f into dst, an array like f.P. The edges g and the
// errors are as for [Model.Energy]; where velocities depend on momenta alone, as with
// [Invariant] unless momenta are coupled, g is not looked at. Velocities panics if len(dst) != len(f.P).
func (m *Model) Velocities(dst []float64, f *Frame, g *Graph) error {
	if len(dst) != len(f.P) {
		panic("hgn: len(dst) != len(f.P)")
	}
	return m.velocities(dst, f, g)
}

// fits says whether edges g, which may be nil, go with m.
func (m *Model) fits(g *Graph) error {
	switch cutoff, _ := m.reach(); {
	case cutoff > 0 && g != nil:
		return fmt.Errorf("hgn: the model has a cutoff; it takes no fixed edges")
	case cutoff == 0 && g == nil:
		return fmt.Errorf("hgn: the model was trained on fixed edges and needs them")
	}
	return nil
}
