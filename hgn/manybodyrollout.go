package hgn

import (
	"slices"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
)

// A manyBodyMover moves the bodies of a [Model.Rollout] by a manyBodyModel.
type manyBodyMover struct {
	manyBodyEvaluation
	q, p, force, velocity []float64
	prediction            prediction

	potential, kinetic       float64
	outsideSum, evaluatedSum int64 // of a step
}

// A doubtfulMover is a manyBodyMover whose model has members that disagree.
type doubtfulMover struct{ *manyBodyMover }

// mover is that of [hamiltonian].
func (m *manyBodyModel) mover(f *Frame, opt *RolloutOptions, _ *parallel.Team) (mover, error) {
	sets := m.potential.Sets()
	if opt.StopSigma > 0 && sets < 2 {
		return nil, errNoMembers
	}
	r := &manyBodyMover{manyBodyEvaluation: manyBodyEvaluation{m: m}}
	if err := r.reset(f, nil, opt.Workers); err != nil {
		return nil, err
	}
	for _, x := range []*[]float64{&r.q, &r.p, &r.force, &r.velocity} {
		*x = make([]float64, len(f.Q))
	}
	if sets < 2 {
		return r, nil
	}
	return doubtfulMover{r}, nil
}

// place is that of [mover].
func (r *manyBodyMover) place(q, p []float64, m *memory) error {
	if m != nil && len(m.reference) > 0 {
		return errMemory
	}
	copy(r.q, q)
	copy(r.p, p)
	r.outsideSum, r.evaluatedSum = 0, 0
	err := r.Forces(r.force, r.q)
	r.kinetic = kineticEnergy(nil, r.p, r.f.Mass, r.f.Dim)
	return err
}

// advance is that of [mover].
func (r *manyBodyMover) advance(lengths []float64) error {
	r.outsideSum, r.evaluatedSum = 0, 0
	err := leap(r, r.q, r.p, r.force, r.velocity, lengths)
	r.kinetic = kineticEnergy(nil, r.p, r.f.Mass, r.f.Dim)
	return err
}

// Forces is that of [Separable].
func (r *manyBodyMover) Forces(dst, q []float64) (err error) {
	if r.potential, err = r.at(dst, nil, q, nil); err != nil {
		return err
	}
	outside, evaluated := r.manyBodyEvaluation.counts()
	r.outsideSum, r.evaluatedSum = r.outsideSum+outside, r.evaluatedSum+evaluated
	return nil
}

// Velocities is that of [Separable].
func (r *manyBodyMover) Velocities(dst, p []float64) { kineticEnergy(dst, p, r.f.Mass, r.f.Dim) }

// energies is that of [mover].
func (r *manyBodyMover) energies() (potential, kinetic float64) { return r.potential, r.kinetic }

// counts is that of [mover].
func (r *manyBodyMover) counts() (outside, evaluated int64) { return r.outsideSum, r.evaluatedSum }

// show is that of [mover].
func (r *manyBodyMover) show(f *Frame) {
	copy(f.Q, r.q)
	copy(f.P, r.p)
	copy(f.PDot, r.force)
	r.Velocities(f.QDot, r.p)
}

// memory is that of [mover]: there is none.
func (r *manyBodyMover) memory() memory { return memory{} }

// sigma is that of [doubtful].
func (r doubtfulMover) sigma() (body int, sigma, grade float64) {
	sets := r.m.potential.Sets()
	r.eval.Evaluate(&r.s, sets)
	r.prediction.read(r.eval, r.f, sets)
	r.eval.Read(0)
	for i, s2 := range r.prediction.forceSpread2 {
		if s := r.m.deviation.force.sigma(s2); s > sigma {
			body, sigma = i/r.f.Dim, s
		}
	}
	return body, sigma, r.m.deviation.grade(slices.Max(r.prediction.bodySpread2))
}
