package hgn

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
)

// A mover holds the moving state of a rollout.
type mover interface {
	// place sets the state and computes its forces and energies. Neighbour lists are
	// those of the reference positions, and kinetic energies are tabulated as far as
	// kineticRange, if there are any; 0: what the state needs.
	place(reference, q, p []float64, kineticRange float64) error
	// advance makes a step of dt, whose stages sum up to 1.
	advance(dt float64, stages []float64) error
	// energies returns those of the present state.
	energies() (potential, kinetic float64)
	// counts returns how many edges advance, or place, evaluated, and how many of them
	// were outside the training range.
	counts() (outside, evaluated int64)
	// show writes the state, by body, into Q, P, QDot and PDot of f.
	show(f *Frame)
	// reference returns what place needs to go on from here, valid until the next call.
	reference() (positions []float64, kineticRange float64)
}

// errNotFinite says that a number has overflowed.
var errNotFinite = errors.New("the energy is no longer finite; a smaller time step may help")

// explosion is how many times the kinetic energy at the start is an energy that has
// nothing to do with the motion.
const explosion = 1e4

// A pairRollout keeps the books of [Model.Rollout].
type pairRollout struct {
	mover
	m   *pairModel
	f   Frame // the state, when it is shown
	opt *RolloutOptions

	step0, step int64
	named       string // the identity of the rollout, once it is known
	books       books
	fraction    float64 // edges outside the training range in the last step
	begin       time.Time
	paused      time.Duration
}

// books are what a rollout has found so far; a checkpoint keeps them.
type books struct {
	h0, kinetic0       float64 // energies of the start
	drift              float64
	outside, evaluated int64
	warned             bool // edges were outside the training range
}

// rollout is that of [hamiltonian].
func (m *pairModel) rollout(ctx context.Context, start *Frame, opt *RolloutOptions) (*RolloutReport, error) {
	if opt.StopSigma > 0 {
		return nil, fmt.Errorf("hgn: the encoding %v gives no standard deviations", Invariant)
	}
	if opt.Table == DefaultTable {
		opt.Table = defaultTable
	}
	team := parallel.NewTeam(opt.Workers)
	defer team.Close()
	r, err := newPairRollout(m, start, opt, team)
	if err != nil {
		return nil, err
	}
	if opt.Restart == nil {
		if err := r.present(); err != nil {
			return nil, err
		}
	}
	r.begin = time.Now()
	stages := []float64{1}
	if opt.Order == 4 {
		stages = suzuki()
	}
	first := r.step
	for r.step < int64(opt.Steps) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := r.advance(opt.DT, stages); err != nil {
			return nil, r.failed(err)
		}
		r.step++
		if err := r.after(); err != nil {
			return nil, err
		}
	}
	return &RolloutReport{
		Steps:        opt.Steps,
		Made:         int(max(0, r.step-first)),
		Sigma:        math.NaN(),
		EnergyDrift:  ratio(r.books.drift, math.Abs(r.books.kinetic0)),
		Extrapolated: ratio(float64(r.books.outside), float64(r.books.evaluated)),
		Seconds:      (time.Since(r.begin) - r.paused).Seconds(),
	}, nil
}

func newPairRollout(m *pairModel, start *Frame, opt *RolloutOptions, team *parallel.Team) (*pairRollout, error) {
	r := &pairRollout{m: m, opt: opt, step0: start.Step}
	if err := start.check(); err != nil {
		return nil, err
	}
	r.f.CopyFrom(start)
	r.f.QDot, r.f.PDot = make([]float64, len(start.Q)), make([]float64, len(start.Q))
	r.f.HasEnergy = false
	reach := 0.0
	if m.cutoff > 0 {
		if m.periodic {
			if err := r.f.Box.check(r.f.Dim, m.cutoff); err != nil {
				return nil, r.f.errorf("%v", err)
			}
		}
		reach = m.cutoff + opt.Skin
		for a := range r.f.Dim {
			if m.periodic && r.f.Box.Periodic[a] {
				reach = min(reach, r.f.Box.Length(a)/2)
			}
		}
	} else {
		find := pairFinder{fixed: opt.Graph, periodic: m.periodic}
		if _, err := find.edges(&r.f); err != nil {
			return nil, err
		}
	}
	if opt.Table > 0 {
		t, err := newTabled(m, &r.f, opt.Graph, reach, opt.Table, opt.Workers, team)
		if err != nil {
			return nil, err
		}
		if t != nil {
			r.mover = t
		}
	}
	if r.mover == nil {
		d, err := newDirect(m, &r.f, opt.Graph, reach, opt.Table, opt.Workers)
		if err != nil {
			return nil, err
		}
		r.mover = d
	}
	if c := opt.Restart; c != nil {
		return r, r.restart(c)
	}
	if err := r.place(r.f.Q, r.f.Q, r.f.P, 0); err != nil {
		if _, ok := err.(*FrameError); ok {
			return nil, err
		}
		return nil, r.f.errorf("%v", err)
	}
	r.f.Line = 0 // from here on the step says more
	v, t := r.energies()
	r.books.h0, r.books.kinetic0 = v+t, t
	r.count()
	return r, nil
}

