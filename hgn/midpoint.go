package hgn

import (
	"errors"
	"math"
)

// midpointIterations bounds the fixed-point iterations of a step.
const midpointIterations = 200

// errMidpoint says that the equations of a step have no solution near the state.
var errMidpoint = errors.New("the iteration of an implicit step does not converge; a smaller time step may help")

// errRough says it of the first step.
var errRough = errors.New("the iteration of an implicit step does not converge: a smaller time step may help, or the derivatives of the model are too rough; networks are smoother with an edge readout")

// A midpoint moves the bodies of a [Model.Rollout] by any H with the implicit midpoint rule,
//
//	y′ = y + dt J ∇H((y + y′)/2),
//
// symplectic, symmetric and of second order (Hairer, Lubich and Wanner, Geometric Numerical
// Integration, 2006, section II.1.2), solved by fixed-point iteration down to rounding.
type midpoint struct {
	evaluation
	f    *Frame // masses
	q, p []float64

	derivatives    []float64 // q̇, then ṗ, at the middle of the last step: the first guess
	mq, mp         []float64 // the middle of a step
	qdot, pdot     []float64 // derivatives of the state
	h              float64   // its energy
	outside, edges int64     // of a step
}

// newMidpoint begins at f.
func newMidpoint(e evaluation, f *Frame, opt *RolloutOptions) (*midpoint, error) {
	r := &midpoint{evaluation: e, f: f, derivatives: make([]float64, 2*len(f.Q))}
	for _, x := range []*[]float64{&r.q, &r.p, &r.mq, &r.mp, &r.qdot, &r.pdot} {
		*x = make([]float64, len(f.Q))
	}
	return r, e.reset(f, opt.Graph, opt.Workers)
}

// place is that of [mover].
func (r *midpoint) place(q, p []float64, m *memory) error {
	if m != nil && len(m.reference) != len(r.derivatives) {
		return errMemory
	}
	copy(r.q, q)
	copy(r.p, p)
	r.outside, r.edges = 0, 0
	if err := r.look(); err != nil {
		return err
	}
	if m != nil {
		copy(r.derivatives, m.reference)
	} else {
		copy(r.derivatives, r.qdot)
		copy(r.derivatives[len(r.q):], r.pdot)
	}
	return nil
}

// look evaluates H and its derivatives at the present state.
func (r *midpoint) look() (err error) {
	r.h, err = r.evaluate(r.pdot, r.qdot, r.q, r.p)
	return err
}

// evaluate is at of [evaluation], and counts.
func (r *midpoint) evaluate(pdot, qdot, q, p []float64) (float64, error) {
	h, err := r.at(pdot, qdot, q, p)
	outside, edges := r.evaluation.counts()
	r.outside, r.edges = r.outside+outside, r.edges+edges
	return h, err
}

// advance is that of [mover].
func (r *midpoint) advance(lengths []float64) error {
	r.outside, r.edges = 0, 0
	for _, dt := range lengths {
		if err := r.step(dt); err != nil {
			return err
		}
	}
	return r.look()
}

// step makes one of length dt.
func (r *midpoint) step(dt float64) error {
	qdot, pdot := r.derivatives[:len(r.q)], r.derivatives[len(r.q):]
	last := math.Inf(1)
	for iteration := 0; ; iteration++ {
		change := 0.0
		for i := range r.q {
			x, y := r.q[i]+float64(dt/2*qdot[i]), r.p[i]+float64(dt/2*pdot[i])
			if iteration > 0 {
				change = max(change, math.Abs(x-r.mq[i])/(1+math.Abs(x)), math.Abs(y-r.mp[i])/(1+math.Abs(y)))
			}
			r.mq[i], r.mp[i] = x, y
		}
		// Rounding ends the decrease of what a contraction changes.
		if iteration > 0 && (change <= 0x1p-50 || change <= 0x1p-40 && change >= last) {
			break
		}
		if iteration == midpointIterations || math.IsNaN(change) {
			return errMidpoint
		}
		if iteration > 0 {
			last = change
		}
		if _, err := r.evaluate(pdot, qdot, r.mq, r.mp); err != nil {
			return err
		}
	}
	kick(r.q, qdot, dt)
	kick(r.p, pdot, dt)
	return nil
}

// energies is that of [mover]; the kinetic one is Σ |p|²/2m, whatever H holds.
func (r *midpoint) energies() (potential, kinetic float64) {
	kinetic = kineticEnergy(nil, r.p, r.f.Mass, r.f.Dim)
	return r.h - kinetic, kinetic
}

// counts is that of [mover].
func (r *midpoint) counts() (outside, evaluated int64) { return r.outside, r.edges }

// show is that of [mover].
func (r *midpoint) show(f *Frame) {
	copy(f.Q, r.q)
	copy(f.P, r.p)
	copy(f.QDot, r.qdot)
	copy(f.PDot, r.pdot)
}

// memory is that of [mover].
func (r *midpoint) memory() memory { return memory{reference: r.derivatives} }
