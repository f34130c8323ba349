package hgn

import (
	"context"
	"errors"
	"math"
	"time"
)

// midpointIterations bounds the fixed-point iterations of a step.
const midpointIterations = 200

// errMidpoint says that the equations of a step have no solution near the state.
var errMidpoint = errors.New("the iteration of an implicit step does not converge; a smaller time step may help")

// midpoint advances (q, p) by steps of dt with the implicit midpoint rule,
//
//	y′ = y + dt J ∇H((y + y′)/2),
//
// symplectic, symmetric and of second order for every H (Hairer, Lubich and Wanner,
// Geometric Numerical Integration, 2006, section II.1.2), solved by fixed-point
// iteration down to rounding. at writes ṗ and q̇. After every step observe is called
// with the number of steps made.
func midpoint(ctx context.Context, at func(pdot, qdot, q, p []float64) error, q, p []float64, dt float64, steps int, observe func(step int) error) error {
	n := len(q)
	mq, mp := make([]float64, n), make([]float64, n)
	qdot, pdot := make([]float64, n), make([]float64, n) // of the step before: the first guess
	if steps > 0 {
		if err := at(pdot, qdot, q, p); err != nil {
			return err
		}
	}
	for step := 1; step <= steps; step++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		last := math.Inf(1)
		for iteration := 0; ; iteration++ {
			change := 0.0
			for i := range q {
				x, y := q[i]+float64(dt/2*qdot[i]), p[i]+float64(dt/2*pdot[i])
				if iteration > 0 {
					change = max(change, math.Abs(x-mq[i])/(1+math.Abs(x)), math.Abs(y-mp[i])/(1+math.Abs(y)))
				}
				mq[i], mp[i] = x, y
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
			if err := at(pdot, qdot, mq, mp); err != nil {
				return err
			}
		}
		kick(q, qdot, dt)
		kick(p, pdot, dt)
		if observe != nil {
			if err := observe(step); err != nil {
				return err
			}
		}
	}
	return nil
}

// rolloutByMidpoint is [Model.Rollout] for any H.
func rolloutByMidpoint(ctx context.Context, e evaluation, start *Frame, opt *RolloutOptions) (*RolloutReport, error) {
	var f Frame
	f.CopyFrom(start)
	f.HasEnergy = false
	f.QDot, f.PDot = make([]float64, len(f.Q)), make([]float64, len(f.P))
	if err := e.reset(&f, opt.Graph, opt.Workers); err != nil {
		return nil, err
	}
	h0, err := e.at(f.PDot, f.QDot, f.Q, f.P)
	if err != nil {
		return nil, err
	}
	f.Line = 0 // from here on the step says more
	kinetic := 0.0
	for i, p := range f.P {
		kinetic += 0.5 * p * p / f.Mass[i/f.Dim]
	}
	var drift float64
	var outside, evaluated int64
	var paused time.Duration
	observe := func(step int) error {
		if opt.Due != nil && !opt.Due(step) || opt.Observe == nil {
			return nil
		}
		pause := time.Now()
		err := opt.Observe(step, &f)
		if step > 0 {
			paused += time.Since(pause)
		}
		return err
	}
	if err := observe(0); err != nil {
		return nil, err
	}
	count := func() {
		o, n := e.counts()
		outside, evaluated = outside+o, evaluated+n
	}
	begin, made := time.Now(), 0
	err = midpoint(ctx, func(pdot, qdot, q, p []float64) error {
		_, err := e.at(pdot, qdot, q, p)
		count()
		return err
	}, f.Q, f.P, opt.DT, opt.Steps, func(step int) error {
		made = step
		f.Step = start.Step + int64(step)
		h, err := e.at(f.PDot, f.QDot, f.Q, f.P)
		if err != nil {
			return err
		}
		if math.IsNaN(h) || math.IsInf(h, 0) {
			return errMidpoint
		}
		drift = max(drift, math.Abs(h-h0))
		return observe(step)
	})
	if errors.Is(err, errMidpoint) {
		err = f.errorf("after %d steps: %v", made, err)
	}
	if err != nil {
		return nil, err
	}
	return &RolloutReport{
		Steps:        opt.Steps,
		Made:         opt.Steps,
		Sigma:        math.NaN(),
		EnergyDrift:  ratio(drift, kinetic),
		Extrapolated: ratio(float64(outside), float64(evaluated)),
		Seconds:      (time.Since(begin) - paused).Seconds(),
	}, nil
}
