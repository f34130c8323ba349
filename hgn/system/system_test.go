package system

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rapidhgn/rapidhgn/hgn"
)

var _ hgn.Separable = (*System)(nil)

// assorted returns systems of every kind, with masses that differ.
func assorted(t testing.TB) map[string]*System {
	t.Helper()
	systems := map[string]*System{}
	add := func(name string, s *System, err error) {
		if err != nil {
			t.Fatal(err)
		}
		for i := range s.Mass {
			if s.Mass[i] == 1 {
				s.Mass[i] = 0.5 + 0.3*float64(i%5)
			}
		}
		systems[name] = s
	}
	for name, v := range potentials {
		s, err := Ring(v, 1.05, 6)
		add("ring "+name, s, err)
	}
	fput := potentials["fput"]
	s, err := Lattice(fput, Free, 1, 5)
	add("chain", s, err)
	s, err = Lattice(fput, Walled, 1, 5)
	add("chain with walls", s, err)
	s, err = Lattice(fput, Closed, 1, 5)
	add("closed chain", s, err)
	s, err = Lattice(fput, Walled, 1, 2, 3)
	add("plane with walls", s, err)
	s, err = Lattice(fput, Closed, 1, 3, 4)
	add("closed plane", s, err)
	s, err = Lattice(fput, Free, 1, 2, 2, 3)
	add("block", s, err)
	s, err = FCC(LennardJones{Epsilon: 1, Sigma: 1, Cutoff: 1.6}, 0.8442, 2)
	add("crystal", s, err)
	return systems
}

// Forces are the derivatives of the energy: central differences, whose error is
// h²/6·|V‴| + ε|H|/h.
func TestForcesAgainstEnergy(t *testing.T) {
	for name, s := range assorted(t) {
		q, p, err := s.Start(1, 0.08, 0.2)
		if err != nil {
			t.Fatal(err)
		}
		clear(p) // less to cancel
		f := make([]float64, len(q))
		if err := s.Forces(f, q); err != nil {
			t.Fatal(err)
		}
		for k := range q {
			const h = 1e-5
			at := q[k]
			q[k] = at + h
			above, err1 := s.Energy(q, p)
			q[k] = at - h
			below, err2 := s.Energy(q, p)
			q[k] = at
			if want := (below - above) / (2 * h); err1 != nil || err2 != nil || !(math.Abs(f[k]-want) <= 1e-6*(1+math.Abs(want))) {
				t.Errorf("%s: force %d is %v, differences give %v (errors %v, %v)", name, k, f[k], want, err1, err2)
			}
		}
	}
}

func TestVelocitiesAgainstEnergy(t *testing.T) {
	for name, s := range assorted(t) {
		q, p, err := s.Start(2, 0.05, 0.2)
		if err != nil {
			t.Fatal(err)
		}
		v := make([]float64, len(p))
		s.Velocities(v, p)
		for k := range p {
			const h = 1e-4 // T is quadratic: exact but for rounding
			at := p[k]
			p[k] = at + h
			above, _ := s.Energy(q, p)
			p[k] = at - h
			below, _ := s.Energy(q, p)
			p[k] = at
			if want := (above - below) / (2 * h); !(math.Abs(v[k]-want) <= 1e-8*(1+math.Abs(want))) {
				t.Errorf("%s: velocity %d is %v, differences give %v", name, k, v[k], want)
			}
		}
	}
}

// Verlet keeps the energy to O(dt²), total momentum to rounding, and runs backward.
func TestConservation(t *testing.T) {
	for name, s := range assorted(t) {
		q0, p0, err := s.Start(3, 0.03, 0.01)
		if err != nil {
			t.Fatal(err)
		}
		var drift [2]float64
		for k, refine := range []int{1, 2} {
			steps, dt := 400*refine, 0.01/float64(refine)
			frames, err := s.Trajectory(context.Background(), q0, p0, dt, steps, refine)
			if err != nil || len(frames) != 401 {
				t.Fatalf("%s: %d frames, %v", name, len(frames), err)
			}
			start, _ := s.Energy(q0, p0)
			for _, f := range frames {
				energy, _ := s.Energy(f.Q, f.P)
				drift[k] = max(drift[k], math.Abs(energy-start))
				for a, x := range total(f.P, s.Dim) {
					if !(math.Abs(x) <= 1e-12) {
						t.Fatalf("%s: total momentum %v in direction %d after %d steps", name, x, a, f.Step)
					}
				}
			}
			last := frames[400]
			for i := range last.P {
				last.P[i] = -last.P[i]
			}
			back, err := s.Trajectory(context.Background(), last.Q, last.P, dt, steps, steps)
			if err != nil || !(farthest(t, back[1].Q, q0) <= 1e-11) {
				t.Errorf("%s: %v from the start after going back (error %v)", name, farthest(t, back[1].Q, q0), err)
			}
		}
		if ratio := drift[0] / drift[1]; !(ratio > 3.8 && ratio < 4.2) {
			t.Errorf("%s: drifts %v, ratio %v, want 4", name, drift, ratio)
		}
	}
}

