package manybody

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"
)

// A coupling is one term c·Y_{l₁m₁} Y_{l₂m₂} Y_{l₃m₃} of the invariant that three
// harmonics have; m counts from 0 in the order of harmonics.
type coupling struct {
	c          float64
	m1, m2, m3 int
}

// couplings returns the invariant of three harmonics, the integral of their product over
// the sphere: up to a factor the only one that is even under inversion, there if l₁+l₂+l₃
// is even and no l is larger than the sum of the others. It is scaled so that Σc² = 1. The
// integral is exact: Gauss–Legendre in the height, equal weights around.
func couplings(l1, l2, l3 int) []coupling {
	degree := l1 + l2 + l3
	around := degree + 1
	points := degree/2 + 1
	heights, weights := make([]float64, points), make([]float64, points)
	quad.Legendre{}.FixedLocations(heights, weights, -1, 1)

	h := newHarmonics(max(l1, l2, l3))
	size := (h.lmax + 1) * (h.lmax + 1)
	y := make([]float64, size)
	grad := [3][]float64{make([]float64, size), make([]float64, size), make([]float64, size)}
	w1, w2, w3 := 2*l1+1, 2*l2+1, 2*l3+1
	sum := make([]float64, w1*w2*w3)
	for p, z := range heights {
		for q := range around {
			sin, cos := math.Sincos(2 * math.Pi * (float64(q) + 0.25) / float64(around))
			rho := math.Sqrt(1 - z*z)
			h.evaluate(y, &grad, [3]float64{rho * cos, rho * sin, z})
			for a := range w1 {
				for b := range w2 {
					for c := range w3 {
						sum[(a*w2+b)*w3+c] += weights[p] * y[l1*l1+a] * y[l2*l2+b] * y[l3*l3+c]
					}
				}
			}
		}
	}
	norm := 0.0
	for _, s := range sum {
		norm = math.Hypot(norm, s)
	}
	var terms []coupling
	for i, s := range sum {
		if math.Abs(s) > 1e-12*norm {
			terms = append(terms, coupling{s / norm, i / (w2 * w3), i / w3 % w2, i % w3})
		}
	}
	return terms
}

// coupled says whether three harmonics have an even invariant.
func coupled(l1, l2, l3 int) bool {
	return (l1+l2+l3)%2 == 0 && l1 <= l2+l3 && l2 <= l1+l3 && l3 <= l1+l2
}
