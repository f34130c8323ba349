package hgn

import (
	"context"
	"fmt"
	"math"

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
	Skin float64

	// Table replaces V and T by tables. V′ is then off by no more than a cubic between that
	// many equally spaced distances, or by 1e-9 of the largest V′ if that is more: it is
	// a polynomial in r², or that cubic where no polynomials of the kernels are as close.
	// T is off by no more than 1e-13. 0: evaluate the features; DefaultTable: 2000 cells,
	// or 0 where the model has no pair potential. Where momenta are coupled there is none to
	// tabulate, and a reference is too steep to be: more than 0 is then an error.
	Table int

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

	// Watch is called like Observe, before it, with figures of the state.
	Watch func(w Watch) error
	// Extrapolating is called once, with the first step at which edges were outside the
	// training range, and their fraction.
	Extrapolating func(step int, fraction float64)
	// StopFraction ends the rollout, with an error, after the first step with a larger
	// fraction of edges outside the training range; default: never.
	StopFraction float64

	// Checkpoint is called after every CheckpointEvery steps, after Observe, unless it
	// is nil. A rollout with the same options and such a state as Restart goes on as this
	// one does, to the bit. Steps are counted from the first start.
	Checkpoint      func(c *Checkpoint) error
	CheckpointEvery int
	Restart         *Checkpoint

	Workers int // goroutines; default GOMAXPROCS. The result does not depend on it
}

// A Watch holds figures of a state on the way of a rollout.
type Watch struct {
	Step               int        // steps from the start
	Potential, Kinetic float64    // energies; a network does not split them: Kinetic is then Σ |p|²/2m
	Momentum           [3]float64 // Σ p
	Extrapolated       float64    // edges outside the training range, of those evaluated in the step
}

// A RolloutReport says what a rollout did.
type RolloutReport struct {
	Steps        int     // that were made, counted from the first start
	Made         int     // of these since a restart, otherwise all
	EnergyDrift  float64 // max |H(t) − H(0)| over all steps, divided by the kinetic energy at the start; +Inf if that is 0 and there is a drift. Friction counts as drift
	Extrapolated float64 // edge evaluations outside the training range over all
	Seconds      float64 // wall time of the steps, list builds included, Observe and tabulation excluded

	Sigma   float64 // largest standard deviation of a component of a force, seen every 10 steps; NaN if the model has none
	Grade   float64 // highest extrapolation grade of a body, see [Uncertainty], likewise
	Stopped bool    // at RolloutOptions.StopSigma
	Body    int     // the body that Sigma is of, where the rollout was stopped
}

// Rollout integrates Hamilton's equations of m from the state start by the method
// of Störmer and Verlet (see [Verlet]), those of a network, which is not separable, by
// the implicit midpoint rule, as all models with coupled momenta; or by a method of fourth
// order that these are composed to, see [Suzuki]. Friction acts for half a step before and
// after each of Verlet's, exactly if T is a multiple of |p|². start is not changed.
//
// The error is a [*FrameError] naming the step where the motion cannot go on: two
// bodies at one point, a coordinate that is no longer finite, an energy that has grown by
// 10⁴ times the kinetic energy at the start, a list of neighbours beyond the memory; or it
// comes from ctx, Observe, Watch or Checkpoint, or says that the edges or the Restart do
// not go with the model.
func (m *Model) Rollout(ctx context.Context, start *Frame, opt RolloutOptions) (*RolloutReport, error) {
	switch {
	case !(math.Abs(opt.DT) > 0 && math.Abs(opt.DT) < math.Inf(1)):
		return nil, fmt.Errorf("hgn: time step %v is not a number other than 0", opt.DT)
	case opt.Steps < 0:
		return nil, fmt.Errorf("hgn: %d steps", opt.Steps)
	case opt.Table < DefaultTable || opt.Table > MaxTable:
		return nil, fmt.Errorf("hgn: a table of %d cells is not in 0…%d", opt.Table, MaxTable)
	case !(opt.StopSigma >= 0):
		return nil, fmt.Errorf("hgn: a rollout cannot stop at a standard deviation of %v", opt.StopSigma)
	case opt.Order != 0 && opt.Order != 2 && opt.Order != 4:
		return nil, fmt.Errorf("hgn: an integrator of order %d; want 2 or 4", opt.Order)
	case !(opt.StopFraction >= 0):
		return nil, fmt.Errorf("hgn: a fraction of %v to stop at", opt.StopFraction)
	case opt.Checkpoint != nil && opt.CheckpointEvery < 1:
		return nil, fmt.Errorf("hgn: a checkpoint every %d steps", opt.CheckpointEvery)
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
	return m.run(ctx, start, &opt)
}

// DefaultTable leaves RolloutOptions.Table to the model.
const DefaultTable = -1

// defaultTable is the number of cells for a model with a pair potential.
const defaultTable = 2000

// MaxTable bounds RolloutOptions.Table: 2²² cells are 160 MB.
const MaxTable = 1 << 22
