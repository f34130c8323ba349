package hgn

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

// states are what Observe was shown.
type states struct {
	steps []int
	at    []*Frame
}

func (s *states) observe(step int, f *Frame) error {
	s.steps, s.at = append(s.steps, step), append(s.at, copyOf(f))
	return nil
}

// roll is Model.Rollout, which must succeed, with all states.
func roll(t *testing.T, m *Model, start *Frame, o RolloutOptions) (*RolloutReport, *states) {
	t.Helper()
	var seen states
	o.Observe = seen.observe
	r, err := m.Rollout(context.Background(), start, o)
	if err != nil {
		t.Fatal(err)
	}
	return r, &seen
}

// A rollout is the method of Störmer and Verlet with Forces and Velocities, whose pairs
// are found anew at every step; its report is about those states.
func TestRollout(t *testing.T) {
	for name, w := range worlds {
		t.Run(name, func(t *testing.T) {
			o := w.options(t)
			o.Features, o.NodeFeatures, o.Ridge = 16, 4, 1e-8
			m, _ := train(t, w.frames(t, 1, 10, 0.15), o)
			start := w.frames(t, 2, 1, 0.1)[0]
			start.Step = 1000
			untouched := copyOf(start)
			const dt, steps = 0.01, 60
			r, seen := roll(t, m, start, RolloutOptions{Graph: o.Graph, DT: dt, Steps: steps, Workers: 2})
			if farthest(t, start.Q, untouched.Q) != 0 || farthest(t, start.P, untouched.P) != 0 || farthest(t, start.QDot, untouched.QDot) != 0 || start.Step != 1000 {
				t.Error("the start has changed")
			}

			f := copyOf(start)
			velocity := make([]float64, len(f.P))
			kick := func(x, dx []float64, h float64) {
				for i, d := range dx {
					x[i] += float64(h * d)
				}
			}
			h0 := energyOf(t, m, f, o.Graph)
			rest := copyOf(f)
			clear(rest.P)
			kinetic := h0 - energyOf(t, m, rest, o.Graph)
			drift, outside, edges := 0.0, 0, 0
			for step := 0; step <= steps; step++ {
				if step > 0 {
					kick(f.P, forcesOf(t, m, f, o.Graph), dt/2)
					if err := m.Velocities(velocity, f, nil); err != nil {
						t.Fatal(err)
					}
					kick(f.Q, velocity, dt)
					kick(f.P, forcesOf(t, m, f, o.Graph), dt/2)
				}
				n, err := m.Forces(velocity, f, o.Graph)
				if err != nil {
					t.Fatal(err)
				}
				outside += n
				g := o.Graph
				if g == nil {
					if g, err = CutoffGraph(f, w.cutoff, w.periodic); err != nil {
						t.Fatal(err)
					}
				}
				edges += g.Edges()
				drift = max(drift, math.Abs(energyOf(t, m, f, o.Graph)-h0))
				got := seen.at[step]
				if farthest(t, got.Q, f.Q) != 0 || farthest(t, got.P, f.P) != 0 {
					t.Fatalf("step %d: positions differ by %v", step, farthest(t, got.Q, f.Q))
				}
				if seen.steps[step] != step || got.Step != int64(1000+step) || got.HasEnergy {
					t.Fatalf("step %d is %d, frame %d", step, seen.steps[step], got.Step)
				}
				if farthest(t, got.PDot, forcesOf(t, m, f, o.Graph)) != 0 {
					t.Fatalf("step %d: other forces", step)
				}
				if err := m.Velocities(velocity, f, nil); err != nil || farthest(t, got.QDot, velocity) != 0 {
					t.Fatalf("step %d: other velocities, %v", step, err)
				}
			}
			if !(math.Abs(r.EnergyDrift-drift/kinetic) <= 1e-11*(1+math.Abs(h0))) || r.Steps != steps || !(r.Seconds > 0) {
				t.Errorf("%+v, want a drift of %v", r, drift/kinetic)
			}
			if want := float64(outside) / float64(edges); r.Extrapolated != want {
				t.Errorf("%v are outside, want %v", r.Extrapolated, want)
			}
		})
	}
}

