package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/trajectory"
)

const simulateUsage = `Usage: hgn simulate -model MODEL -data FILE -steps N -dt H [flags]

Simulate moves a frame of a trajectory by the equations of motion of a model, with
a symplectic method (networks and coupled momenta: the implicit midpoint rule) that
damps where the model does, and compares
the positions with those of later frames, which are found by their time steps.

  hgn simulate -model model.safetensors -data run.dump.gz -edges bonds.csv -steps 1000 -dt 0.01

  -model MODEL     written by hgn train
  -data FILE       .dump, .xyz (.gz too) or .npz
  -edges CSV       edges of this system, if the model was trained on fixed ones:
                   columns i,j, bodies counted from 0; or the edges in an .npz
  -masses T=M,…    masses by type, for files without them (default 1)
  -frame N         frame to start from, counted from 0 (default 0)
  -steps N         number of steps
  -dt H            length of a step in time; that of the data, to compare with it
  -skin S          neighbours are listed up to the cutoff and S more; 0: listed anew
                   at every step (default 0.3)
  -order N         2: the method of Störmer and Verlet; 4: that of Suzuki, five times
                   the work per step (default 2)
  -table N         tabulate the pair potential as well as cubics in N cells do; 0:
                   compute it from the features (default 2000; 0 for networks, with a
                   reference and with coupled momenta, which take no N above 0)
  -out FILE        write the motion, a .dump or .xyz (.gz too) or .npz file; it is
                   kept if the simulation is interrupted or fails on the way
  -log CSV         write energies, momentum and the fraction of edges outside the
                   training range: step,pe,ke,etotal,px,py,pz,extrapolated_fraction
  -every N         write steps 0, N, 2N, … to -out and -log (default 100)
  -stop-on-extrapolation F
                   fail after a step with more than this fraction of edges outside
  -stop-on-sigma S stop where the standard deviation of a component of a force is above
                   S, looked at every 10 steps (many-body models)
  -uncertain FILE  write the state that it stopped at, to be labelled: .dump or .xyz
                   (.gz too) or .npz
  -checkpoint FILE write the state now and then, each time in place of the last
  -checkpoint-every N
                   after steps N, 2N, …
  -restart FILE    go on from a checkpoint. With the same other flags the results and
                   the files are those of a run that was never interrupted: -out and
                   -log, if the checkpoint names them, are cut and continued, otherwise
                   they begin after the checkpoint` + commonUsage

// simulateFlags are the flags of simulate.
type simulateFlags struct {
	*flags
	model, data, edges, out, log string
	checkpoint, restart          string
	frame, steps, every, table   int
	order, checkpointEvery       int
	dt, skin, stop, sigma        float64
	uncertain                    string
	masses                       masses
}

func newSimulateFlags() *simulateFlags {
	f := &simulateFlags{flags: newFlags("simulate")}
	f.file(&f.model, "model")
	f.Func("data", "", func(name string) error {
		if f.data != "" {
			return errors.New("only one file is possible")
		}
		f.data = name
		return nil
	})
	f.file(&f.edges, "edges")
	f.Var(&f.masses, "masses", "")
	f.StringVar(&f.out, "out", "", "")
	f.count(&f.frame, "frame", 0, 0, math.MaxInt)
	f.count(&f.steps, "steps", 0, 0, math.MaxInt)
	f.count(&f.every, "every", 100, 1, math.MaxInt)
	f.count(&f.table, "table", hgn.DefaultTable, hgn.DefaultTable, hgn.MaxTable)
	f.count(&f.order, "order", 2, 2, 4)
	f.file(&f.log, "log")
	f.file(&f.checkpoint, "checkpoint")
	f.count(&f.checkpointEvery, "checkpoint-every", 0, 0, math.MaxInt)
	f.file(&f.restart, "restart")
	f.number(&f.stop, "stop-on-extrapolation", 0, "a fraction of 0 or more and below 1", func(x float64) bool { return x >= 0 && x < 1 })
	f.number(&f.sigma, "stop-on-sigma", 0, "a number above 0", positive)
	f.file(&f.uncertain, "uncertain")
	f.number(&f.dt, "dt", 0, "a number above 0", positive)
	f.number(&f.skin, "skin", 0.3, "a number of at least 0", func(x float64) bool { return x >= 0 })
	return f
}

