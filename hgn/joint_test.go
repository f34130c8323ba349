package hgn_test

import (
	"cmp"
	"context"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/system"
)

// block is a block of 8 masses, of two species.
func block(t *testing.T) *system.System {
	t.Helper()
	s, err := system.Lattice(system.Morse{D: 1, A: 1, R0: 1}, system.Free, 1, 2, 2, 2)
	if err != nil {
		t.Fatal(err)
	}
	s.Species = []int{1, 2, 1, 2, 1, 2, 1, 2}
	return s
}

// errors trains on some frames and returns the errors on others.
func jointErrors(t *testing.T, s *system.System, train, test hgn.Frames, o hgn.Options) (*hgn.Model, *hgn.Evaluation) {
	t.Helper()
	ctx := context.Background()
	o.Graph, o.Cutoff, o.Periodic = s.Graph, s.Cutoff, s.Periodic
	m, _, err := hgn.Train(ctx, train, o)
	if err != nil {
		t.Fatal(err)
	}
	e, err := m.Evaluate(ctx, test, hgn.EvaluateOptions{Graph: s.Graph})
	if err != nil {
		t.Fatal(err)
	}
	return m, e
}

// Friction and coupled momenta are found exactly in exact data, alone and together.
func TestDampingAndCoupling(t *testing.T) {
	perSpecies := []float64{0.3, 0.1, 0.3, 0.1, 0.3, 0.1, 0.3, 0.1}
	perBody := []float64{0.3, 0.1, 0.2, 0.15, 0.4, 0.01, 0.3, 0.25}
	for label, c := range map[string]struct {
		coupling system.Coupling
		damping  []float64
		of       hgn.Damping
	}{
		"species":          {system.Coupling{}, perSpecies, hgn.SpeciesDamping},
		"bodies":           {system.Coupling{}, perBody, hgn.BodyDamping},
		"coupling":         {system.Coupling{Dot: 0.15, Along: -0.1}, nil, hgn.NoDamping},
		"coupling, bodies": {system.Coupling{Dot: 0.15, Along: -0.1}, perBody, hgn.BodyDamping},
	} {
		s := block(t)
		s.Coupling, s.Damping = c.coupling, c.damping
		if c.of != hgn.SpeciesDamping {
			s.Species = nil
		}
		var train hgn.Frames
		for seed := range uint64(4) {
			train = append(train, trajectory(t, s, seed, 0.15, 0.1, 0.02, 50, 10)...)
		}
		test := trajectory(t, s, 9, 0.03, 0.01, 0.02, 50, 10)
		m, e := jointErrors(t, s, train, test, hgn.Options{Damping: c.of, Coupling: c.coupling != system.Coupling{}})
		if !(e.Force <= 1e-10) || !(e.Velocity <= 1e-10) {
			t.Errorf("%s: errors of forces and velocities %.3g and %.3g", label, e.Force, e.Velocity)
		}
		t.Logf("%s: errors of forces and velocities %.3g and %.3g", label, e.Force, e.Velocity)
		name := filepath.Join(t.TempDir(), "m.safetensors")
		if err := m.Save(name); err != nil {
			t.Fatal(err)
		}
		loaded, err := hgn.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		again, err := loaded.Evaluate(context.Background(), test, hgn.EvaluateOptions{Graph: s.Graph})
		if err != nil || again.Force != e.Force || again.Velocity != e.Velocity {
			t.Errorf("%s: once loaded, errors %v and %v (%v), not %v and %v", label, again.Force, again.Velocity, err, e.Force, e.Velocity)
		}
		gamma, of := loaded.Damping()
		want := c.damping
		if c.of == hgn.SpeciesDamping {
			want = c.damping[:2]
		}
		if of != c.of || len(gamma) != len(want) {
			t.Fatalf("%s: %v coefficients of damping, want %d", label, len(gamma), len(want))
		}
		for i, x := range want {
			if !(math.Abs(gamma[i]-x) <= 1e-11) {
				t.Errorf("%s: damping %v, want %v", label, gamma, want)
			}
		}
	}
}

