package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/system"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

const demoUsage = `Usage: hgn demo [flags]

Demo needs no input. It trains a model on the motion of a lattice of 2×2×2 masses
and springs, tests it on motions that it has not seen, carries it to a lattice of
16×16×16, and draws how far the motion of that one is off.

  hgn demo -out picture.svg

  -out FILE        the picture, as SVG (default hgn-demo.svg)` + commonUsage

// The demonstration, in units in which masses, springs and their rest lengths are 1.
const (
	demoSmall  = 2  // masses along an edge of the lattice to train on
	demoLarge  = 16 // and of the one to carry the model to
	demoStarts = 10 // motions to train on, and as many to test on
	demoEvery  = 50 // steps from one frame of them to the next
	demoSteps  = 500
	demoDT     = 0.01
	demoTable  = 4096 // cells of the tabulated potential
	demoRepeat = 5    // trainings, of which the shortest counts

	demoDisplacement, demoTemperature           = 0.2, 0.05
	demoLargeDisplacement, demoLargeTemperature = 0.1, 0.01 // keeps all edges in the training range
)

// demoResult is what demo prints.
type demoResult struct {
	TrainSeconds  number `json:"train_seconds"`
	Force         number `json:"force_rel_error"`
	ZeroShotNodes int    `json:"zero_shot_nodes"`
	ZeroShotForce number `json:"zero_shot_force_rel_error"`
	Position      number `json:"rollout_position_mse"`
	Drift         number `json:"energy_drift"`
	Level         string `json:"level"`
	Picture       string `json:"picture"`

	large    int // masses along an edge of the large lattice
	steps    int // of its rollout
	training *hgn.Report
	tested   int
	rollout  *hgn.RolloutReport
	seconds  number
}

func (r *demoResult) rows() []row {
	cube := func(n int) string { return fmt.Sprintf("%d×%[1]d×%[1]d", n) }
	return []row{
		{"lattice of " + cube(demoSmall), fmt.Sprintf("trained on %d snapshots", r.training.Samples)},
		{fmt.Sprintf("  time to train, best of %d", demoRepeat), fmt.Sprintf("%s: features %s, solver %s", duration(r.TrainSeconds),
			duration(number(r.training.SecondsFeatures)), duration(number(r.training.SecondsSolve)))},
		{"  force error, relative", fmt.Sprintf("%v on %d unseen states", r.Force, r.tested)},
		{"lattice of " + cube(r.large), fmt.Sprintf("%d bodies, same model", r.ZeroShotNodes)},
		{"  force error, relative", r.ZeroShotForce},
		{"  rollout", fmt.Sprintf("%d steps in %s", r.rollout.Steps, duration(number(r.rollout.Seconds)))},
		{"  position error, mean square", fmt.Sprintf("%v at its end, against the true forces", r.Position)},
		{"  energy drift", fmt.Sprintf("%v of the kinetic energy", r.Drift)},
		{"  edges outside training", percent(number(r.rollout.Extrapolated))},
		{"level", r.Level},
		{"picture", r.Picture},
		{"time in all", duration(r.seconds)},
	}
}

// demo is the command.
func demo(ctx context.Context, s streams, args []string) error {
	f := newFlags("demo")
	out := f.String("out", "hgn-demo.svg", "")
	switch err := f.parse(args); {
	case err != nil:
		return err
	case *out == "":
		return usagef("-out needs the name of a file")
	}
	if err := writable([]string{*out, f.profile}); err != nil {
		return err
	}
	start := time.Now()
	result := &demoResult{Level: simd.Active().String(), Picture: *out, large: demoLarge, steps: demoSteps}
	err := profiled(f.profile, func() error {
		svg, err := result.demonstrate(ctx, s, f.workers)
		if err != nil {
			return err
		}
		return write(*out, svg)
	})
	if err != nil {
		return err
	}
	result.seconds = number(time.Since(start).Seconds())
	return s.print(result, f.json)
}

// demonstrate does the work and returns the picture.
func (r *demoResult) demonstrate(ctx context.Context, s streams, workers int) ([]byte, error) {
	small, err := demoLattice(demoSmall)
	if err != nil {
		return nil, err
	}
	training, err := demoFrames(ctx, small, 0)
	if err != nil {
		return nil, err
	}
	model, report, err := hgn.Train(ctx, training, hgn.Options{Graph: small.Graph, Repeat: demoRepeat, Workers: workers})
	if err != nil {
		return nil, err
	}
	unseen, err := demoFrames(ctx, small, demoStarts)
	if err != nil {
		return nil, err
	}
	found, err := model.Evaluate(ctx, unseen, hgn.EvaluateOptions{Graph: small.Graph, Workers: workers})
	if err != nil {
		return nil, err
	}
	r.training, r.TrainSeconds = report, number(report.Seconds)
	r.Force, r.tested = number(found.Force), found.Samples

	large, err := demoLattice(r.large)
	if err != nil {
		return nil, err
	}
	q, p, err := large.Start(0, demoLargeDisplacement, demoLargeTemperature)
	if err != nil {
		return nil, err
	}
	start, err := large.Trajectory(ctx, q, p, demoDT, 0, 1)
	if err != nil {
		return nil, err
	}
	if found, err = model.Evaluate(ctx, start, hgn.EvaluateOptions{Graph: large.Graph, Workers: workers}); err != nil {
		return nil, err
	}
	r.ZeroShotNodes, r.ZeroShotForce = found.Nodes, number(found.Force)

	c := &comparison{system: large, start: start[0], dt: demoDT, steps: r.steps, table: demoTable}
	progress := s.progress("simulating", c.work())
	defer progress.end()
	if r.rollout, err = c.run(ctx, model, workers, progress.tick); err != nil {
		return nil, err
	}
	r.Position = number(c.positionMSE())
	r.Drift = number(r.rollout.EnergyDrift)
	return c.draw()
}

// demoLattice is a free lattice of n×n×n unit masses on unit springs.
func demoLattice(n int) (*system.System, error) {
	return system.Lattice(system.Harmonic{K: 1, R0: 1}, system.Free, 1, n, n, n)
}

// demoFrames integrates demoStarts motions, seeded from seed on.
func demoFrames(ctx context.Context, lattice *system.System, seed uint64) (hgn.Frames, error) {
	var all hgn.Frames
	for i := range uint64(demoStarts) {
		q, p, err := lattice.Start(seed+i, demoDisplacement, demoTemperature)
		if err != nil {
			return nil, err
		}
		frames, err := lattice.Trajectory(ctx, q, p, demoDT, demoSteps-1, demoEvery)
		if err != nil {
			return nil, err
		}
		all = slices.Concat(all, frames)
	}
	return all, nil
}