// parse reads and checks args.
func (f *simulateFlags) parse(args []string) error {
	if err := f.flags.parse(args); err != nil {
		return err
	}
	if err := f.need("model", "data", "steps", "dt"); err != nil {
		return err
	}
	switch {
	case f.given("table") && f.table < 0:
		return usagef("-table %d is below 0", f.table)
	case f.given("uncertain") && f.sigma == 0:
		return usagef("-uncertain goes with -stop-on-sigma")
	case f.order == 3:
		return usagef("-order 3: want 2 or 4")
	case (f.checkpoint != "") != (f.checkpointEvery > 0):
		return usagef("-checkpoint and -checkpoint-every N, N above 0, go together")
	case f.given("stop-on-extrapolation") && f.stop == 0:
		f.stop = math.SmallestNonzeroFloat64 // at the first edge outside
	}
	for flag, name := range map[string]string{"out": f.out, "uncertain": f.uncertain} {
		if name == "" {
			continue
		}
		if err := trajectory.CheckName(name); err != nil {
			return usagef("-%s %v", flag, err)
		}
	}
	return nil
}

// simulateResult is what simulate prints.
type simulateResult struct {
	Steps        int    `json:"steps"`
	Drift        number `json:"energy_drift"`
	Time         number `json:"seconds_total"`
	Speed        number `json:"particle_steps_per_second"`
	Extrapolated number `json:"extrapolated_fraction"`
	Position     number `json:"position_mse"`
	*sigmaResult
	compared int
}

// sigmaResult is what simulate adds for models that know how sure they are.
type sigmaResult struct {
	Sigma   number `json:"sigma"`        // largest standard deviation of a component of a force
	Grade   number `json:"grade"`        // highest extrapolation grade of a body
	Stopped *int   `json:"stopped_body"` // the body that -stop-on-sigma stopped at; null if it did not
}

func (r *simulateResult) rows() []row {
	rows := []row{
		{"steps", r.Steps},
		{"energy drift over kinetic energy", r.Drift},
		{"edges outside the training range", percent(r.Extrapolated)},
		{"mean squared error of positions", r.Position},
		{"compared with", fmt.Sprintf("%d frames", r.compared)},
		{"time", duration(r.Time)},
		{"particle steps per second", r.Speed},
	}
	if r.sigmaResult != nil {
		rows = append(rows, row{"largest standard deviation of a force", r.Sigma}, row{"highest extrapolation grade of a body", r.Grade})
	}
	return rows
}

// simulate is the command.
func simulate(ctx context.Context, s streams, args []string) error {
	f := newSimulateFlags()
	if err := f.parse(args); err != nil {
		return err
	}
	names, err := trajectory.Expand([]string{f.data})
	if err != nil {
		return err
	}
	if len(names) > 1 {
		return usagef("-data %q means %d files; only one is possible", f.data, len(names))
	}
	f.data = names[0]
	if err := writable([]string{f.out, f.log, f.checkpoint, f.uncertain, f.profile}, f.data, f.model, f.edges); err != nil {
		return err
	}
	var result *simulateResult
	err = profiled(f.profile, func() (err error) {
		result, err = f.move(ctx, s)
		return err
	})
	if err != nil {
		return err
	}
	return s.print(result, f.json)
}

