package hgn

import (
	"context"
	"errors"
	"math"
	"time"
)

// rollout is that of [hamiltonian].
func (m *manyBodyModel) rollout(ctx context.Context, start *Frame, opt *RolloutOptions) (*RolloutReport, error) {
	r := &manyBodyRollout{opt: opt, step0: start.Step, report: &RolloutReport{Steps: opt.Steps, Sigma: math.NaN()}}
	if err := opt.plain(ManyBody); err != nil {
		return nil, err
	}
	if opt.StopSigma > 0 && m.potential.Sets() < 2 {
		return nil, errors.New("hgn: the model has no members that would give a standard deviation")
	}
	if err := opt.plain(ManyBody); err != nil {
		return nil, err
	}
	r.m = m
	r.state.CopyFrom(start)
	r.state.QDot, r.state.PDot = make([]float64, len(start.Q)), make([]float64, len(start.Q))
	r.state.HasEnergy, r.state.HasStress = false, false
	if err := r.reset(&r.state, nil, opt.Workers); err != nil {
		return nil, err
	}
	r.state.Line = 0 // from here on the step says more
	if err := r.Forces(r.state.PDot, r.state.Q); err != nil {
		return nil, err
	}
	r.outside, r.evaluated = 0, 0 // Verlet evaluates the start again
	r.kinetic0 = kineticEnergy(r.state.QDot, r.state.P, r.state.Mass, r.state.Dim)
	r.h0 = r.potential + r.kinetic0
	if err := r.look(0); err != nil {
		return r.report, r.ended(err)
	}
	begin := time.Now()
	integrate := Verlet
	if opt.Order == 4 {
		integrate = Suzuki
	}
	err := integrate(ctx, r, r.state.Q, r.state.P, opt.DT, opt.Steps, r.after)
	r.report.Made = r.report.Steps
	r.report.EnergyDrift = ratio(r.drift, r.kinetic0)
	r.report.Extrapolated = ratio(float64(r.outside), float64(r.evaluated))
	r.report.Made = r.report.Steps
	r.report.Seconds = (time.Since(begin) - r.paused).Seconds()
	if err = r.ended(err); err != nil {
		return nil, err
	}
	return r.report, nil
}

// errUncertain ends a rollout early.
var errUncertain = errors.New("hgn: a force is too uncertain")

// A manyBodyRollout is a Separable that also keeps the books of [Model.Rollout].
type manyBodyRollout struct {
	manyBodyEvaluation
	opt        *RolloutOptions
	report     *RolloutReport
	state      Frame // the moving state
	prediction prediction

	step0               int64
	potential           float64 // of the last call of Forces
	h0, kinetic0, drift float64
	outside, evaluated  int64
	paused              time.Duration
}

// Forces is that of [Separable].
func (r *manyBodyRollout) Forces(dst, q []float64) (err error) {
	if r.potential, err = r.at(dst, nil, q, nil); err != nil {
		return err
	}
	outside, evaluated := r.counts()
	r.outside, r.evaluated = r.outside+outside, r.evaluated+evaluated
	return nil
}

// Velocities is that of [Separable].
func (r *manyBodyRollout) Velocities(dst, p []float64) {
	kineticEnergy(dst, p, r.state.Mass, r.state.Dim)
}

// after keeps the books after a step.
func (r *manyBodyRollout) after(step int) error {
	r.state.Step = r.step0 + int64(step)
	h := r.potential + kineticEnergy(nil, r.state.P, r.state.Mass, r.state.Dim)
	if math.IsNaN(h) || math.IsInf(h, 0) {
		return r.state.errorf("after %d steps: the energy is no longer finite; a smaller time step may help", step)
	}
	r.drift = max(r.drift, math.Abs(h-r.h0))
	return r.look(step)
}

// look hands the state to the caller where it is due, and looks how sure the forces are.
func (r *manyBodyRollout) look(step int) error {
	pause := time.Now()
	defer func() {
		if step > 0 {
			r.paused += time.Since(pause)
		}
	}()
	due := r.opt.Due == nil || r.opt.Due(step)
	stopped := r.uncertain(step)
	if r.opt.Observe != nil && (due || stopped) {
		kineticEnergy(r.state.QDot, r.state.P, r.state.Mass, r.state.Dim)
		force(r.state.PDot, r.eval.Gradient, r.state.Dim)
		if err := r.opt.Observe(step, &r.state); err != nil {
			return err
		}
	}
	if stopped {
		return errUncertain
	}
	return nil
}

// sigmaSteps is the number of steps after which the standard deviations are looked at.
const sigmaSteps = 10

// uncertain finds the largest standard deviation of a force and says whether it is beyond
// what the caller allows.
func (r *manyBodyRollout) uncertain(step int) bool {
	sets := r.m.potential.Sets()
	if sets < 2 || step%sigmaSteps != 0 {
		return false
	}
	r.eval.Evaluate(&r.s, sets)
	r.prediction.read(r.eval, &r.state, sets)
	r.eval.Read(0)
	body, sigma := 0, 0.0
	for i, s2 := range r.prediction.forceSpread2 {
		if s := r.m.deviation.force.sigma(s2); s > sigma {
			body, sigma = i/r.state.Dim, s
		}
	}
	if !(sigma <= r.report.Sigma) { // NaN at first
		r.report.Sigma = sigma
	}
	if r.opt.StopSigma > 0 && sigma > r.opt.StopSigma {
		r.report.Stopped, r.report.Body, r.report.Steps = true, body, step
		return true
	}
	return false
}

// ended returns err unless it is that of a stop that was asked for.
func (r *manyBodyRollout) ended(err error) error {
	if errors.Is(err, errUncertain) {
		return nil
	}
	return err
}