func total(p []float64, dim int) []float64 {
	sum := make([]float64, dim)
	for k, x := range p {
		sum[k%dim] += x
	}
	return sum
}

// Two bodies on a spring: Verlet's own solution is x₀ cos(Ωt) with
// cos(Ω dt) = 1 − (ω dt)²/2, ω² = K/μ, and Ω → ω.
func TestTwoBodies(t *testing.T) {
	s, err := Lattice(Harmonic{K: 2, R0: 1}, Free, 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	s.Mass[0], s.Mass[1] = 1.5, 3 // μ = 1, ω = √2
	const dt, x0 = 0.01, 0.2
	frames, err := s.Trajectory(context.Background(), []float64{0, 1 + x0}, []float64{0, 0}, dt, 2000, 1)
	if err != nil {
		t.Fatal(err)
	}
	angle := math.Acos(1 - 2*dt*dt/2)
	if !(math.Abs(angle/dt-math.Sqrt2) <= 2e-5) {
		t.Errorf("Ω = %v, ω = %v", angle/dt, math.Sqrt2)
	}
	for n, f := range frames {
		if want := x0 * math.Cos(angle*float64(n)); !(math.Abs(f.Q[1]-f.Q[0]-1-want) <= 1e-12) {
			t.Fatalf("step %d: elongation %v, want %v", n, f.Q[1]-f.Q[0]-1, want)
		}
	}
}

// Walls do not move, and the chain between them has the frequencies of fixed ends,
// ω_k = 2 √(K/m) sin(kπ/(2(n+1))).
func TestWalls(t *testing.T) {
	const n, dt = 4, 0.02
	s, err := Lattice(spring, Walled, 1, n)
	if err != nil {
		t.Fatal(err)
	}
	for k := 1; k <= n; k++ {
		q, p := slices.Clone(s.Rest), make([]float64, n+2)
		for i := range n {
			q[i] += 0.01 * math.Sin(float64(k*(i+1))*math.Pi/(n+1))
		}
		mode := q[0] - s.Rest[0]
		frames, err := s.Trajectory(context.Background(), q, p, dt, 500, 1)
		if err != nil {
			t.Fatal(err)
		}
		omega := 2 * math.Sin(float64(k)*math.Pi/(2*(n+1)))
		angle := math.Acos(1 - omega*omega*dt*dt/2)
		for step, f := range frames {
			if f.Q[n] != -1 || f.Q[n+1] != n {
				t.Fatalf("walls at %v and %v", f.Q[n], f.Q[n+1])
			}
			if want := mode * math.Cos(angle*float64(step)); !(math.Abs(f.Q[0]-want) <= 1e-12) {
				t.Fatalf("mode %d, step %d: %v, want %v", k, step, f.Q[0], want)
			}
		}
	}
}

// No bit of a force depends on the pairs that were found before.
func TestForcesWithoutHistory(t *testing.T) {
	v := LennardJones{Epsilon: 1, Sigma: 1, Cutoff: 2.2}
	s, err := FCC(v, 0.8442, 3)
	if err != nil {
		t.Fatal(err)
	}
	q, p, err := s.Start(4, 0.05, 1.5)
	if err != nil {
		t.Fatal(err)
	}
	frames, err := s.Trajectory(context.Background(), q, p, 0.004, 300, 25)
	if err != nil {
		t.Fatal(err)
	}
	found := s.near.graph
	if err := s.Forces(make([]float64, len(q)), frames[12].Q); err != nil || s.near.graph != found {
		t.Errorf("pairs were found again for the same positions (error %v)", err)
	}
	for _, f := range frames {
		fresh, err := FCC(v, 0.8442, 3)
		if err != nil {
			t.Fatal(err)
		}
		want := make([]float64, len(q))
		if err := fresh.Forces(want, f.Q); err != nil || !slices.Equal(f.PDot, want) {
			t.Fatalf("step %d: other forces than without history (error %v)", f.Step, err)
		}
	}
}

func TestForcesErrors(t *testing.T) {
	chain, err := Lattice(spring, Free, 1, 3)
	if err != nil {
		t.Fatal(err)
	}
	crystal, err := FCC(LennardJones{Epsilon: 1, Sigma: 1, Cutoff: 1.5}, 0.8442, 2)
	if err != nil {
		t.Fatal(err)
	}
	move := func(s *System, i int, x float64) []float64 {
		q := slices.Clone(s.Rest)
		q[i] = x
		return q
	}
	together := slices.Clone(crystal.Rest)
	copy(together[15:18], together[3:6])
	long := *crystal
	long.Cutoff = 3
	for _, c := range []struct {
		s    *System
		q    []float64
		want string
	}{
		{chain, move(chain, 2, 1), "bodies 1 and 2 are at one point"},
		{chain, move(chain, 0, math.NaN()), "bodies 0 and 1 are at a distance of NaN"},
		{chain, move(chain, 0, math.Inf(1)), "bodies 0 and 1 are at a distance of +Inf"},
		{crystal, together, "bodies 1 and 5 are at one point"},
		{crystal, move(crystal, 4, math.NaN()), "coordinate y of body 1 is NaN"},
		{&long, crystal.Rest, fmt.Sprintf("cutoff 3 is larger than half the box, %.6g, in x", crystal.Box.Length(0)/2)},
	} {
		if err := c.s.Forces(make([]float64, len(c.q)), c.q); err == nil || err.Error() != c.want {
			t.Errorf("error %v, want %s", err, c.want)
		}
		if _, err := c.s.Energy(c.q, make([]float64, len(c.q))); err == nil || err.Error() != c.want {
			t.Errorf("energy: error %v, want %s", err, c.want)
		}
	}
}

func TestPanics(t *testing.T) {
	s, err := Lattice(spring, Free, 1, 3)
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]func(){
		"short q":          func() { s.Forces(make([]float64, 2), make([]float64, 2)) },
		"short dst":        func() { s.Forces(make([]float64, 2), make([]float64, 3)) },
		"short velocities": func() { s.Velocities(make([]float64, 2), make([]float64, 3)) },
		"short p":          func() { s.Velocities(make([]float64, 2), make([]float64, 2)) },
		"short energy":     func() { s.Energy(make([]float64, 3), make([]float64, 2)) },
	} {
		func() {
			defer func() {
				if s, ok := recover().(string); !ok || !strings.HasPrefix(s, "system: ") {
					t.Errorf("%s: panic %q", name, s)
				}
			}()
			f()
		}()
	}
}