// Neither the skin of the lists nor the number of workers changes a bit of the motion,
// also where half the box limits the skin.
func TestRolloutSkin(t *testing.T) {
	for _, name := range []string{"liquid", "plane, cutoff", "drop", "charges, sieve"} {
		w := worlds[name]
		o := w.options(t)
		o.Features = 16
		m, _ := train(t, w.frames(t, 1, 10, 0.15), o)
		start := w.frames(t, 2, 1, 0.15)[0]
		for k := range start.P {
			start.P[k] *= 3 // lists are rebuilt often
		}
		for _, side := range []float64{0, 0.3} { // half the box is the cutoff, or a little more
			for a := range 3 {
				start.Box.Hi[a] += side
			}
			var first *states
			for _, skin := range []float64{0, 1e-9, 0.05, 1, 100} {
				for _, workers := range []int{1, 3} {
					_, seen := roll(t, m, start, RolloutOptions{DT: 0.01, Steps: 20, Skin: skin, Workers: workers})
					if first == nil {
						first = seen
					}
					for k, f := range seen.at {
						if farthest(t, f.Q, first.at[k].Q) != 0 || farthest(t, f.P, first.at[k].P) != 0 {
							t.Fatalf("%s, skin %v, %d workers: another motion from step %d", name, skin, workers, k)
						}
					}
				}
			}
		}
	}
}

// Two bodies that are not on each other's list, and each of which moves by more than half
// the skin but less than all of it, find each other.
func TestRolloutHeadOn(t *testing.T) {
	w := worlds["liquid"]
	m, _ := train(t, w.frames(t, 1, 10, 0.15), w.options(t))
	const skin, dt, steps = 0.4, 0.01, 50
	f := w.frames(t, 2, 1, 0)[0]
	start := &Frame{Dim: f.Dim, Box: f.Box, Species: f.Species[:2], Mass: []float64{1, 1}}
	start.Q, start.P = make([]float64, 2*f.Dim), make([]float64, 2*f.Dim)
	for a := range f.Dim {
		start.Box.Hi[a] = start.Box.Lo[a] + 100 // does not shorten the skin
	}
	start.Q[f.Dim] = m.Cutoff() + skin + 0.001
	start.P[0] = 0.6 * skin / (dt * steps)
	start.P[f.Dim] = -start.P[0]
	_, listed := roll(t, m, start, RolloutOptions{DT: dt, Steps: steps, Skin: skin})
	_, anew := roll(t, m, start, RolloutOptions{DT: dt, Steps: steps, Skin: -1})
	if d := farthest(t, listed.at[steps].P, anew.at[steps].P); d != 0 {
		t.Errorf("momenta differ by %v", d)
	}
	if anew.at[steps].P[0] == start.P[0] {
		t.Error("the bodies have not met")
	}
}

// The drift of the energy falls with dt², and −dt leads back.
func TestRolloutOrder(t *testing.T) {
	w := worlds["cube"]
	o := w.options(t)
	m, _ := train(t, w.frames(t, 1, 60, 0.15), o)
	start := w.frames(t, 2, 1, 0.05)[0]
	for k := range start.P {
		start.P[k] *= 0.1
	}
	var drift []float64
	for _, steps := range []int{50, 100, 200} {
		r, seen := roll(t, m, start, RolloutOptions{Graph: o.Graph, DT: 2 / float64(steps), Steps: steps})
		drift = append(drift, r.EnergyDrift)
		_, back := roll(t, m, seen.at[steps], RolloutOptions{Graph: o.Graph, DT: -2 / float64(steps), Steps: steps})
		if d := farthest(t, back.at[steps].Q, start.Q); !(d <= 1e-12) {
			t.Errorf("%d steps back and forth lead %v away", steps, d)
		}
	}
	for k := range 2 {
		if ratio := drift[k] / drift[k+1]; !(math.Abs(ratio-4) <= 0.5) {
			t.Errorf("the drift is %v: it falls by %v, want 4", drift, ratio)
		}
	}
}