// move does the simulation.
func (f *simulateFlags) move(ctx context.Context, s streams) (result *simulateResult, err error) {
	model, err := load(f.model, f.edges)
	if err != nil {
		return nil, err
	}
	r := &reader{options: trajectory.Options{Masses: f.masses}}
	files, err := r.open([]string{f.data})
	if err != nil {
		return nil, err
	}
	later, err := follow(f.data, files[0], f.frame, model.Periodic())
	if err != nil {
		return nil, err
	}
	defer later.stop()
	if later.start.QDot == nil {
		return nil, &hgn.FrameError{File: f.data, Line: later.start.Line, Step: later.start.Step, Cause: "no velocities to start from"}
	}
	graph, err := r.edges(f.edges, later.start)
	if err != nil {
		return nil, err
	}
	if f.out != "" || f.log != "" {
		// Whatever is wrong with the data is found before there is a file.
		if err := later.check(ctx, f.steps); err != nil {
			return nil, err
		}
	}
	out := &motion{name: f.out, log: journal{name: f.log}, every: f.every}
	defer func() {
		err = out.close(err)
	}()
	options := hgn.RolloutOptions{
		Graph:        graph,
		DT:           f.dt,
		Steps:        f.steps,
		Order:        f.order,
		Skin:         f.skin,
		Table:        f.table,
		Workers:      f.workers,
		StopFraction: f.stop,
		StopSigma:    f.sigma,
	}
	if f.skin == 0 {
		options.Skin = -1 // none
	}
	if f.restart != "" {
		if options.Restart, err = hgn.LoadCheckpoint(f.restart); err != nil {
			return nil, err
		}
		if err := f.resume(options.Restart, out, later); err != nil {
			return nil, fmt.Errorf("%s: %w", f.restart, err)
		}
	}
	p := s.progress("simulating", int64(f.steps))
	defer p.end()
	var uncut error // Due comes first
	options.Due = func(step int) bool {
		p.tick()
		uncut = out.cut()
		return uncut != nil || out.due(step) || later.due(step)
	}
	var last hgn.Frame // that Observe saw
	options.Observe = func(step int, moved *hgn.Frame) error {
		if uncut != nil {
			return uncut
		}
		if f.uncertain != "" {
			last.CopyFrom(moved)
		}
		if later.due(step) {
			if err := later.compare(moved); err != nil {
				return err
			}
		}
		if f.out != "" && out.due(step) {
			return out.write(moved)
		}
		return nil
	}
	if f.log != "" {
		options.Watch = func(w hgn.Watch) error {
			if uncut != nil || !out.due(w.Step) {
				return uncut
			}
			return out.log.write(later.start.Step, w)
		}
	}
	options.Extrapolating = func(step int, fraction float64) {
		p.warn(fmt.Sprintf("hgn: warning: after %d steps %s of the edges are outside the training range", step, percent(number(fraction))))
	}
	if f.checkpoint != "" {
		options.CheckpointEvery = f.checkpointEvery
		options.Checkpoint = func(c *hgn.Checkpoint) error { return f.save(c, out, later) }
	}
	report, err := model.Rollout(ctx, later.start, options)
	if err == nil {
		err = out.cut() // no step was left
	}
	if err != nil {
		return nil, err
	}
	if report.Stopped {
		fmt.Fprintf(s.err, "hgn: stopped after %d steps: the force on body %d has a standard deviation of %.3g\n", report.Steps, report.Body, report.Sigma)
		if f.uncertain != "" {
			if err := writeFrame(f.uncertain, &last); err != nil {
				return nil, err
			}
		}
	}
	result = &simulateResult{
		Steps:        report.Steps,
		Drift:        number(report.EnergyDrift),
		Time:         number(report.Seconds),
		Speed:        number(float64(later.start.Nodes()) * float64(report.Made) / report.Seconds),
		Extrapolated: number(report.Extrapolated),
		Position:     number(later.meanSquare()),
		compared:     later.frames,
	}
	if !math.IsNaN(report.Sigma) {
		result.sigmaResult = &sigmaResult{Sigma: number(report.Sigma), Grade: number(report.Grade)}
		if report.Stopped {
			result.Stopped = &report.Body
		}
	}
	return result, nil
}

// writeFrame writes a trajectory of one frame.
func writeFrame(name string, f *hgn.Frame) error {
	w, err := trajectory.Create(name)
	if err != nil {
		return err
	}
	return cmp.Or(w.WriteFrame(f), w.Close())
}