// count adds the edges of a step to the books.
func (r *pairRollout) count() {
	outside, evaluated := r.counts()
	r.books.outside += outside
	r.books.evaluated += evaluated
	r.fraction = 0
	if outside > 0 {
		r.fraction = float64(outside) / float64(evaluated)
	}
}

// present shows the state after a step, and says or stops if edges were outside the
// training range.
func (r *pairRollout) present() error {
	if err := r.show(int(r.step)); err != nil {
		return err
	}
	if s := r.opt.StopFraction; s > 0 && r.fraction > s {
		return r.failed(fmt.Errorf("%.3g of the edges are outside the training range", r.fraction))
	}
	if r.fraction > 0 && !r.books.warned {
		r.books.warned = true
		if r.opt.Extrapolating != nil {
			r.opt.Extrapolating(int(r.step), r.fraction)
		}
	}
	return nil
}

// after keeps the books after a step.
func (r *pairRollout) after() error {
	r.f.Step = r.step0 + r.step
	v, t := r.energies()
	change := math.Abs(v + t - r.books.h0)
	switch {
	case !(change <= math.MaxFloat64):
		return r.failed(errNotFinite)
	case r.books.kinetic0 > 0 && change > explosion*r.books.kinetic0:
		return r.failed(fmt.Errorf("the energy has changed by %.3g times the kinetic energy at the start; a smaller time step may help", change/r.books.kinetic0))
	}
	r.books.drift = max(r.books.drift, change)
	r.count()
	if err := r.present(); err != nil {
		return err
	}
	if r.opt.Checkpoint != nil && r.step%int64(r.opt.CheckpointEvery) == 0 {
		return r.offTheClock(func() error { return r.opt.Checkpoint(r.checkpoint()) })
	}
	return nil
}

// show hands the state to the caller, if it is due.
func (r *pairRollout) show(step int) error {
	if r.opt.Due != nil && !r.opt.Due(step) || r.opt.Observe == nil && r.opt.Watch == nil {
		return nil
	}
	return r.offTheClock(func() error {
		r.mover.show(&r.f)
		if r.opt.Watch != nil {
			w := Watch{Step: step}
			w.Potential, w.Kinetic = r.energies()
			for i, p := range r.f.P {
				w.Momentum[i%r.f.Dim] += p
			}
			w.Extrapolated = r.fraction
			if err := r.opt.Watch(w); err != nil {
				return err
			}
		}
		if r.opt.Observe == nil {
			return nil
		}
		return r.opt.Observe(step, &r.f)
	})
}

// offTheClock calls f in time that does not count.
func (r *pairRollout) offTheClock(f func() error) error {
	pause := time.Now()
	err := f()
	if !r.begin.IsZero() {
		r.paused += time.Since(pause)
	}
	return err
}

// failed names the step at which err stopped the rollout, and the body that is to blame
// if there is one.
func (r *pairRollout) failed(err error) error {
	if fault, ok := err.(*FrameError); ok {
		err = errors.New(fault.Cause)
	}
	r.mover.show(&r.f)
	for i, x := range r.f.Q {
		if y := r.f.P[i]; x-x != 0 || y-y != 0 {
			err = fmt.Errorf("the state of body %d is no longer finite; a smaller time step may help", i/r.f.Dim)
			break
		}
	}
	return r.f.errorf("after %d steps: %v", r.step, err)
}
