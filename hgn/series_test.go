package hgn_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
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
	s := block(t)
	s.Species = nil
	var train [2]hgn.Frames
	var test hgn.Frames
	for k, h := range []float64{0.1, 0.05} {
		train[k], test = series(t, s, h, 40)
	}
	for kind, order := range map[hgn.Series]float64{hgn.Difference: 4, hgn.Trapezoid: 2, hgn.Simpson: 4, hgn.Boole: 6} {
		var found [2]float64
		for k, train := range train {
			_, e := jointErrors(t, s, train, test, hgn.Options{Series: kind, DT: 0.005})
			found[k] = e.Force
		}
		t.Logf("%v: force errors %.3g and %.3g at h = 0.1 and 0.05", kind, found[0], found[1])
		if got := math.Log2(found[0] / found[1]); !(got >= order-0.4) {
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
	t.Logf("force error %.3g", e.Force)
	if !(e.Force <= 1e-11) {
		t.Errorf("force error %.3g", e.Force)
	}
}

// Noise averages out, and the ridge of most evidence keeps it from the coefficients.
func TestSeriesOfNoise(t *testing.T) {
	s := block(t)
	train, test := series(t, s, 0.05, 40)
	r := rand.New(rand.NewPCG(1, 2))
	const sigma = 1e-3 // of momenta that are about 0.3
	for _, f := range train {
		for k := range f.P {
			f.P[k] += sigma * r.NormFloat64()
			f.QDot[k] = f.P[k]
		}
	}
	o := hgn.Options{Series: hgn.Simpson, DT: 0.005}
	_, found := jointErrors(t, s, train, test, o)
	o.Ridge = 1e-16
	_, plain := jointErrors(t, s, train, test, o)
	t.Logf("noise %v: force error %.3g, with the ridge 1e-16 %.3g", sigma, found.Force, plain.Force)
	if !(found.Force <= 4e-3) || !(found.Force <= plain.Force/2) {
		t.Errorf("force error %.3g, with the ridge 1e-16 %.3g", found.Force, plain.Force)
	}
}

// A network learns from differences what it learns from forces.
func TestSeriesOfNetwork(t *testing.T) {
	s := block(t)
	s.Species = nil
	train, test := series(t, s, 0.05, 20)
	o := hgn.Options{Encoding: hgn.InvariantNetwork, EdgeReadout: true, Series: hgn.Difference, DT: 0.005}
	for _, f := range train {
		f.QDot = nil
	}
	_, found := jointErrors(t, s, train, test, o)
	t.Logf("force error %.3g", found.Force)
	if !(found.Force <= 1e-3) {
		t.Errorf("force error %.3g", found.Force)
	}
	o.Series = hgn.Boole
	o.Graph = s.Graph
	if _, _, err := hgn.Train(context.Background(), train, o); err == nil {
		t.Error("a network takes Boole's rule")
	}
}

// Equations take velocities from positions unless all of their frames have them.
func TestSeriesOfSomeVelocities(t *testing.T) {
	s := block(t)
	s.Species, s.Damping = nil, []float64{0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3}
	frames := trajectory(t, s, 1, 0.1, 0.1, 0.01, 40, 5)
	var found [2]float64
	for k, stride := range []int{1, 2} { // none, every other
		for i, f := range frames {
			if f.QDot = nil; i%stride > 0 {
				f.QDot = slices.Clone(f.P)
			}
		}
		m, _ := jointErrors(t, s, frames, frames, hgn.Options{Series: hgn.Boole, DT: 0.01, Damping: hgn.SpeciesDamping})
		gamma, _ := m.Damping()
		found[k] = gamma[0]
	}
	if found[0] != found[1] || !(math.Abs(found[0]-0.3) <= 1e-4) {
		t.Errorf("damping %v without velocities, %v with those of every other frame", found[0], found[1])
	}
}

// Frames that do not make a time series are refused, by name.
func TestSeriesRefused(t *testing.T) {
	s := block(t)
	good := trajectory(t, s, 1, 0.1, 0.1, 0.01, 12, 10)
	for _, f := range good {
		f.Time, f.HasTime, f.File = float64(f.Step)*0.01, true, "a.dump"
	}
	for want, c := range map[string]struct {
		change func(frames hgn.Frames) hgn.Frames
		o      hgn.Options
	}{
		"step 70: 20 steps after the frame before it, which is 10 after another: the frames of a time series are equally spaced": {
			func(f hgn.Frames) hgn.Frames { return append(f[:6], f[7:]...) }, hgn.Options{DT: 0.01}},
		"step 40: 0.2 after the frame before it, which is 0.1 after another: the frames of a time series are equally spaced": {
			func(f hgn.Frames) hgn.Frames { f[4].Time = 0.5; return f }, hgn.Options{}},
		"step 40: the time 0.1 does not come after 0.3": {
			func(f hgn.Frames) hgn.Frames { f[4].Time = 0.1; return f }, hgn.Options{}},
		"step 20: the frame does not say at what time it was; a time series needs the length of a time step": {
			func(f hgn.Frames) hgn.Frames { f[2].HasTime = false; return f }, hgn.Options{}},
		"hgn: the time series boole needs 5 frames in a row; there are no more than 4": {
			func(f hgn.Frames) hgn.Frames { f[4].File = "b.dump"; return f[:8] }, hgn.Options{DT: 0.01}},
		"step 10: training on a time series needs momenta or velocities": {
			func(f hgn.Frames) hgn.Frames { f[1].QDot, f[1].P = nil, make([]float64, 24); return f }, hgn.Options{DT: 0.01}},
		"step 30: body 7 has another mass or species than in the frame before it of the same time series": {
			func(f hgn.Frames) hgn.Frames { f[3].Mass[7] = 2; return f }, hgn.Options{DT: 0.01}},
	} {
		var frames hgn.Frames
		for _, f := range good {
			g := new(hgn.Frame)
			g.CopyFrom(f)
			frames = append(frames, g)
		}
		c.o.Series, c.o.Graph = hgn.Boole, s.Graph
		_, _, err := hgn.Train(context.Background(), c.change(frames), c.o)
		if err == nil || strings.TrimPrefix(strings.TrimPrefix(err.Error(), "a.dump: "), "b.dump: ") != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// Velocities that were not observed come from positions; friction and coupling are found in
// time series, too.
func TestSeriesOfEverything(t *testing.T) {
	s := block(t)
	s.Species = nil
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
