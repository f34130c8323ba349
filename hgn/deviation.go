package hgn

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/rapidhgn/rapidhgn/hgn/internal/manybody"
	"github.com/rapidhgn/rapidhgn/internal/parallel"
	"github.com/rapidhgn/rapidhgn/kernels/lsq"
)

// A deviation turns the spread of the members of a model into standard deviations,
//
//	σ² = scale² (floor² + spread²)
//
// of a component of a force and of an energy per body. Both numbers come from frames that
// were left out of the fit: floor makes the errors there most likely if they are normal,
// scale makes 95 % of them less than 1.96 σ.
type deviation struct {
	force, energy calibration
	largest       float64 // spread of the energy of a body in frames that were left out
}

// A calibration is one of the two parts of a deviation.
type calibration struct{ scale, floor float64 }

// sigma is the standard deviation for a variance among members.
func (c calibration) sigma(spread2 float64) float64 {
	return c.scale * math.Sqrt(math.FMA(c.floor, c.floor, spread2))
}

// An errorSample is an error, and the variance among members where it was made.
type errorSample struct{ err, spread2 float64 }

// calibrate finds a calibration from errors that were seen.
func calibrate(samples []errorSample) calibration {
	if len(samples) == 0 {
		return calibration{}
	}
	mean := 0.0
	for _, s := range samples {
		mean += s.err * s.err / float64(len(samples))
	}
	best, found := calibration{1, math.Sqrt(mean)}, math.Inf(1)
	for k := range 25 {
		c := calibration{1, math.Sqrt(mean) * math.Pow(10, -float64(k)/8)}
		ratio, logs := 0.0, 0.0
		for _, s := range samples {
			v := c.floor*c.floor + s.spread2
			ratio += s.err * s.err / v
			logs += math.Log(v)
		}
		n := float64(len(samples))
		if likely := logs + n*math.Log(ratio/n); likely < found {
			best, found = c, likely
		}
	}
	ratios := make([]float64, len(samples))
	for i, s := range samples {
		ratios[i] = math.Abs(s.err) / best.sigma(s.spread2)
	}
	slices.Sort(ratios)
	best.scale = ratios[min(len(ratios)*95/100, len(ratios)-1)] / 1.96
	return best
}

// covered is the share of samples within 1.96 standard deviations.
func (c calibration) covered(samples []errorSample) float64 {
	n := 0
	for _, s := range samples {
		if math.Abs(s.err) <= 1.96*c.sigma(s.spread2) {
			n++
		}
	}
	return float64(n) / float64(len(samples))
}

// memberStream is the second half of the seed of the members.
const memberStream = 0x6d656d62

// members returns sets of coefficients that a solution leaves possible.
func (fit *manyBodyFit) members(sol *lsq.Solution) []float64 {
	n := fit.opt.Materials.Members
	theta := fit.coefficients(sol)
	rng := rand.New(rand.NewPCG(fit.opt.Seed, memberStream))
	noise := 0.0
	if sol.Noise[0] > 0 {
		noise = math.Sqrt(sol.Noise[0])
	}
	all := slices.Clone(theta)
	z := make([]float64, len(theta))
	for range n {
		for j := range z {
			z[j] = rng.NormFloat64()
		}
		for j, x := range sol.Spread(z) {
			all = append(all, math.FMA(noise, x, theta[j]))
		}
	}
	return all
}

// calibrationBodies is about the number of bodies that deviations are calibrated on.
const calibrationBodies = 2048

// deviations draws the members of the model and calibrates them: some frames of each fold
// are predicted from the other folds.
func (fit *manyBodyFit) deviations(ctx context.Context, d *dataset, sol *lsq.Solution) error {
	if fit.opt.Materials.Members == 0 {
		return nil
	}
	fit.m.potential.Theta = fit.members(sol)
	var others [folds]*manyBodyModel
	errs := make([]error, folds)
	parallel.Blocks(folds, fit.opt.Workers, func(_, k int) {
		others[k], errs[k] = fit.without(ctx, k)
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	var forces, energies []errorSample
	seen := map[string]int{}
	stride := max(1, fit.v.bodies/calibrationBodies)
	counted := 0
	err := d.batches(ctx, func(frames []*Frame) error {
		of := fit.deal(frames, seen)
		results := make([]calibrationFrame, len(frames))
		for i := range frames {
			results[i].skip = (counted+i)%stride != 0
		}
		counted += len(frames)
		parallel.Blocks(len(frames), fit.opt.Workers, func(_, i int) {
			if !results[i].skip && ctx.Err() == nil {
				results[i].predict(others[of[i]], frames[i])
			}
		})
		for i := range results {
			r := &results[i]
			if r.err != nil {
				return r.err
			}
			forces, energies = append(forces, r.forces...), append(energies, r.energies...)
			fit.m.deviation.largest = max(fit.m.deviation.largest, r.largest)
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	fit.m.deviation.force, fit.m.deviation.energy = calibrate(forces), calibrate(energies)
	fit.coverage = fit.m.deviation.force.covered(forces)
	return nil
}

// A calibrationFrame holds what one frame says about errors.
type calibrationFrame struct {
	skip             bool
	forces, energies []errorSample
	largest          float64 // spread of the energy of a body
	err              error
}

// predict compares f with m, which has not seen it.
func (r *calibrationFrame) predict(m *manyBodyModel, f *Frame) {
	var p prediction
	if r.err = p.of(m, f, m.potential.Sets()); r.err != nil {
		return
	}
	r.largest = math.Sqrt(slices.Max(p.bodySpread2))
	for i, x := range f.PDot {
		r.forces = append(r.forces, errorSample{p.force[i] - x, p.forceSpread2[i]})
	}
	if f.HasEnergy {
		n := float64(f.Nodes())
		r.energies = append(r.energies, errorSample{(p.energy - f.potentialEnergy()) / n, p.energySpread2 / (n * n)})
	}
}

// without is the model that one fold is predicted with.
func (fit *manyBodyFit) without(ctx context.Context, fold int) (*manyBodyModel, error) {
	acc, err := fit.total(fold)
	if err != nil {
		return nil, err
	}
	sol, err := solveContext(ctx, acc, lsq.Options{Ridge: fit.ridge})
	if err != nil {
		return nil, fmt.Errorf("hgn: %w", err)
	}
	m := *fit.m
	m.potential = manybody.Potential{Basis: fit.m.potential.Basis, Scaling: fit.m.potential.Scaling, Theta: fit.members(sol)}
	return &m, nil
}
