package hgn_test

import (
	"context"
	"math"
	"testing"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/system"
)

// trajectory is one of s, from a state of its own for every seed.
func trajectory(t *testing.T, s *system.System, seed uint64, displacement, temperature, dt float64, frames, every int) hgn.Frames {
	t.Helper()
	q, p, err := s.Start(seed, displacement, temperature)
	if err != nil {
		t.Fatal(err)
	}
	f, err := s.Trajectory(context.Background(), q, p, dt, (frames-1)*every, every)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// From trajectories of systems with a known energy their forces are learned to these
// relative errors, on another trajectory, which is cooler to stay in the training range. The bounds are
// some times what was found.
func TestRecoveryFromTrajectories(t *testing.T) {
	lattice := func(v system.Potential, boundary system.Boundary, sizes ...int) *system.System {
		s, err := system.Lattice(v, boundary, 1, sizes...)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	liquid, err := system.FCC(system.LennardJones{Epsilon: 1, Sigma: 1, Cutoff: 2.5}, 0.8442, 3)
	if err != nil {
		t.Fatal(err)
	}
	harmonic := system.Harmonic{K: 1, R0: 1}
	for name, c := range map[string]struct {
		s           *system.System
		temperature float64
		heat        float64 // of the other trajectory, relative
		dt          float64
		frames      int
		bound       float64
	}{
		"harmonic":      {lattice(harmonic, system.Free, 2, 2, 2), 0.05, 0.3, 0.01, 100, 1e-13},
		"fput":          {lattice(system.FPUT{K: 1, Alpha: 0.5, Beta: 0.3, R0: 1}, system.Free, 2, 2, 2), 0.05, 0.3, 0.01, 100, 1e-13},
		"morse":         {lattice(system.Morse{D: 1, A: 1, R0: 1}, system.Free, 2, 2, 2), 0.05, 0.3, 0.01, 100, 1e-13},
		"walls":         {lattice(system.FPUT{K: 1, Beta: 1, R0: 1}, system.Walled, 8), 0.05, 0.3, 0.01, 100, 1e-13},
		"lennard-jones": {liquid, 1.2, 0.8, 0.002, 40, 5e-6},
	} {
		o := hgn.Options{Graph: c.s.Graph, Cutoff: c.s.Cutoff, Periodic: c.s.Periodic}
		model, _, err := hgn.Train(context.Background(), trajectory(t, c.s, 1, 0.02, c.temperature, c.dt, c.frames, 10), o)
		if err != nil {
			t.Fatal(err)
		}
		e, err := model.Evaluate(context.Background(), trajectory(t, c.s, 2, 0.01, c.heat*c.temperature, c.dt, 20, 10), hgn.EvaluateOptions{Graph: o.Graph})
		if err != nil {
			t.Fatal(err)
		}
		if !(e.Force <= c.bound) || !(e.Velocity <= 1e-11) {
			t.Errorf("%s: force error %v, want at most %v; of velocities %v", name, e.Force, c.bound, e.Velocity)
		}
	}
}

// gravitating is 20 bodies of different masses, all attracting each other, which do not
// come close in the short time that they are followed.
func TestRecoveryOfGravity(t *testing.T) {
	const n = 20
	var pairs [][2]int
	s := &system.System{Dim: 3}
	for i := range n {
		sin, cos := math.Sincos(2.4 * float64(i))
		s.Rest = append(s.Rest, float64(1+i%4)*cos, float64(1+i%4)*sin, 0.4*float64(i))
		s.Mass = append(s.Mass, 0.5+0.1*float64(i))
		for j := range i {
			pairs = append(pairs, [2]int{j, i})
		}
	}
	g, err := hgn.NewGraph(n, pairs)
	if err != nil {
		t.Fatal(err)
	}
	s.Potential, s.Graph = system.Harmonic{}, g // no forces but those below
	frames := func(seed uint64) hgn.Frames {
		var all hgn.Frames
		for k := range uint64(500) {
			f := trajectory(t, s, 1000*seed+k, 0.2, 1, 1, 1, 1)[0]
			for k, i := range g.Senders {
				j := g.Receivers[k]
				r := 0.0
				for a := range 3 {
					r = math.Hypot(r, f.Q[3*j+int32(a)]-f.Q[3*i+int32(a)])
				}
				for a := range int32(3) {
					x := s.Mass[i] * s.Mass[j] * (f.Q[3*j+a] - f.Q[3*i+a]) / (r * r * r)
					f.PDot[3*i+a] += x
					f.PDot[3*j+a] -= x
				}
			}
			all = append(all, f)
		}
		return all
	}
	training, test := frames(1), frames(2)[:50]
	for _, xi := range []hgn.Xi{hgn.LogDistance, hgn.InverseDistance} {
		model, _, err := hgn.Train(context.Background(), training, hgn.Options{Graph: g, Xi: xi})
		if err != nil {
			t.Fatal(err)
		}
		e, err := model.Evaluate(context.Background(), test, hgn.EvaluateOptions{Graph: g})
		if err != nil {
			t.Fatal(err)
		}
		if !(e.Force <= 1e-12) || !(e.Velocity <= 1e-12) {
			t.Errorf("%v: force error %v, of velocities %v", xi, e.Force, e.Velocity)
		}
	}
}
