package system

import (
	"context"
	"math"
	"testing"
)

// coupled is a lattice with coupled momenta.
func coupled(t *testing.T) *System {
	t.Helper()
	s, err := Lattice(Morse{D: 1, A: 1, R0: 1}, Free, 1, 2, 2, 2)
	if err != nil {
		t.Fatal(err)
	}
	s.Coupling = Coupling{Dot: 0.15, Along: -0.1}
	for i := range s.Mass {
		s.Mass[i] = 1 + 0.1*float64(i%3)
	}
	return s
}

// The equations of motion are derivatives of the energy.
func TestMotionIsHamiltonian(t *testing.T) {
	s := coupled(t)
	q, p, err := s.Start(1, 0.1, 0.3)
	if err != nil {
		t.Fatal(err)
	}
	n := len(q)
	pdot, qdot := make([]float64, n), make([]float64, n)
	if err := s.Motion(pdot, qdot, q, p); err != nil {
		t.Fatal(err)
	}
	const h = 1e-5
	slope := func(x *float64) float64 {
		at := *x
		defer func() { *x = at }()
		*x = at + h
		above, err := s.Energy(q, p)
		if err != nil {
			t.Fatal(err)
		}
		*x = at - h
		below, _ := s.Energy(q, p)
		return (above - below) / (2 * h)
	}
	for a := range n {
		if want := -slope(&q[a]); !(math.Abs(pdot[a]-want) <= 1e-9) {
			t.Errorf("ṗ[%d] = %v, −∂H/∂q is %v", a, pdot[a], want)
		}
		if want := slope(&p[a]); !(math.Abs(qdot[a]-want) <= 1e-9) {
			t.Errorf("q̇[%d] = %v, ∂H/∂p is %v", a, qdot[a], want)
		}
	}
}

// Coupled momenta conserve the energy to fourth order; friction takes what it should from
// free bodies.
func TestTrajectoriesOfAnyMotion(t *testing.T) {
	ctx := context.Background()
	s := coupled(t)
	q, p, err := s.Start(1, 0.05, 0.05)
	if err != nil {
		t.Fatal(err)
	}
	drift := func(dt float64, steps int) float64 {
		frames, err := s.Trajectory(ctx, q, p, dt, steps, steps)
		if err != nil {
			t.Fatal(err)
		}
		before, _ := s.Energy(q, p)
		after, _ := s.Energy(frames[1].Q, frames[1].P)
		return math.Abs(after - before)
	}
	if coarse, fine := drift(0.04, 50), drift(0.02, 100); !(fine < coarse/12) {
		t.Errorf("drift %.3g with steps of 0.04, %.3g with those of 0.02", coarse, fine)
	}

	free := &System{Dim: 1, Mass: []float64{2, 1}, Potential: Harmonic{}, Cutoff: 1, Rest: []float64{0, 50}, Damping: []float64{3, 0}}
	frames, err := free.Trajectory(ctx, []float64{0, 50}, []float64{1, 1}, 0.01, 100, 100)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := frames[1].P[0], math.Exp(-1.5); !(math.Abs(got-want) <= 1e-9) || math.Abs(frames[1].P[1]-1) > 1e-15 {
		t.Errorf("momenta %v after 1, want %v and 1", frames[1].P, want)
	}
	free.Damping = free.Damping[:1]
	if _, err := free.Trajectory(ctx, []float64{0, 50}, []float64{1, 1}, 0.01, 1, 1); err == nil {
		t.Error("one coefficient of damping for two bodies is no error")
	}
}
