package hgn_test

import (
	"context"
	"math"
	"path/filepath"
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
		var train hgn.Frames
		for seed := range uint64(4) {
			train = append(train, trajectory(t, s, seed, 0.15, 0.1, 0.02, 50, 10)...)
		}
		test := trajectory(t, s, 9, 0.03, 0.01, 0.02, 50, 10)
		m, e := jointErrors(t, s, train, test, hgn.Options{Damping: c.of, Coupling: c.coupling != system.Coupling{}})
		if !(e.Force <= 1e-10) || !(e.Velocity <= 1e-10) {
			t.Errorf("%s: errors of forces and velocities %.3g and %.3g", label, e.Force, e.Velocity)
		}
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
