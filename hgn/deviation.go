package hgn

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
	"github.com/rapidhgn/rapidhgn/kernels/dense"
	"github.com/rapidhgn/rapidhgn/kernels/lsq"
)

// A deviation turns the spread of the members of a model into standard deviations,
//
//	σ² = scale² (floor² + spread²)
//
// of a component of a force and of an energy per body. Both numbers come from errors on
// parts of the data that were left out of the fit, whole groups where there are three or
// more, 16 parts at most, each counting alike: floor makes these errors most likely if they are normal,
// scale makes 95 % of them less than 1.96 σ, and a little more: a further part is as far from
// the mean of n parts as √(1+1/n) of what one is from all.
type deviation struct {
	force, energy calibration
	largest       float64 // spread of the energy of a body in the data
}

// A calibration is one of the two parts of a deviation.
type calibration struct{ scale, floor float64 }

// sigma is the standard deviation for a variance among members.
func (c calibration) sigma(spread2 float64) float64 {
	return c.scale * math.Sqrt(math.FMA(c.floor, c.floor, spread2))
}

// An errorSample is an error, and the variance among members where it was made.
type errorSample struct{ err, spread2 float64 }

// meanSquare is that of the errors.
func meanSquare(samples []errorSample) (mean float64) {
	for _, s := range samples {
		mean += s.err * s.err / float64(len(samples))
	}
	return mean
}

// telling says whether samples say something of errors whose mean square over all is given:
// there are units in which forces vanish by symmetry.
func telling(samples []errorSample, overall float64) bool {
	return len(samples) > 0 && meanSquare(samples) > 1e-4*overall
}

// calibrate finds a calibration from errors that were seen in some units of the data.
func calibrate(units [][]errorSample) calibration {
	type weighed struct {
		errorSample
		weight, ratio float64
	}
	overall := meanSquare(slices.Concat(units...))
	units = slices.DeleteFunc(slices.Clone(units), func(u []errorSample) bool { return !telling(u, overall) })
	if len(units) == 0 {
		return calibration{scale: 1}
	}
	var samples []weighed
	squares := 0.0
	for _, u := range units {
		squares += meanSquare(u) / float64(len(units))
		for _, s := range u {
			samples = append(samples, weighed{errorSample: s, weight: 1 / float64(len(units)*len(u))})
		}
	}
	largest := math.Sqrt(squares)
	best, found := calibration{1, largest}, math.Inf(1)
	for k := range 33 {
		c := calibration{1, largest * math.Pow(10, -float64(k)/8)}
		ratio, logs := 0.0, 0.0
		for _, s := range samples {
			v := c.floor*c.floor + s.spread2
			ratio += s.weight * s.err * s.err / v
			logs += s.weight * math.Log(v)
		}
		if likely := logs + math.Log(ratio); likely < found {
			best, found = c, likely
		}
	}
	for i := range samples {
		s := &samples[i]
		s.ratio = math.Abs(s.err) / best.sigma(s.spread2)
	}
	slices.SortFunc(samples, func(x, y weighed) int { return cmp.Compare(x.ratio, y.ratio) })
	below := 0.0
	for _, s := range samples {
		if below += s.weight; below >= 0.95 {
			best.scale = s.ratio / 1.96 * math.Sqrt(1+1/float64(len(units)))
			break
		}
	}
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

// A HeldOut says how far the standard deviations of forces hold in a part of the data that
// neither the fit nor their calibration has seen. There is none for parts in which forces vanish.
type HeldOut struct {
	Part     string  // a group, "first…last" of some where there are more than 16, or "k of n": where there are fewer than three every n-th frame of each from the k-th on
	Coverage float64 // share of components of forces within 1.96 standard deviations
	RMSE     float64 // of the components looked at
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

// deviations calibrates the members of the model: each unit of the data is predicted from the
// other units.
func (fit *manyBodyFit) deviations(ctx context.Context) error {
	if fit.opt.Materials.Members == 0 {
		return nil
	}
	units, weights := fit.eq.units(), fit.opt.Materials.weights()
	forces, energies := make([][]errorSample, units), make([][]errorSample, units)
	errs := make([]error, units)
	parallel.Blocks(units, fit.opt.Workers, func(_, u int) {
		var theta []float64
		if theta, errs[u] = fit.without(ctx, u); errs[u] != nil {
			return
		}
		for _, p := range fit.eq.parts {
			if fit.eq.unit(p) != u || p.weight == 0 {
				continue
			}
			if weights[forceKind] > 0 {
				forces[u] = append(forces[u], p.samples[forceKind].errors(theta, nil)...)
			}
			if weights[energyKind] > 0 {
				energies[u] = append(energies[u], p.samples[energyKind].errors(theta, fit.eq.reference)...)
			}
		}
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	d := &fit.m.deviation
	d.force, d.energy = calibrate(forces), calibrate(energies)
	all := slices.Concat(forces...)
	for u, samples := range forces {
		if units < 2 || !telling(samples, meanSquare(all)) {
			continue
		}
		others := slices.Concat(forces[:u], forces[u+1:])
		fit.held = append(fit.held, HeldOut{fit.eq.unitName(u), calibrate(others).covered(samples), math.Sqrt(meanSquare(samples))})
	}
	d.largest = 0
	for _, p := range fit.eq.parts {
		for _, s := range p.samples[bodyKind].errors(fit.m.potential.Theta, nil) {
			d.largest = max(d.largest, math.Sqrt(s.spread2))
		}
	}
	return nil
}

// errors returns the errors of the first of several sets of coefficients, and the variance
// among the others.
func (s *sampledRows) errors(theta, reference []float64) []errorSample {
	width := s.width - 1
	samples := make([]errorSample, s.len())
	for i := range samples {
		row, rhs := s.row(i)
		for k, e := range reference {
			rhs = math.FMA(row[width-len(reference)+k], e, rhs)
		}
		value := dense.Dot(row, theta[:width])
		sum := 0.0
		for at := width; at < len(theta); at += width {
			d := dense.Dot(row, theta[at:at+width]) - value
			sum = math.FMA(d, d, sum)
		}
		samples[i] = errorSample{value - rhs, sum / float64(max(1, len(theta)/width-1))}
	}
	return samples
}

// without returns the coefficients that one unit is predicted with.
func (fit *manyBodyFit) without(ctx context.Context, unit int) ([]float64, error) {
	acc, err := fit.eq.total(fit.opt.Materials.weights(), unit)
	if err != nil {
		return nil, err
	}
	sol, err := solveContext(ctx, acc, lsq.Options{Ridge: fit.ridge})
	if err != nil {
		return nil, fmt.Errorf("hgn: %w", err)
	}
	return fit.members(sol), nil
}
