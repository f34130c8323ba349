package system

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/rapidhgn/rapidhgn/hgn"
)

func TestStart(t *testing.T) {
	s, err := Lattice(spring, Walled, 1, 30, 30)
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Mass[:900] {
		s.Mass[i] = 1 + float64(i%3)
	}
	q, p, err := s.Start(1, 0.1, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	again, _, _ := s.Start(1, 0.1, 0.5)
	other, _, _ := s.Start(2, 0.1, 0.5)
	if !slices.Equal(q, again) || slices.Equal(q, other) {
		t.Error("the state is not that of the seed")
	}
	for a, x := range total(p, 2) {
		if !(math.Abs(x) <= 1e-12) {
			t.Errorf("total momentum %v in direction %d", x, a)
		}
	}
	if !slices.Equal(q[1800:], s.Rest[1800:]) || slices.ContainsFunc(p[1800:], func(x float64) bool { return x != 0 }) {
		t.Error("walls moved")
	}
	kinetic, squares := 0.0, 0.0
	for k, x := range p[:1800] {
		kinetic += x * x / (2 * s.Mass[k/2])
		d := q[k] - s.Rest[k]
		squares += d * d
		if !(math.Abs(d) <= 0.1) {
			t.Errorf("coordinate %d is displaced by %v", k, d)
		}
	}
	// T·d/2 per body, and a²/3 per coordinate: within four standard deviations.
	if temperature := 2 * kinetic / 1800; !(math.Abs(temperature-0.5) <= 4*0.5*math.Sqrt(2.0/1800)) {
		t.Errorf("temperature %v", temperature)
	}
	if variance := squares / 1800; !(math.Abs(variance-0.01/3) <= 4*0.01*math.Sqrt(4.0/45/1800)) {
		t.Errorf("displacements have the variance %v", variance)
	}
}

func TestTrajectoryFrames(t *testing.T) {
	s, err := Lattice(spring, Closed, 1, 4)
	if err != nil {
		t.Fatal(err)
	}
	s.Mass = []float64{1, 2, 3, 4}
	q, p, err := s.Start(1, 0.1, 0.1)
	if err != nil {
		t.Fatal(err)
	}
	q0, p0 := slices.Clone(q), slices.Clone(p)
	frames, err := s.Trajectory(context.Background(), q, p, 0.01, 10, 3)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(q, q0) || !slices.Equal(p, p0) {
		t.Error("the start was modified")
	}
	if len(frames) != 4 || !slices.Equal(frames[0].Q, q) || !slices.Equal(frames[0].P, p) {
		t.Fatalf("%d frames, the first at %v", len(frames), frames[0].Q)
	}
	for k, f := range frames {
		force, velocity := make([]float64, 4), make([]float64, 4)
		s.Velocities(velocity, f.P)
		if err := s.Forces(force, f.Q); err != nil {
			t.Fatal(err)
		}
		if f.Step != int64(3*k) || f.Dim != 1 || f.Nodes() != 4 || f.Box != s.Box ||
			!slices.Equal(f.Mass, s.Mass) || !slices.Equal(f.Species, []int{1, 1, 1, 1}) ||
			!slices.Equal(f.PDot, force) || !slices.Equal(f.QDot, velocity) {
			t.Errorf("frame %d: %+v", k, f)
		}
	}
	if frames, err := s.Trajectory(context.Background(), q, p, 0.01, 0, 1); err != nil || len(frames) != 1 {
		t.Errorf("no steps: %d frames, %v", len(frames), err)
	}
}

func TestTrajectoryErrors(t *testing.T) {
	for name, f := range map[string]func(s *System, q, p *[]float64, dt *float64, steps, every *int){
		"dimensions":     func(s *System, _, _ *[]float64, _ *float64, _, _ *int) { s.Dim = 4 },
		"no potential":   func(s *System, _, _ *[]float64, _ *float64, _, _ *int) { s.Potential = nil },
		"graph":          func(s *System, _, _ *[]float64, _ *float64, _, _ *int) { s.Graph = &hgn.Graph{Nodes: 2} },
		"species":        func(s *System, _, _ *[]float64, _ *float64, _, _ *int) { s.Species = []int{1} },
		"zero mass":      func(s *System, _, _ *[]float64, _ *float64, _, _ *int) { s.Mass[1] = 0 },
		"NaN mass":       func(s *System, _, _ *[]float64, _ *float64, _, _ *int) { s.Mass[1] = math.NaN() },
		"empty box":      func(s *System, _, _ *[]float64, _ *float64, _, _ *int) { s.Box.Hi = s.Box.Lo },
		"short q":        func(_ *System, q, _ *[]float64, _ *float64, _, _ *int) { *q = (*q)[:2] },
		"short p":        func(_ *System, _, p *[]float64, _ *float64, _, _ *int) { *p = (*p)[:2] },
		"zero dt":        func(_ *System, _, _ *[]float64, dt *float64, _, _ *int) { *dt = 0 },
		"NaN dt":         func(_ *System, _, _ *[]float64, dt *float64, _, _ *int) { *dt = math.NaN() },
		"negative steps": func(_ *System, _, _ *[]float64, _ *float64, steps, _ *int) { *steps = -1 },
		"zero every":     func(_ *System, _, _ *[]float64, _ *float64, _, every *int) { *every = 0 },
	} {
		s, err := Lattice(spring, Closed, 1, 4)
		if err != nil {
			t.Fatal(err)
		}
		q, p, dt, steps, every := slices.Clone(s.Rest), make([]float64, 4), 0.01, 10, 2
		f(s, &q, &p, &dt, &steps, &every)
		if frames, err := s.Trajectory(context.Background(), q, p, dt, steps, every); err == nil || frames != nil {
			t.Errorf("%s: %d frames, %v", name, len(frames), err)
		}
	}
	s, err := Lattice(spring, Free, 1, 4)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]float64{{-1, 0}, {math.NaN(), 0}, {0, -1}, {0, math.Inf(1)}} {
		if _, _, err := s.Start(1, c[0], c[1]); err == nil {
			t.Errorf("start with %v: no error", c)
		}
	}
	s.Rest = s.Rest[:2]
	if _, _, err := s.Start(1, 0, 0); err == nil {
		t.Error("too few positions at rest: no error")
	}
}

