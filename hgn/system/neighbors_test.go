package system

import (
	"slices"
	"testing"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// Two bodies just too far apart to be listed approach head on, each by 0.6 of the
// skin: the sum is more than the skin, though neither moved so far.
func TestHeadOn(t *testing.T) {
	const cutoff = 2.5
	for dim := 1; dim <= 3; dim++ {
		s := &System{Dim: dim, Mass: []float64{1, 1}, Potential: spring, Cutoff: cutoff}
		const skin = skinFraction * cutoff
		q, f := make([]float64, 2*dim), make([]float64, 2*dim)
		a := dim - 1 // the direction
		q[dim+a] = cutoff + 1.01*skin
		if err := s.Forces(f, q); err != nil || s.near.graph.Edges() != 0 {
			t.Fatalf("%d edges, %v", s.near.graph.Edges(), err)
		}
		q[a] += 0.6 * skin
		q[dim+a] -= 0.6 * skin
		want := q[dim+a] - q[a] - 1
		if err := s.Forces(f, q); err != nil || f[a] != want || f[dim+a] != -want {
			t.Errorf("dim %d: forces %v at a distance of %v, error %v", dim, f, q[dim+a]-q[a], err)
		}
	}
}

// Fields may be changed between calls, while positions stay: forces are those of a
// system that never had others.
func TestChange(t *testing.T) {
	q := []float64{0.1, 0.2, 0.3, 2.3, 0.2, 0.3, 9.6, 0.2, 0.3, 0.1, 2.9, 0.3}
	fresh := func() *System {
		return &System{Dim: 3, Mass: ones(4), Potential: spring, Cutoff: 2, Periodic: true,
			Box: hgn.Box{Hi: [3]float64{10, 10, 10}, Periodic: [3]bool{true, true, true}}}
	}
	forces := func(s *System, q []float64) []float64 {
		t.Helper()
		f := make([]float64, len(q))
		if err := s.Forces(f, q); err != nil {
			t.Fatal(err)
		}
		return f
	}
	before := forces(fresh(), q)
	for name, change := range map[string]func(s *System) []float64{
		"cutoff up":   func(s *System) []float64 { s.Cutoff = 3; return q },
		"cutoff down": func(s *System) []float64 { s.Cutoff = 0.5; return q },
		"box":         func(s *System) []float64 { s.Box.Hi[1] = 4; return q },
		"free":        func(s *System) []float64 { s.Periodic = false; return q },
		"free in x":   func(s *System) []float64 { s.Box.Periodic[0] = false; return q },
		"dimensions":  func(s *System) []float64 { s.Dim, s.Mass = 2, ones(6); return q },
		"more bodies": func(s *System) []float64 { s.Mass = ones(5); return append(slices.Clone(q), 1, 0.2, 0.3) },
		"less bodies": func(s *System) []float64 { s.Mass = ones(2); return q[:6] },
	} {
		s, other := fresh(), fresh()
		forces(s, q)
		got, want := forces(s, change(s)), forces(other, change(other))
		if !slices.Equal(got, want) {
			t.Errorf("%s: forces %v, want %v", name, got, want)
		}
		if slices.Equal(want, before) {
			t.Errorf("%s: the forces are those from before: it tests nothing", name)
		}
	}
}
