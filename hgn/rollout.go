package hgn

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
)

// RolloutOptions says how [Model.Rollout] integrates.
type RolloutOptions struct {
	Graph *Graph  // the edges, for a model with fixed edges
	DT    float64 // time step
	Order int     // of the integrator: 2, the default, or 4 (see [Suzuki]); networks have 2 alone
	Steps int     // number of steps

	// Skin is how far neighbour lists reach beyond the cutoff; they are rebuilt when
	// a body has moved half of it. Default 0.3, shortened to what half the box
	// allows; negative: none, lists are built for every step.
	Skin  float64
	Table int // tabulate V′ in that many cells; default: evaluate the features

	// Observe is called with the state at the start (step 0) and after every step, of
	// these only where Due is true unless it is nil. The frame, whose Step is that of
	// the start plus step, belongs to Rollout. An error ends the rollout and is
	// returned.
	Observe func(step int, f *Frame) error
	Due     func(step int) bool // called once for every step, in order

	// StopSigma ends the rollout where the standard deviation of a component of a force
	// is above it; what the model is not sure of is then the state that Observe was
	// called with last. 0: never. Models without standard deviations refuse it.
	StopSigma float64

	Workers int // goroutines; default GOMAXPROCS. The result does not depend on it
}

// A RolloutReport says what a rollout did.
type RolloutReport struct {
	Steps        int     // that were made
	EnergyDrift  float64 // max |H(t) − H(0)| over all steps, divided by the kinetic energy at the start; +Inf if that is 0 and there is a drift
	Extrapolated float64 // edge evaluations outside the training range over all
	Seconds      float64 // wall time of the steps, list builds included, Observe and tabulation excluded

	Sigma   float64 // largest standard deviation of a component of a force, seen every 10 steps; NaN if the model has none
	Stopped bool    // at RolloutOptions.StopSigma
	Body    int     // the body that Sigma is of, where the rollout was stopped
}

// Rollout integrates Hamilton's equations of m from the state start by the method
// of Störmer and Verlet (see [Verlet]), those of a network, which is not separable, by
// the implicit midpoint rule; or by a method of fourth order, see [Suzuki]. start is
// not changed.
//
// The error is a [*FrameError] naming the step where the motion cannot go on: two
// bodies at one point, a coordinate that is no longer finite; or it comes from
// ctx or Observe, or says that the edges do not go with the model.
func (m *Model) Rollout(ctx context.Context, start *Frame, opt RolloutOptions) (*RolloutReport, error) {
	switch {
	case !(math.Abs(opt.DT) > 0 && math.Abs(opt.DT) < math.Inf(1)):
		return nil, fmt.Errorf("hgn: time step %v is not a number other than 0", opt.DT)
	case opt.Order != 0 && opt.Order != 2 && opt.Order != 4:
		return nil, fmt.Errorf("hgn: an integrator of order %d; want 2 or 4", opt.Order)
	case opt.Steps < 0:
		return nil, fmt.Errorf("hgn: %d steps", opt.Steps)
	case opt.Table < 0 || opt.Table > MaxTable:
		return nil, fmt.Errorf("hgn: a table of %d cells is not in 0…%d", opt.Table, MaxTable)
	case !(opt.StopSigma >= 0):
		return nil, fmt.Errorf("hgn: a rollout cannot stop at a standard deviation of %v", opt.StopSigma)
	case !(opt.Skin < math.Inf(1)):
		return nil, fmt.Errorf("hgn: skin %v is not a length", opt.Skin)
	}
	switch {
	case opt.Skin == 0:
		opt.Skin = 0.3
	case opt.Skin < 0:
		opt.Skin = 0
	}
	opt.Workers = parallel.Workers(math.MaxInt, opt.Workers) // what GOMAXPROCS is now
	if err := m.fits(opt.Graph); err != nil {
		return nil, err
	}
	return m.rollout(ctx, start, &opt)
}

// rollout is that of [hamiltonian].
func (m *pairModel) rollout(ctx context.Context, start *Frame, opt *RolloutOptions) (*RolloutReport, error) {
	if opt.StopSigma > 0 {
		return nil, fmt.Errorf("hgn: the encoding %v gives no standard deviations", Invariant)
	}
	r, err := newRollout(m, start, opt)
	if err != nil {
		return nil, err
	}
	if err := r.observe(0); err != nil {
		return nil, err
	}
	r.begin = time.Now()
	integrate := Verlet
	if opt.Order == 4 {
		integrate = Suzuki
	}
	if err := integrate(ctx, r, r.f.Q, r.f.P, opt.DT, opt.Steps, r.after); err != nil {
		return nil, err
	}
	return &RolloutReport{
		Steps:        opt.Steps,
		Sigma:        math.NaN(),
		EnergyDrift:  ratio(r.drift, math.Abs(r.kinetic0)),
		Extrapolated: ratio(float64(r.outsideSum), float64(r.evaluatedSum)),
		Seconds:      (time.Since(r.begin) - r.paused).Seconds(),
	}, nil
}

// MaxTable bounds RolloutOptions.Table: 2²² cells are 160 MB.
const MaxTable = 1 << 22

