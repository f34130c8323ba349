package system

import (
	"math"
	"testing"
)

// quartic is the spring of the five-spring benchmark, V = (r² − 1)².
type quartic struct{}

func (quartic) Energy(r float64) float64     { return (r*r - 1) * (r*r - 1) }
func (quartic) Derivative(r float64) float64 { return 4 * r * (r*r - 1) }

var potentials = map[string]Potential{
	"harmonic": Harmonic{K: 1.7, R0: 1.1},
	"fput":     FPUT{K: 1.2, Alpha: 0.7, Beta: 0.9, R0: 0.95},
	"morse":    Morse{D: 0.8, A: 1.6, R0: 1.05},
	"lj":       LennardJones{Epsilon: 0.9, Sigma: 0.85},
	"lj cut":   LennardJones{Epsilon: 0.9, Sigma: 0.85, Cutoff: 2.1},
}

// The derivative is that of the energy: central differences, whose error is
// h²/6·|V‴| + ε|V|/h, here below 1e-7 of the scale of V.
func TestDerivative(t *testing.T) {
	for name, v := range potentials {
		for r := 0.7; r < 2.5; r += 0.0371 {
			const h = 1e-5
			want := (v.Energy(r+h) - v.Energy(r-h)) / (2 * h)
			got := v.Derivative(r)
			if scale := 1 + math.Abs(v.Energy(r)) + math.Abs(got); !(math.Abs(got-want) <= 1e-7*scale) {
				t.Errorf("%s: V′(%v) = %v, differences give %v", name, r, got, want)
			}
		}
	}
}

// Values that can be worked out by hand.
func TestPotentialValues(t *testing.T) {
	lj := LennardJones{Epsilon: 2, Sigma: 1}
	minimum := math.Pow(2, 1.0/6)
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"harmonic energy", Harmonic{K: 3, R0: 1}.Energy(3), 6},
		{"harmonic derivative", Harmonic{K: 3, R0: 1}.Derivative(3), 6},
		{"fput energy", FPUT{K: 2, Alpha: 3, Beta: 4, R0: 1}.Energy(3), 4 + 8 + 16},
		{"fput derivative", FPUT{K: 2, Alpha: 3, Beta: 4, R0: 1}.Derivative(3), 4 + 12 + 32},
		{"morse at rest", Morse{D: 5, A: 2, R0: 1}.Energy(1), 0},
		{"morse broken", Morse{D: 5, A: 2, R0: 1}.Energy(100), 5},
		{"morse curvature", Morse{D: 5, A: 2, R0: 1}.Derivative(1+1e-9) / 1e-9, 2 * 5 * 2 * 2},
		{"lj at sigma", lj.Energy(1), 0},
		{"lj at the minimum", lj.Energy(minimum), -2},
		{"lj slope at the minimum", lj.Derivative(minimum), 0},
	} {
		if !(math.Abs(c.got-c.want) <= 1e-6*(1+math.Abs(c.want))) {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}

// At the cutoff V and V′ of Lennard-Jones go to 0, and beyond they are 0.
func TestLennardJonesCutoff(t *testing.T) {
	v := LennardJones{Epsilon: 1, Sigma: 1, Cutoff: 2.5}
	for _, r := range []float64{2.5, 2.6, 1e300, math.Inf(1)} {
		if v.Energy(r) != 0 || v.Derivative(r) != 0 {
			t.Errorf("r = %v: V = %v, V′ = %v", r, v.Energy(r), v.Derivative(r))
		}
	}
	r := math.Nextafter(2.5, 0)
	if math.Abs(v.Energy(r)) > 1e-15 || math.Abs(v.Derivative(r)) > 1e-15 {
		t.Errorf("just below the cutoff V = %v, V′ = %v", v.Energy(r), v.Derivative(r))
	}
}
