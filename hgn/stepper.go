package hgn

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
)

// errNotFinite says that a number has overflowed.
var errNotFinite = errors.New("the energy is no longer finite; a smaller time step may help")

// explosion is how many times the kinetic energy at the start is an energy that has
// nothing to do with the motion.
const explosion = 1e4

// A stepper makes the steps of [Model.Rollout] and keeps its books.
type stepper struct {
	mover
	m   *Model
	f   Frame // the state, when it is shown
	opt *RolloutOptions

	step0, step int64
	named       string // the identity of the rollout, once it is known
	books       books
	fraction    float64 // edges outside the training range in the last step
	body        int     // whose force is the least sure
	begin       time.Time
	paused      time.Duration
}

// books are what a rollout has found so far; a checkpoint keeps them.
type books struct {
	h0, kinetic0       float64 // energies of the start
	drift              float64
	outside, evaluated int64
	warned             bool    // edges were outside the training range
	sigma, grade       float64 // the largest standard deviation of a force and grade of a body, NaN if the model has none
}

// errUncertain ends a rollout early.
var errUncertain = errors.New("hgn: a force is too uncertain")

// run makes the steps of [Model.Rollout]; opt was checked and holds its defaults.
func (m *Model) run(ctx context.Context, start *Frame, opt *RolloutOptions) (*RolloutReport, error) {
	team := parallel.NewTeam(opt.Workers)
	defer team.Close()
	r, err := newStepper(m, start, opt, team)
	if err != nil {
		return nil, err
	}
	first := r.step
	err = r.steps(ctx)
	if err != nil && err != errUncertain {
		return nil, err
	}
	report := &RolloutReport{
		Steps:        int(max(r.step, first)),
		Made:         int(max(0, r.step-first)),
		EnergyDrift:  ratio(r.books.drift, math.Abs(r.books.kinetic0)),
		Extrapolated: ratio(float64(r.books.outside), float64(r.books.evaluated)),
		Seconds:      (time.Since(r.begin) - r.paused).Seconds(),
		Sigma:        r.books.sigma,
		Grade:        r.books.grade,
	}
	if err == errUncertain {
		report.Stopped, report.Body = true, r.body
	}
	return report, nil
}

// steps makes them.
func (r *stepper) steps(ctx context.Context) error {
	r.begin = time.Now()
	if r.opt.Restart == nil {
		if err := r.present(); err != nil {
			return err
		}
	}
	lengths := []float64{1}
	if r.opt.Order == 4 {
		lengths = suzuki()
	}
	for k := range lengths {
		lengths[k] *= r.opt.DT
	}
	for r.step < int64(r.opt.Steps) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.advance(lengths); err != nil {
			return r.failed(err)
		}
		r.step++
		if err := r.after(); err != nil {
			return err
		}
	}
	return nil
}

func newStepper(m *Model, start *Frame, opt *RolloutOptions, team *parallel.Team) (*stepper, error) {
	if err := start.check(); err != nil {
		return nil, err
	}
	r := &stepper{m: m, opt: opt, step0: start.Step}
	r.books.sigma, r.books.grade = math.NaN(), math.NaN()
	r.f.CopyFrom(start)
	r.f.QDot, r.f.PDot = make([]float64, len(start.Q)), make([]float64, len(start.Q))
	r.f.HasEnergy, r.f.HasStress, r.f.HasTime = false, false, false
	var err error
	if r.mover, err = m.mover(&r.f, opt, team); err != nil {
		return nil, err
	}
	if c := opt.Restart; c != nil {
		return r, r.restart(c)
	}
	if err := r.place(r.f.Q, r.f.P, nil); err != nil {
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
func (r *stepper) count() {
	outside, evaluated := r.counts()
	r.books.outside += outside
	r.books.evaluated += evaluated
	r.fraction = 0
	if outside > 0 {
		r.fraction = float64(outside) / float64(evaluated)
	}
}

// present shows the state after a step, and says or stops if edges were outside the
// training range or forces are not sure.
func (r *stepper) present() error {
	stop := r.unsure()
	if err := r.show(int(r.step), stop); err != nil {
		return err
	}
	if stop {
		return errUncertain
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
func (r *stepper) after() error {
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

// sigmaSteps is the number of steps after which the standard deviations are looked at.
const sigmaSteps = 10

// unsure looks how sure the forces are, where the model says it and it is time to, and says
// whether they are less so than the caller allows.
func (r *stepper) unsure() (stop bool) {
	m, ok := r.mover.(doubtful)
	if !ok || r.step%sigmaSteps != 0 {
		return false
	}
	r.offTheClock(func() error {
		body, sigma, grade := m.sigma()
		if !(grade <= r.books.grade) { // NaN at first
			r.books.grade = grade
		}
		if !(sigma <= r.books.sigma) {
			r.books.sigma = sigma
		}
		r.body, stop = body, r.opt.StopSigma > 0 && sigma > r.opt.StopSigma
		return nil
	})
	return stop
}

// show hands the state to the caller, if it is due or the last one.
func (r *stepper) show(step int, last bool) error {
	due := r.opt.Due == nil || r.opt.Due(step)
	if !due && !last || r.opt.Observe == nil && r.opt.Watch == nil {
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
func (r *stepper) offTheClock(f func() error) error {
	pause := time.Now()
	err := f()
	if !r.begin.IsZero() {
		r.paused += time.Since(pause)
	}
	return err
}

// failed names the step at which err stopped the rollout, and the body that is to blame
// if there is one.
func (r *stepper) failed(err error) error {
	if err == errMidpoint && r.step == 0 {
		err = errRough
	}
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
