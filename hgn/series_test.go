package hgn_test

import (
	"math"
	"testing"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/system"
)

// series returns trajectories from several starts without forces, frames h apart, as exact
// as Kutta's method with steps of 0.005 makes them.
func series(t *testing.T, s *system.System, h float64, frames int) (train, test hgn.Frames) {
	t.Helper()
	const dt = 0.005
	if s.Damping == nil {
		s.Damping = make([]float64, len(s.Mass))
	}
	every := int(math.Round(h / dt))
	for seed := range uint64(4) {
		train = append(train, trajectory(t, s, seed, 0.15, 0.1, dt, frames, every)...)
	}
	for _, f := range train {
		f.PDot = nil
	}
	return train, trajectory(t, s, 9, 0.03, 0.01, dt, 20, 50)
}

// What a time series teaches is as good as documented.
func TestSeriesOrder(t *testing.T) {
	for kind, order := range map[hgn.Series]float64{hgn.Difference: 4, hgn.Trapezoid: 2, hgn.Simpson: 4, hgn.Boole: 6} {
		var found [2]float64
		for k, h := range []float64{0.1, 0.05} {
			s := block(t)
			train, test := series(t, s, h, 40)
			_, e := jointErrors(t, s, train, test, hgn.Options{Series: kind, DT: 0.005})
			found[k] = e.Force
		}
		if got := math.Log2(found[0] / found[1]); !(got >= order-0.2) {
			t.Errorf("%v: force errors %.3g and %.3g at h = 0.1 and 0.05: order %.2f, want at least %v", kind, found[0], found[1], got, order)
		}
	}
}

// Steps of Verlet are exact for the trapezoidal rule.
func TestSeriesOfVerlet(t *testing.T) {
	s := block(t)
	var train hgn.Frames
	for seed := range uint64(4) {
		train = append(train, trajectory(t, s, seed, 0.15, 0.1, 0.05, 60, 1)...)
	}
	for _, f := range train {
		f.PDot = nil
	}
	_, e := jointErrors(t, s, train, trajectory(t, s, 9, 0.03, 0.01, 0.02, 50, 10), hgn.Options{Series: hgn.Trapezoid, DT: 0.05})
	if !(e.Force <= 1e-11) {
		t.Errorf("force error %.3g", e.Force)
	}
}

// Velocities that were not observed come from positions; friction and coupling are found in
// time series, too.
func TestSeriesOfEverything(t *testing.T) {
	s := block(t)
	s.Coupling = system.Coupling{Dot: 0.15, Along: -0.1}
	s.Damping = []float64{0.3, 0.1, 0.2, 0.15, 0.4, 0.01, 0.3, 0.25}
	train, test := series(t, s, 0.05, 40)
	for _, observed := range []bool{true, false} {
		if !observed {
			for _, f := range train {
				f.QDot = nil
			}
		}
		_, e := jointErrors(t, s, train, test, hgn.Options{Series: hgn.Boole, DT: 0.005, Damping: hgn.BodyDamping, Coupling: true})
		if !(e.Force <= 1e-6) || !(e.Velocity <= 1e-6) {
			t.Errorf("velocities observed: %v: errors of forces and velocities %.3g and %.3g", observed, e.Force, e.Velocity)
		}
	}
}