// A step too large ends with the step at which it went wrong, not with frames of NaN.
func TestTrajectoryExplodes(t *testing.T) {
	s, err := Lattice(FPUT{K: 1, Beta: 1, R0: 1}, Free, 1, 3)
	if err != nil {
		t.Fatal(err)
	}
	q, p, err := s.Start(1, 0.1, 1)
	if err != nil {
		t.Fatal(err)
	}
	frames, err := s.Trajectory(context.Background(), q, p, 5, 1000, 1)
	if err == nil || frames != nil || !strings.Contains(err.Error(), "steps: bodies 0 and 1 are at a distance of +Inf") {
		t.Errorf("%d frames, %v", len(frames), err)
	}
}

func ExampleLattice() {
	// A 2×2×2 lattice of unit masses on springs, 1000 steps of Störmer and Verlet.
	s, err := Lattice(Harmonic{K: 1, R0: 1}, Free, 1, 2, 2, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	q, p, err := s.Start(1, 0.1, 0.05)
	if err != nil {
		fmt.Println(err)
		return
	}
	frames, err := s.Trajectory(context.Background(), q, p, 0.01, 1000, 10)
	if err != nil {
		fmt.Println(err)
		return
	}
	before, _ := s.Energy(q, p)
	after, _ := s.Energy(frames[100].Q, frames[100].P)
	fmt.Println(s.Graph.Nodes, s.Graph.Edges(), len(frames), math.Abs(after-before) < 1e-5)
	// Output: 8 12 101 true
}

// Steps of a Lennard-Jones liquid, pairs included.
func BenchmarkTrajectory(b *testing.B) {
	for _, cells := range []int{3, 10} {
		s, err := FCC(LennardJones{Epsilon: 1, Sigma: 1, Cutoff: 2.5}, 0.8442, cells)
		if err != nil {
			b.Fatal(err)
		}
		q, p, err := s.Start(1, 0.05, 1.44)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("nodes=%d", len(s.Mass)), func(b *testing.B) {
			const steps = 20
			for b.Loop() {
				if _, err := s.Trajectory(context.Background(), q, p, 0.002, steps, steps); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/steps/float64(len(s.Mass)), "ns/atom-step")
		})
	}
}
