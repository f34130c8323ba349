package main

import (
	"context"
	"fmt"
	"math"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/system"
)

// The liquid that is trained on and rolled out, in units of Lennard-Jones: that of LAMMPS's
// own benchmark.
const (
	density     = 0.8442
	temperature = 1.44
	reach       = 2.5 // cutoff
	skin        = 0.3
	step        = 0.005
	melting     = 200 // steps, after which the crystal is a liquid
	perRun      = 100 // steps that are timed

	cellsOfTable = 2000 // of V′

	trainedBodies = 200_000 // in all repetitions of a training
)

// motion are trainings, on m snapshots of n bodies, and rollouts of n bodies.
var motion = map[string]func(w work) trial{
	"lattice": func(w work) trial {
		s, err := system.Lattice(system.Morse{D: 1, A: 1, R0: 1}, system.Free, 1, 2, 2, 2)
		check(err)
		q, p, err := s.Start(2, 0.1, 0.01)
		check(err)
		frames, err := s.Trajectory(context.Background(), q, p, 0.01, 20*(w.m-1), 20)
		check(err)
		return training(frames, hgn.Options{Graph: s.Graph})
	},
	"liquid": func(w work) trial {
		return training(hgn.Frames{liquid(w.n, w.n < 1e5)}, hgn.Options{Cutoff: reach, Periodic: true})
	},
	"rollout": func(w work) trial {
		model, opt := lennardJones(), tabulated(melting)
		opt.Due = func(step int) bool { return step == melting }
		var melted hgn.Frame
		opt.Observe = func(_ int, f *hgn.Frame) error { melted.CopyFrom(f); return nil }
		_, err := model.Rollout(context.Background(), liquid(w.n, false), opt)
		check(err)
		return rollingOut(model, &melted, tabulated(perRun))
	},
	"million": func(w work) trial { return rollingOut(lennardJones(), liquid(w.n, false), tabulated(w.m)) },
	"hundredth": func(w work) trial { // as many steps of a body as million makes
		small := liquid(w.n/100, false)
		return rollingOut(lennardJones(), small, tabulated(w.m*w.n/small.Nodes()))
	},
	"springs": func(w work) trial {
		side := int(math.Sqrt(float64(w.n)))
		small, err := system.Lattice(system.Harmonic{K: 1, R0: 1}, system.Free, 1, 3, 3)
		check(err)
		q, p, err := small.Start(2, 0.1, 0.01)
		check(err)
		frames, err := small.Trajectory(context.Background(), q, p, 0.01, 2000, 20)
		check(err)
		model, _, err := hgn.Train(context.Background(), frames, hgn.Options{Graph: small.Graph})
		check(err)
		large, err := system.Lattice(system.Harmonic{K: 1, R0: 1}, system.Free, 1, side, side)
		check(err)
		opt := hgn.RolloutOptions{Graph: large.Graph, DT: 0.01, Steps: w.m, Table: cellsOfTable}
		start := state(large, 0.1, 0.01, false)
		return rollingOut(model, start, opt)
	},
}

// lennardJones returns a model that has learned from a hot liquid.
func lennardJones() *hgn.Model {
	s := crystal(256)
	q, p, err := s.Start(3, 0.05, 2*temperature)
	check(err)
	frames, err := s.Trajectory(context.Background(), q, p, 0.002, 1000, 100)
	check(err)
	model, _, err := hgn.Train(context.Background(), frames, hgn.Options{Cutoff: reach, Periodic: true})
	check(err)
	return model
}

func tabulated(steps int) hgn.RolloutOptions {
	return hgn.RolloutOptions{DT: step, Steps: steps, Skin: skin, Table: cellsOfTable}
}

// rollingOut returns a rollout, of which the loop over the steps counts, as with LAMMPS.
func rollingOut(model *hgn.Model, start *hgn.Frame, opt hgn.RolloutOptions) trial {
	return trial{timed: func() float64 {
		report, err := model.Rollout(context.Background(), start, opt)
		check(err)
		return report.Seconds
	}}
}

// training returns trainings in turn of which the fastest counts, as with hgn train -repeat.
func training(frames hgn.Frames, opt hgn.Options) trial {
	opt.Repeat = min(max(1, trainedBodies/(len(frames)*frames[0].Nodes())), 100)
	return trial{timed: func() float64 {
		_, report, err := hgn.Train(context.Background(), frames, opt)
		check(err)
		return report.Seconds
	}}
}

// crystal returns at least n bodies, in as many cells as LAMMPS is given.
func crystal(n int) *system.System {
	s, err := system.FCC(system.LennardJones{Epsilon: 1, Sigma: 1, Cutoff: reach}, density, cells(n))
	check(err)
	return s
}

// cells returns how many cells of 4 bodies in each direction hold at least n.
func cells(n int) int { return int(math.Ceil(math.Cbrt(float64(n)/4) - 1e-9)) }

// liquid returns a state of at least n bodies, melted or about to melt.
func liquid(n int, melted bool) *hgn.Frame { return state(crystal(n), 0.05, temperature, melted) }

func state(s *system.System, displacement, temperature float64, melted bool) *hgn.Frame {
	q, p, err := s.Start(2, displacement, temperature)
	check(err)
	steps := 0
	if melted {
		steps = melting
	}
	frames, err := s.Trajectory(context.Background(), q, p, step, steps, max(1, steps))
	check(err)
	return frames[len(frames)-1]
}

func motionGroups() []group {
	allowed := func(seconds float64, w work) row {
		w.allowed = seconds
		return row{work: w, bars: []bar{{of: allowance, least: 1}}}
	}
	limits := []column{{title: "ours", peer: "hgn"}, {title: allowance, peer: allowance}}
	faster := []bar{{of: "LAMMPS", least: 1.5}}
	return []group{
		{
			name: "training", title: "from m snapshots of n bodies to the model, the fastest of up to 100 in turn", unit: milli, columns: limits,
			rows: []row{
				allowed(0.8e-3, work{op: "lattice", m: 100, n: 8}), allowed(4e-3, work{op: "lattice", m: 1000, n: 8}),
				allowed(1e-3, work{op: "liquid", m: 1, n: 256}), allowed(30e-3, work{op: "liquid", m: 1, n: 10000}),
				allowed(5, work{op: "liquid", m: 1, n: 1e6}),
			},
		}, {
			name: "springs", title: "rollout of m steps of a learned harmonic lattice of n bodies", unit: milli, columns: limits,
			rows: []row{allowed(0.15, work{op: "springs", m: 500, n: 10000})},
		}, {
			name: "rollout", title: fmt.Sprintf("of a learned Lennard-Jones liquid, %d steps of n bodies, the loops as both report them", perRun),
			unit:    unit{"10⁶ steps of a body per second", func(w work, s float64) float64 { return 1e-6 * float64(w.n) * perRun / s }},
			columns: []column{{title: "ours", peer: "hgn"}, {title: "LAMMPS", peer: "LAMMPS"}},
			rows: []row{
				{work: work{op: "rollout", n: 4000}, bars: faster}, {work: work{op: "rollout", n: 32000}, bars: faster},
			},
		}, {
			name: "scaling", title: "rollout of m steps of n bodies, against a hundredth of them for as long (at most 1.5 times as long)", unit: milli,
			columns: []column{{title: "ours", peer: "hgn"}, {title: "10⁴ bodies", peer: "hgn", op: "hundredth"}},
			rows:    []row{{work: work{op: "million", m: 10, n: 1e6}, bars: []bar{{of: "10⁴ bodies", least: 1 / 1.5}}}},
		},
	}
}
