package system

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// Start draws a state: every coordinate of s.Rest moved by up to displacement, evenly
// distributed, and momenta of the given temperature, normally distributed with
// variance mass·temperature, made to add up to 0. Walls stay where they are, at rest.
//
// The state depends on the arguments alone. Draws come from
// rand.NewPCG(seed, 0): for each body but the walls, in order, Dim displacements, then
// Dim momenta.
func (s *System) Start(seed uint64, displacement, temperature float64) (q, p []float64, err error) {
	if err := s.check(); err != nil {
		return nil, nil, err
	}
	if len(s.Rest) != len(s.Mass)*s.Dim {
		return nil, nil, fmt.Errorf("system: %d coordinates at rest for %d bodies", len(s.Rest), len(s.Mass))
	}
	if !(displacement >= 0) || math.IsInf(displacement, 1) || !(temperature >= 0) || math.IsInf(temperature, 1) {
		return nil, nil, fmt.Errorf("system: a start with displacement %v and temperature %v", displacement, temperature)
	}
	r := rand.New(rand.NewPCG(seed, 0))
	q, p = slices.Clone(s.Rest), make([]float64, len(s.Rest))
	var total [3]float64
	mass := 0.0
	for i, m := range s.Mass {
		if m >= WallMass {
			continue
		}
		for a := range s.Dim {
			q[i*s.Dim+a] += float64(displacement * (2*r.Float64() - 1))
		}
		width := math.Sqrt(m * temperature)
		for a := range s.Dim {
			p[i*s.Dim+a] = width * r.NormFloat64()
			total[a] += p[i*s.Dim+a]
		}
		mass += m
	}
	for i, m := range s.Mass {
		if m >= WallMass {
			continue
		}
		for a := range s.Dim {
			p[i*s.Dim+a] -= float64(m / mass * total[a])
		}
	}
	return q, p, nil
}

// Trajectory integrates the system from the state (q, p), which it leaves alone, by
// [hgn.Verlet] with time steps dt, or by the classical method of Kutta where momenta are
// coupled or bodies damped, and returns the states after 0, every, 2·every, …,
// at most steps time steps. The frames have everything that training uses; they share
// nothing with each other but Mass and Species.
//
// The error says after how many steps it happened: that of the context, or that of
// Forces, to which a step too large leads.
func (s *System) Trajectory(ctx context.Context, q, p []float64, dt float64, steps, every int) (hgn.Frames, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	if len(q) != len(s.Mass)*s.Dim || len(p) != len(q) {
		return nil, fmt.Errorf("system: %d positions and %d momenta for %d bodies in %d dimensions", len(q), len(p), len(s.Mass), s.Dim)
	}
	if dt == 0 || math.IsNaN(dt) || math.IsInf(dt, 0) || steps < 0 || every < 1 {
		return nil, fmt.Errorf("system: %d steps of %v, a frame every %d", steps, dt, every)
	}
	species := s.Species
	if species == nil {
		species = make([]int, len(s.Mass))
		for i := range species {
			species[i] = 1
		}
	}
	mass := slices.Clone(s.Mass)
	q, p = slices.Clone(q), slices.Clone(p)
	var frames hgn.Frames
	done := 0
	observe := func(step int) error {
		done = step
		if step%every != 0 {
			return nil
		}
		f := &hgn.Frame{
			Step: int64(step), Dim: s.Dim, Box: s.Box, Species: species, Mass: mass,
			Q: slices.Clone(q), P: slices.Clone(p),
			QDot: make([]float64, len(q)), PDot: make([]float64, len(q)),
		}
		if err := s.Motion(f.PDot, f.QDot, q, p); err != nil {
			return err
		}
		frames = append(frames, f)
		return nil
	}
	err := observe(0)
	switch {
	case err != nil:
	case s.Coupling != (Coupling{}) || s.Damping != nil:
		err = s.kutta(ctx, q, p, dt, steps, observe)
	default:
		err = hgn.Verlet(ctx, s, q, p, dt, steps, observe)
	}
	if err != nil {
		return nil, fmt.Errorf("system: after %d steps: %w", done, err)
	}
	return frames, nil
}

// check returns an error unless the fields fit together.
func (s *System) check() error {
	switch {
	case s.Dim < 1 || s.Dim > 3:
		return fmt.Errorf("system: %d dimensions, not 1, 2 or 3", s.Dim)
	case s.Potential == nil:
		return fmt.Errorf("system: no potential")
	case s.Graph != nil && s.Graph.Nodes != len(s.Mass):
		return fmt.Errorf("system: a graph of %d nodes for %d bodies", s.Graph.Nodes, len(s.Mass))
	case s.Damping != nil && len(s.Damping) != len(s.Mass):
		return fmt.Errorf("system: %d coefficients of damping for %d bodies", len(s.Damping), len(s.Mass))
	case s.Species != nil && len(s.Species) != len(s.Mass):
		return fmt.Errorf("system: %d species for %d bodies", len(s.Species), len(s.Mass))
	}
	for i, m := range s.Mass {
		if !(m > 0) || math.IsInf(m, 1) {
			return fmt.Errorf("system: body %d has the mass %v", i, m)
		}
	}
	if s.Periodic {
		for a := range s.Dim {
			if length := s.Box.Length(a); s.Box.Periodic[a] && !(length > 0 && !math.IsInf(length, 1)) {
				return fmt.Errorf("system: the box has a length of %v", length)
			}
		}
	}
	return nil
}