// A table of enough cells follows the same motion, and keeps the energy as well.
func TestRolloutTable(t *testing.T) {
	for name, cells := range map[string]int{"cube": 20, "liquid": 1000} {
		w := worlds[name]
		o := w.options(t)
		m, _ := train(t, w.frames(t, 1, 30, 0.15), o)
		start := w.frames(t, 2, 1, 0.1)[0]
		direct, a := roll(t, m, start, RolloutOptions{Graph: o.Graph, DT: 0.002, Steps: 50})
		tabled, b := roll(t, m, start, RolloutOptions{Graph: o.Graph, DT: 0.002, Steps: 50, Table: cells})
		d := farthest(t, a.at[50].Q, b.at[50].Q)
		bound := 1e-8
		if name == "cube" { // of the springs V′ is a cubic, and so exact
			bound = 1e-14
		}
		if !(d <= bound) {
			t.Errorf("%s: positions differ by %v", name, d)
		}
		if !(math.Abs(direct.EnergyDrift-tabled.EnergyDrift) <= 1e-9) || direct.Extrapolated != tabled.Extrapolated {
			t.Errorf("%s: %+v with a table, %+v without", name, tabled, direct)
		}
	}
}

// Due chooses the states to observe; no steps show the start alone.
func TestRolloutDue(t *testing.T) {
	w := worlds["chain"]
	o := w.options(t)
	m, _ := train(t, w.frames(t, 1, 20, 0.1), o)
	start := w.frames(t, 2, 1, 0.1)[0]
	for name, c := range map[string]struct {
		steps int
		due   func(int) bool
		want  []int
	}{
		"all":      {3, nil, []int{0, 1, 2, 3}},
		"thirds":   {7, func(step int) bool { return step%3 == 0 }, []int{0, 3, 6}},
		"the last": {5, func(step int) bool { return step == 5 }, []int{5}},
		"no steps": {0, nil, []int{0}},
	} {
		r, seen := roll(t, m, start, RolloutOptions{Graph: o.Graph, DT: 0.01, Steps: c.steps, Due: c.due})
		if !slices.Equal(seen.steps, c.want) || r.Steps != c.steps {
			t.Errorf("%s: %v, want %v", name, seen.steps, c.want)
		}
		if c.steps == 0 && (r.EnergyDrift != 0 || farthest(t, seen.at[0].Q, start.Q) != 0) {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if r, err := m.Rollout(context.Background(), start, RolloutOptions{Graph: o.Graph, DT: 0.01, Steps: 3}); err != nil || r.Steps != 3 {
		t.Errorf("unobserved: %+v, %v", r, err)
	}
	clear(start.P)
	if r, _ := roll(t, m, start, RolloutOptions{Graph: o.Graph, DT: 0.01, Steps: 3}); !math.IsInf(r.EnergyDrift, 1) {
		t.Errorf("from rest: a drift of %v", r.EnergyDrift)
	}
}

func TestRolloutErrors(t *testing.T) {
	w := worlds["chain"]
	o := w.options(t)
	m, _ := train(t, w.frames(t, 1, 20, 0.1), o)
	near := worlds["line, cutoff"]
	cut, _ := train(t, near.frames(t, 1, 20, 0.1), near.options(t))
	start := w.frames(t, 2, 1, 0.1)[0]
	start.Step = 500
	good := RolloutOptions{Graph: o.Graph, DT: 0.01, Steps: 20}
	option := func(change func(o *RolloutOptions)) RolloutOptions { o := good; change(&o); return o }
	state := func(change func(f *Frame)) *Frame { f := copyOf(start); change(f); return f }
	stop := errors.New("stop")
	free := near.frames(t, 2, 1, 0.1)[0]
	for k := range free.P {
		free.P[k] *= 1e150
	}
	for name, c := range map[string]struct {
		m     *Model
		start *Frame
		o     RolloutOptions
		want  string
	}{
		"no time step":    {m, start, option(func(o *RolloutOptions) { o.DT = 0 }), "time step 0"},
		"infinite step":   {m, start, option(func(o *RolloutOptions) { o.DT = math.Inf(1) }), "time step +Inf"},
		"order":           {m, start, option(func(o *RolloutOptions) { o.Order = 3 }), "order 3"},
		"negative steps":  {m, start, option(func(o *RolloutOptions) { o.Steps = -1 }), "-1 steps"},
		"negative table":  {m, start, option(func(o *RolloutOptions) { o.Table = -2 }), "table"},
		"huge table":      {m, start, option(func(o *RolloutOptions) { o.Table = math.MaxInt }), "table"},
		"NaN skin":        {m, start, option(func(o *RolloutOptions) { o.Skin = math.NaN() }), "skin"},
		"no edges":        {m, start, option(func(o *RolloutOptions) { o.Graph = nil }), "needs them"},
		"edges":           {cut, start, good, "takes no fixed edges"},
		"species":         {m, state(func(f *Frame) { f.Species[0] = 8 }), good, "step 500: body 0 is of species 8"},
		"one point":       {m, state(func(f *Frame) { f.Q[3] = f.Q[4] }), good, "step 500: bodies 3 and 4 are at one point"},
		"unstable":        {m, start, option(func(o *RolloutOptions) { o.DT, o.Steps = 100, 1000 }), "a smaller time step may help"},
		"unstable, table": {m, start, option(func(o *RolloutOptions) { o.DT, o.Steps, o.Table = 100, 1000, 50 }), "a smaller time step may help"},
		"lost":            {cut, free, RolloutOptions{DT: 1e200, Steps: 5}, "after 0 steps"},
		"observer": {m, start, option(func(o *RolloutOptions) {
			o.Observe = func(step int, _ *Frame) error {
				if step == 7 {
					return stop
				}
				return nil
			}
		}), "stop"},
		"observer of the start": {m, start, option(func(o *RolloutOptions) { o.Observe = func(int, *Frame) error { return stop } }), "stop"},
	} {
		r, err := c.m.Rollout(context.Background(), c.start, c.o)
		if err == nil || r != nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %+v, %v, want %q", name, r, err, c.want)
		}
	}
	var fault *FrameError
	_, err := m.Rollout(context.Background(), start, option(func(o *RolloutOptions) { o.DT, o.Steps = 100, 1000 }))
	if !errors.As(err, &fault) || fault.Step <= 500 {
		t.Errorf("unstable: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	last := 0
	_, err = m.Rollout(ctx, start, option(func(o *RolloutOptions) {
		o.Observe = func(step int, _ *Frame) error {
			if last = step; step == 5 {
				cancel()
			}
			return nil
		}
	}))
	if !errors.Is(err, context.Canceled) || last != 5 {
		t.Errorf("cancelled: %v after step %d", err, last)
	}
}

// Steps allocate next to nothing.
func TestRolloutAllocations(t *testing.T) {
	for _, name := range []string{"cube", "liquid"} {
		w := worlds[name]
		o := w.options(t)
		m, _ := train(t, w.frames(t, 1, 3, 0.1), o)
		start := w.frames(t, 2, 1, 0.1)[0]
		run := func(steps int) float64 {
			return testing.AllocsPerRun(1, func() {
				if _, err := m.Rollout(context.Background(), start, RolloutOptions{Graph: o.Graph, DT: 1e-6, Steps: steps, Workers: 1}); err != nil {
					t.Fatal(err)
				}
			})
		}
		if perStep := (run(30) - run(10)) / 20; perStep > 12 {
			t.Errorf("%s: %v allocations per step", name, perStep)
		}
	}
}
