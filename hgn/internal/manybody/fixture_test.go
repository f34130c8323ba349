package manybody

import (
	"math"
	"math/rand/v2"
	"testing"
)

// cluster returns n atoms of the given number of species in a tilted box of about the given
// edge, no two closer than 0.7 of what that allows.
func cluster(r *rand.Rand, n, species int, edge float64, periodic [3]bool) *Structure {
	s := &Structure{Periodic: periodic}
	for k := range 3 {
		for a := range 3 {
			s.Cell[k][a] = 0.2 * edge * (r.Float64() - 0.5)
		}
		s.Cell[k][k] += edge
	}
	least := 0.7 * edge / math.Cbrt(float64(n))
	for len(s.Species) < n {
		x := [3]float64{}
		for k := range 3 {
			x = add(x, scaled(r.Float64(), s.Cell[k]))
		}
		trial := *s
		trial.Positions = append(append([]float64(nil), s.Positions...), x[:]...)
		trial.Species = append(append([]int(nil), s.Species...), r.IntN(species))
		var l neighbors
		l.search(&trial, &Spec{Species: species, Cutoff: least})
		if len(l.vec) == 0 {
			*s = trial
		}
	}
	return s
}

// random returns a potential with random coefficients, scaled on the structure s.
func random(t testing.TB, r *rand.Rand, s *Structure, spec Spec, sets int) *Potential {
	t.Helper()
	b := NewBasis(spec)
	m := NewMoments(b)
	if err := m.Add(s, 1); err != nil {
		t.Fatal(err)
	}
	p := &Potential{Basis: b, Scaling: m.Scaling()}
	for range sets * b.Width() {
		p.Theta = append(p.Theta, r.NormFloat64())
	}
	return p
}

// evaluated returns an evaluator of p at s.
func evaluated(t testing.TB, p *Potential, s *Structure) (*Evaluator, float64) {
	t.Helper()
	e := NewEvaluator(p, 2)
	if err := e.Find(s); err != nil {
		t.Fatal(err)
	}
	e.Evaluate(s, p.Sets())
	_, energy := e.Read(0)
	return e, energy
}

// largest is the largest magnitude in x.
func largest(x []float64) (m float64) {
	for _, v := range x {
		m = max(m, math.Abs(v))
	}
	return m
}
