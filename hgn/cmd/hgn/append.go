package main

import (
	"context"
	"flag"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/internal/filecause"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// appendFlags are the flags of train that go with -append.
var appendFlags = [...]string{
	"append", "data", "test", "energy", "masses", "out", "plot", "weight", "force-weight", "energy-weight", "stress-weight",
	"workers", "json", "cpuprofile",
}

// checkAppend checks the flags beside -append.
func (f *trainFlags) checkAppend() (err error) {
	f.Visit(func(g *flag.Flag) {
		if !slices.Contains(appendFlags[:], g.Name) {
			err = usagef("-%s and -append exclude each other: the model has its own", g.Name)
		}
	})
	if err == nil && f.plot != "" && len(f.data)+len(f.test) == 0 {
		err = usagef("-plot needs frames, of -data or -test")
	}
	return err
}

// extend adds the frames of the named files, if there are any, to a model, tests, and writes
// the new model.
func (f *trainFlags) extend(ctx context.Context, s streams, r *reader, data, test []string) (*trainResult, error) {
	p := s.progress("training", -1)
	defer p.end()
	old, err := hgn.Load(f.append)
	if err != nil {
		return nil, err
	}
	energies, err := r.energies(f.energies)
	if err != nil {
		return nil, err
	}
	open := func(names []string) (hgn.Source, error) {
		if len(names) == 0 {
			return nil, nil
		}
		files, err := r.open(names)
		if err != nil {
			return nil, err
		}
		return r.source(whole(files), energies, p.tick), nil
	}
	added, err := open(data)
	if err != nil {
		return nil, err
	}
	testing, err := open(test)
	if err != nil {
		return nil, err
	}
	o := &f.options.Materials
	model, report, err := old.Append(ctx, added, hgn.AppendOptions{
		EnergyWeight: o.EnergyWeight, ForceWeight: o.ForceWeight, StressWeight: o.StressWeight,
		GroupWeights: f.weights,
		Workers:      f.workers,
	})
	if err != nil {
		if cause, own := strings.CutPrefix(err.Error(), "hgn: "); own {
			return nil, fmt.Errorf("%s: %s", f.append, cause)
		}
		return nil, err
	}
	errors, err := f.compare(ctx, model, report, added, testing)
	if err != nil {
		return nil, err
	}
	if f.plot != "" {
		if err := plotForces(ctx, f.plot, model, added, testing); err != nil {
			return nil, err
		}
	}
	tested := &hgn.Evaluation{Force: math.NaN(), Velocity: math.NaN(), Energy: math.NaN(), Extrapolated: math.NaN()}
	if testing != nil {
		if tested, err = model.Evaluate(ctx, testing, hgn.EvaluateOptions{Workers: f.workers}); err != nil {
			return nil, err
		}
	}
	if f.out != "" {
		if err := model.Save(f.out); err != nil {
			return nil, fmt.Errorf("%s: %w", f.out, filecause.Write(err))
		}
	}
	return f.result(report, tested, errors, r), nil
}

// result is what train prints.
func (f *trainFlags) result(report *hgn.Report, tested *hgn.Evaluation, errors *materialsResult, r *reader) *trainResult {
	return &trainResult{
		Samples:      report.Samples,
		Nodes:        report.Nodes,
		Edges:        number(report.Edges),
		Rows:         report.Rows,
		Features:     report.Features,
		Rank:         report.Rank,
		Cond:         number(report.Cond),
		RankP:        report.RankP,
		CondP:        number(report.CondP),
		ForceTrain:   number(report.ForceError),
		ForceTest:    number(tested.Force),
		VelocityTest: number(tested.Velocity),
		EnergyTest:   number(tested.Energy),
		TimeFeatures: number(report.SecondsFeatures),
		TimeSolve:    number(report.SecondsSolve),
		TimeTotal:    number(report.Seconds),
		TimeRead:     number(r.spent.Seconds()),
		PeakMemory:   peakMemory(),
		Level:        simd.Active().String(),
		tested:       tested.Samples,
		extrapolated: number(tested.Extrapolated),
		savedIn:      f.out,

		materialsResult: errors,
	}
}
