package tables

import (
	"context"
	"math"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/system"
)

// The potentials of the lattices; masses and rest lengths are 1.
var (
	spring  = system.Harmonic{K: 1, R0: 1}
	quartic = system.FPUT{K: 1, Alpha: 0, Beta: 1, R0: 1}
	morse   = system.Morse{D: 1, A: 1, R0: 1}
	lennard = system.LennardJones{Epsilon: 1, Sigma: 1, Cutoff: 2.5}
)

// states draws n independent states of s.
func states(ctx context.Context, s *system.System, seed uint64, n int, displacement, temperature float64) (hgn.Frames, error) {
	var frames hgn.Frames
	for k := range n {
		q, p, err := s.Start(seed+uint64(k), displacement, temperature)
		if err != nil {
			return nil, err
		}
		one, err := observed(ctx, s, q, p)
		if err != nil {
			return nil, err
		}
		one.Step = int64(k)
		frames = append(frames, one)
	}
	return frames, nil
}

// observed is the state (q, p) with its derivatives and energy.
func observed(ctx context.Context, s *system.System, q, p []float64) (*hgn.Frame, error) {
	one, err := s.Trajectory(ctx, q, p, 1, 0, 1)
	if err != nil {
		return nil, err
	}
	one[0].Energy, err = s.Energy(q, p)
	one[0].HasEnergy = true
	return one[0], err
}

// geometric is the geometric mean of values above 0.
type geometric struct {
	sum float64
	n   int
}

func (g *geometric) add(x float64) {
	if x > 0 {
		g.sum += math.Log(x)
		g.n++
	}
}

func (g *geometric) mean() float64 {
	if g.n == 0 {
		return 0
	}
	return math.Exp(g.sum / float64(g.n))
}

// relative is ‖x − y‖/(‖x‖ + ‖y‖).
func relative(x, y []float64) float64 {
	var d, a, b float64
	for i, v := range x {
		d += (v - y[i]) * (v - y[i])
		a += v * v
		b += y[i] * y[i]
	}
	if d == 0 {
		return 0
	}
	return math.Sqrt(d) / (math.Sqrt(a) + math.Sqrt(b))
}

// meanSquare is the mean of (x − y)².
func meanSquare(x, y []float64) float64 {
	s := 0.0
	for i, v := range x {
		s += (v - y[i]) * (v - y[i]) / float64(len(x))
	}
	return s
}
