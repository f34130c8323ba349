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
the method of Störmer and Verlet (networks: the implicit midpoint rule), and compares
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
  -table N         tabulate the derivative of the pair potential in N cells; 0: compute
                   it from the features (default 0)
  -out FILE        write the motion, a .dump or .xyz (.gz too) or .npz file; it is
                   kept if the simulation is interrupted or fails on the way
  -every N         write steps 0, N, 2N, … to -out (default 100)` + commonUsage

// simulateFlags are the flags of simulate.
type simulateFlags struct {
	*flags
	model, data, edges, out    string
	frame, steps, every, table int
	dt, skin                   float64
	masses                     masses
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
	f.count(&f.table, "table", 0, 0, hgn.MaxTable)
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
	if f.out != "" {
		if err := trajectory.CheckName(f.out); err != nil {
			return usagef("-out %v", err)
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
	compared     int
}

func (r *simulateResult) rows() []row {
	return []row{
		{"steps", r.Steps},
		{"energy drift over kinetic energy", r.Drift},
		{"edges outside the training range", percent(r.Extrapolated)},
		{"mean squared error of positions", r.Position},
		{"compared with", fmt.Sprintf("%d frames", r.compared)},
		{"time", duration(r.Time)},
		{"particle steps per second", r.Speed},
	}
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
	if err := writable([]string{f.out, f.profile}, f.data, f.model, f.edges); err != nil {
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
	if f.out != "" {
		// Whatever is wrong with the data is found before there is a file.
		if err := later.check(ctx, f.steps); err != nil {
			return nil, err
		}
	}
	out := &motion{name: f.out, every: f.every}
	defer func() {
		err = out.close(err)
	}()
	skin := f.skin
	if skin == 0 {
		skin = -1 // none
	}
	p := s.progress("simulating", int64(f.steps))
	defer p.end()
	report, err := model.Rollout(ctx, later.start, hgn.RolloutOptions{
		Graph:   graph,
		DT:      f.dt,
		Steps:   f.steps,
		Skin:    skin,
		Table:   f.table,
		Workers: f.workers,
		Due: func(step int) bool {
			p.tick()
			return out.due(step) || later.due(step)
		},
		Observe: func(step int, moved *hgn.Frame) error {
			if later.due(step) {
				if err := later.compare(moved); err != nil {
					return err
				}
			}
			if out.due(step) {
				return out.write(moved)
			}
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	return &simulateResult{
		Steps:        report.Steps,
		Drift:        number(report.EnergyDrift),
		Time:         number(report.Seconds),
		Speed:        number(float64(later.start.Nodes()) * float64(report.Steps) / report.Seconds),
		Extrapolated: number(report.Extrapolated),
		Position:     number(later.meanSquare()),
		compared:     later.frames,
	}, nil
}

// motion is the file that a simulation writes, unless its name is "".
type motion struct {
	name  string
	every int
	w     *trajectory.Writer // nil before the first frame
	kept  int                // frames in the file
}

// due says whether the state after a step is written.
func (m *motion) due(step int) bool { return m.name != "" && step%m.every == 0 }

// write appends f.
func (m *motion) write(f *hgn.Frame) error {
	if m.w == nil {
		w, err := trajectory.Create(m.name)
		if err != nil {
			return err
		}
		m.w = w
	}
	if err := m.w.WriteFrame(f); err != nil {
		return err
	}
	m.kept++
	return nil
}

// close closes the file and returns failed, or else what went wrong.
func (m *motion) close(failed error) error {
	if m.w == nil {
		return failed
	}
	if failed = cmp.Or(failed, m.w.Close()); failed != nil {
		return &keptError{m.name, m.kept, failed}
	}
	return nil
}

// A keptError says what a simulation that failed leaves.
type keptError struct {
	name   string
	frames int
	cause  error
}

func (e *keptError) Error() string {
	kept := fmt.Sprintf("frames kept in %s: %d", e.name, e.frames)
	if errors.Is(e.cause, context.Canceled) {
		return kept
	}
	return fmt.Sprintf("%v; %s", e.cause, kept)
}

func (e *keptError) Unwrap() error { return e.cause }