// Random systems: forces add up to 0, and turn, shift and renumber with the positions.
func TestSymmetry(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	s, err := Lattice(Morse{D: 1, A: 1.3, R0: 1}, Free, 1, 3, 4)
	if err != nil {
		t.Fatal(err)
	}
	q, _, err := s.Start(7, 0.2, 0)
	if err != nil {
		t.Fatal(err)
	}
	f, g := make([]float64, len(q)), make([]float64, len(q))
	if err := s.Forces(f, q); err != nil {
		t.Fatal(err)
	}
	for a, x := range total(f, 2) {
		if !(math.Abs(x) <= 1e-14) {
			t.Errorf("forces add up to %v in direction %d", x, a)
		}
	}
	sin, cos := math.Sincos(2 * math.Pi * r.Float64())
	turned := make([]float64, len(q))
	for i := 0; i < len(q); i += 2 {
		turned[i], turned[i+1] = cos*q[i]-sin*q[i+1]+3, sin*q[i]+cos*q[i+1]-2
	}
	if err := s.Forces(g, turned); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(q); i += 2 {
		if x, y := cos*f[i]-sin*f[i+1], sin*f[i]+cos*f[i+1]; !(math.Hypot(g[i]-x, g[i+1]-y) <= 1e-13) {
			t.Errorf("body %d: force (%v, %v) when turned, want (%v, %v)", i/2, g[i], g[i+1], x, y)
		}
	}
}

func TestCancel(t *testing.T) {
	s, err := Lattice(spring, Free, 1, 3)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	frames, err := s.Trajectory(ctx, s.Rest, make([]float64, 3), 0.01, 10, 1)
	if frames != nil || !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "after 0 steps") {
		t.Errorf("%d frames, %v", len(frames), err)
	}
}