// A rollout is a Separable that also keeps the books of [Model.Rollout].
type rollout struct {
	evaluator
	f   Frame // the moving state
	opt *RolloutOptions

	reach float64   // cutoff + skin
	built []float64 // positions at the last build of the list

	step0               int64
	step                int
	potentialNow        float64
	kineticNow          float64
	h0, kinetic0, drift float64

	outsideSum, evaluatedSum int64

	begin  time.Time
	paused time.Duration
}

func newRollout(m *pairModel, start *Frame, opt *RolloutOptions) (*rollout, error) {
	r := &rollout{evaluator: evaluator{m: m}, opt: opt, step0: start.Step}
	if err := start.check(); err != nil {
		return nil, err
	}
	r.f.CopyFrom(start)
	r.f.QDot = make([]float64, len(start.Q))
	r.f.PDot = make([]float64, len(start.Q))
	r.f.HasEnergy = false
	if err := r.evaluator.bodies(&r.f, opt.Workers); err != nil {
		return nil, err
	}
	r.find = pairFinder{fixed: opt.Graph, cutoff: m.cutoff, periodic: m.periodic}
	g, err := r.find.edges(&r.f)
	if err != nil {
		return nil, err
	}
	if m.cutoff > 0 {
		r.reach = m.cutoff + opt.Skin
		for a := range r.f.Dim {
			if m.periodic && r.f.Box.Periodic[a] {
				r.reach = min(r.reach, r.f.Box.Length(a)/2)
			}
		}
	} else if err := r.connect(g); err != nil {
		return nil, err
	}
	if opt.Table > 0 {
		for i := range m.radials {
			var c curve = &m.radials[i]
			if m.radials[i].seen() {
				c = newTable(&m.radials[i], opt.Table)
			}
			r.tables = append(r.tables, c)
		}
	}
	if err := r.Forces(r.f.PDot, r.f.Q); err != nil {
		return nil, err
	}
	r.outsideSum, r.evaluatedSum = 0, 0 // Verlet evaluates the start again
	r.Velocities(r.f.QDot, r.f.P)
	r.f.Line = 0 // from here on the step says more
	r.kinetic0 = r.kineticNow
	r.h0 = r.potentialNow + r.kineticNow
	return r, nil
}

// Forces is that of [Separable]. It rebuilds the neighbour list when it is due.
func (r *rollout) Forces(dst, q []float64) error {
	if r.reach > 0 && r.stale(q) {
		if err := r.find.list.build(&r.find.found, q, r.f.Dim, &r.f.Box, r.m.periodic, r.reach); err != nil {
			return r.failed(err)
		}
		if err := r.connect(&r.find.found); err != nil {
			return err
		}
		r.built = append(r.built[:0], q...)
	}
	energy, err := r.evaluator.potential(q)
	if err != nil {
		if lost := r.notFinite(); lost != nil {
			err = r.failed(lost)
		}
		return err
	}
	r.evaluator.forces(dst)
	r.potentialNow = energy
	r.outsideSum += r.outside
	r.evaluatedSum += r.evaluated
	return nil
}

// Velocities is that of [Separable].
func (r *rollout) Velocities(dst, p []float64) { r.kineticNow = r.evaluator.kinetic(dst, p) }

// stale says whether a body may have come within the cutoff of one that is not
// on its list: whether one has moved half the skin since the list was built.
func (r *rollout) stale(q []float64) bool {
	if r.built == nil {
		return true
	}
	half := 0.5 * (r.reach - r.m.cutoff)
	dim := r.f.Dim
	for i := 0; i < len(q); i += dim {
		s := 0.0
		for a := i; a < i+dim; a++ {
			d := q[a] - r.built[a]
			s = math.FMA(d, d, s)
		}
		if !(s < half*half) {
			return true
		}
	}
	return false
}

// after keeps the books after a step.
func (r *rollout) after(step int) error {
	r.step = step
	r.f.Step = r.step0 + int64(step)
	kinetic := r.evaluator.kinetic(nil, r.f.P)
	h := r.potentialNow + kinetic
	if math.IsNaN(h) || math.IsInf(h, 0) {
		err := r.notFinite()
		if err == nil {
			err = errors.New("the energy is no longer finite; a smaller time step may help")
		}
		return r.failed(err)
	}
	r.drift = max(r.drift, math.Abs(h-r.h0))
	if r.opt.Due != nil && !r.opt.Due(step) {
		return nil
	}
	return r.observe(step)
}

// observe hands the state to the caller, off the clock.
func (r *rollout) observe(step int) error {
	if r.opt.Observe == nil || step == 0 && r.opt.Due != nil && !r.opt.Due(0) {
		return nil
	}
	pause := time.Now()
	r.evaluator.kinetic(r.f.QDot, r.f.P)
	r.evaluator.forces(r.f.PDot)
	err := r.opt.Observe(step, &r.f)
	if step > 0 {
		r.paused += time.Since(pause)
	}
	return err
}

// failed names the step at which err stopped the rollout.
func (r *rollout) failed(err error) error {
	return r.f.errorf("after %d steps: %v", r.step, err)
}

// notFinite is an error that names the first body whose state is not finite, if any.
func (r *rollout) notFinite() error {
	for i, x := range r.f.Q {
		if y := r.f.P[i]; math.IsNaN(x) || math.IsInf(x, 0) || math.IsNaN(y) || math.IsInf(y, 0) {
			return fmt.Errorf("the state of body %d is no longer finite; a smaller time step may help", i/r.f.Dim)
		}
	}
	return nil
}