// Rollouts with friction and coupled momenta follow the true motion to the order of the
// integrator, and a restart changes no bit.
func TestRolloutDampedAndCoupled(t *testing.T) {
	ctx := context.Background()
	for label, c := range map[string]struct {
		coupling system.Coupling
		damping  hgn.Damping
	}{
		"damped":          {system.Coupling{}, hgn.BodyDamping},
		"coupled":         {system.Coupling{Dot: 0.15, Along: -0.1}, hgn.NoDamping},
		"damped, coupled": {system.Coupling{Dot: 0.15, Along: -0.1}, hgn.BodyDamping},
	} {
		s := block(t)
		s.Coupling, s.Species = c.coupling, nil
		if c.damping != hgn.NoDamping {
			s.Damping = []float64{0.3, 0.1, 0.2, 0.15, 0.4, 0.01, 0.3, 0.25}
		}
		var train hgn.Frames
		for seed := range uint64(4) {
			train = append(train, trajectory(t, s, seed, 0.15, 0.1, 0.02, 40, 10)...)
		}
		m, _, err := hgn.Train(ctx, train, hgn.Options{Graph: s.Graph, Damping: c.damping, Coupling: c.coupling != system.Coupling{}, Features: 32})
		if err != nil {
			t.Fatal(err)
		}
		truth := trajectory(t, s, 9, 0.03, 0.02, 0.005, 2, 400) // at 0 and 2
		for order, fall := range map[int]float64{2: 3.7, 4: 13} {
			var last [2]float64
			var end hgn.Frame
			for k, steps := range []int{20, 40} {
				o := hgn.RolloutOptions{Graph: s.Graph, DT: 2 / float64(steps), Steps: steps, Order: order, Table: hgn.DefaultTable, Workers: 1,
					CheckpointEvery: 20, Observe: func(_ int, f *hgn.Frame) error { end.CopyFrom(f); return nil }}
				var state *hgn.Checkpoint
				o.Checkpoint = func(c *hgn.Checkpoint) error { state = cmp.Or(state, c); return nil }
				if _, err := m.Rollout(ctx, truth[0], o); err != nil {
					t.Fatal(err)
				}
				for a, x := range end.Q {
					last[k] = max(last[k], math.Abs(x-truth[1].Q[a]))
				}
				if k == 0 {
					continue
				}
				q := slices.Clone(end.Q)
				o.Restart = state
				if _, err := m.Rollout(ctx, truth[0], o); err != nil || !slices.Equal(q, end.Q) {
					t.Errorf("%s, order %d: a restart ends elsewhere (%v)", label, order, err)
				}
				if e, err := m.Evaluate(ctx, hgn.Frames{&end}, hgn.EvaluateOptions{Graph: s.Graph}); err != nil || !(e.Force <= 1e-8) {
					t.Errorf("%s, order %d: the frame shown has forces that are off by %v (%v)", label, order, e.Force, err)
				}
			}
			if !(last[1] < last[0]/fall) {
				t.Errorf("%s, order %d: errors %.3g and %.3g of 20 and 40 steps", label, order, last[0], last[1])
			}
		}
	}
}

// Frames of which parts are taken give what they should, with any number of workers to the
// bit, also where an equation spans several.
func TestJointWorkers(t *testing.T) {
	s, err := system.Lattice(system.Morse{D: 1, A: 1, R0: 1}, system.Free, 1, 20, 20)
	if err != nil {
		t.Fatal(err)
	}
	s.Damping = make([]float64, len(s.Mass))
	for i := range s.Damping {
		s.Damping[i] = 0.2
	}
	train := trajectory(t, s, 1, 0.15, 0.1, 0.01, 24, 3)
	for _, kind := range []hgn.Series{hgn.NoSeries, hgn.Boole} {
		var forces [2]float64
		for k, workers := range []int{1, 3} {
			o := hgn.Options{Series: kind, Damping: hgn.SpeciesDamping, Workers: workers, Features: 24}
			if kind != hgn.NoSeries {
				o.DT = 0.01
			}
			m, e := jointErrors(t, s, train, train[:4], o)
			if gamma, _ := m.Damping(); !(math.Abs(gamma[0]-0.2) <= 1e-6) || !(e.Force <= 1e-6) {
				t.Errorf("%v: damping %v, force error %.3g", kind, gamma, e.Force)
			}
			forces[k] = e.Force
		}
		if forces[0] != forces[1] {
			t.Errorf("%v: force errors %v and %v with 1 and 3 workers", kind, forces[0], forces[1])
		}
	}
}
