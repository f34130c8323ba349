package hgn

import (
	"context"
	"fmt"
	"math"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
)

// EvaluateOptions says how [Model.Evaluate] compares.
type EvaluateOptions struct {
	Graph     *Graph // the edges, for a model with fixed edges
	Reference *Frame // the state that energies are relative to; default the first frame that has one
	Workers   int    // goroutines; default GOMAXPROCS. The result does not depend on it
}

// An Evaluation says how far a model is from observed frames. A relative error is
// ‖x̂ − x‖₂/‖x‖₂ over all coordinates of all frames, +Inf where x is 0 and x̂ is not.
// What was not observed is NaN.
type Evaluation struct {
	Samples int // frames
	Nodes   int // bodies of the first frame

	Force    float64 // relative error of the forces
	Velocity float64 // relative error of the velocities
	Energy   float64 // max |(Ĥ − Ĥ₀) − (E − E₀)| over the frames, 0 being EvaluateOptions.Reference

	Extrapolated float64 // edges outside the training range over all
}

// Evaluate compares the forces, velocities and energies of m with those of the
// frames of src, which it streams. The error is one of [Model.Energy], of src and
// of ctx.
func (m *Model) Evaluate(ctx context.Context, src Source, opt EvaluateOptions) (*Evaluation, error) {
	return m.evaluate(ctx, newDataset(src, 0), opt)
}

// evaluate is [Model.Evaluate] on d.
func (m *Model) evaluate(ctx context.Context, d *dataset, opt EvaluateOptions) (*Evaluation, error) {
	result := &Evaluation{Force: math.NaN(), Velocity: math.NaN(), Energy: math.NaN()}
	var reference float64 // Ĥ₀ − E₀, if known
	known := opt.Reference != nil && opt.Reference.HasEnergy
	if known {
		h, err := m.Energy(opt.Reference, opt.Graph)
		if err != nil {
			return nil, err
		}
		reference = h - opt.Reference.Energy
	}
	var total frameErrors
	energy, hasEnergy := 0.0, false
	opt.Workers = parallel.Workers(math.MaxInt, opt.Workers) // what GOMAXPROCS is now
	workers := make([]comparison, opt.Workers)
	for i := range workers {
		workers[i].evaluation = m.evaluation()
	}
	if err := m.fits(opt.Graph); err != nil {
		return nil, err
	}
	err := d.batches(ctx, func(frames []*Frame) error {
		if result.Samples == 0 {
			result.Nodes = frames[0].Nodes()
		}
		result.Samples += len(frames)
		inside := 1
		if len(frames) == 1 {
			inside = opt.Workers
		}
		results := make([]frameErrors, len(frames))
		parallel.Blocks(len(frames), opt.Workers, func(worker, i int) {
			if ctx.Err() == nil {
				results[i] = workers[worker].compare(frames[i], opt.Graph, inside)
			}
		})
		for i := range results {
			r := &results[i]
			if r.err != nil {
				return r.err
			}
			total.add(r)
			if !r.hasEnergy {
				continue
			}
			if opt.Reference == nil && !known {
				reference, known = r.energy, true
			}
			if known {
				energy, hasEnergy = max(energy, math.Abs(r.energy-reference)), true
			}
		}
		return ctx.Err()
	})
	switch {
	case err != nil:
		return nil, err
	case result.Samples == 0:
		return nil, fmt.Errorf("hgn: no frame to evaluate")
	}
	if total.hasForce {
		result.Force = ratio(math.Sqrt(total.force), math.Sqrt(total.force2))
	}
	if total.hasVelocity {
		result.Velocity = ratio(math.Sqrt(total.velocity), math.Sqrt(total.velocity2))
	}
	if hasEnergy {
		result.Energy = energy
	}
	result.Extrapolated = ratio(float64(total.outside), float64(total.evaluated))
	return result, nil
}

// frameErrors are the sums over the coordinates of one frame or of several.
type frameErrors struct {
	force, force2       float64 // |F̂ − F|², |F|²
	velocity, velocity2 float64
	hasForce            bool
	hasVelocity         bool
	energy              float64 // Ĥ − E, if the frame has one
	hasEnergy           bool
	outside, evaluated  int64
	err                 error
}

func (s *frameErrors) add(t *frameErrors) {
	s.force += t.force
	s.force2 += t.force2
	s.velocity += t.velocity
	s.velocity2 += t.velocity2
	s.hasForce = s.hasForce || t.hasForce
	s.hasVelocity = s.hasVelocity || t.hasVelocity
	s.outside += t.outside
	s.evaluated += t.evaluated
}

// A comparison is the workspace of one worker.
type comparison struct {
	evaluation
	pdot, qdot []float64 // predicted
}

// compare computes the errors of one frame.
func (c *comparison) compare(f *Frame, g *Graph, workers int) (s frameErrors) {
	if s.err = c.reset(f, g, workers); s.err != nil {
		return s
	}
	c.pdot, c.qdot = grow(c.pdot, len(f.Q)), grow(c.qdot, len(f.P))
	energy, err := c.at(c.pdot, c.qdot, f.Q, f.P)
	if err != nil {
		s.err = err
		return s
	}
	s.outside, s.evaluated = c.counts()
	if s.hasForce = f.PDot != nil; s.hasForce {
		s.force, s.force2 = squares(c.pdot, f.PDot)
	}
	if s.hasVelocity = f.QDot != nil; s.hasVelocity {
		s.velocity, s.velocity2 = squares(c.qdot, f.QDot)
	}
	if s.hasEnergy = f.HasEnergy; s.hasEnergy {
		s.energy = energy - f.Energy
	}
	return s
}

// squares returns |x − y|² and |y|².
func squares(x, y []float64) (difference, norm float64) {
	for i, v := range y {
		d := x[i] - v
		difference = math.FMA(d, d, difference)
		norm = math.FMA(v, v, norm)
	}
	return difference, norm
}
