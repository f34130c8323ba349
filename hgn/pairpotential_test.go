package hgn

import (
	"math"
	"testing"
)

// Forces are sums of the derivatives of the potentials, inside of the training range and
// outside.
func TestPairPotentials(t *testing.T) {
	eachModel(t, func(t *testing.T, m *Model, f *Frame, g *Graph) {
		all, err := m.PairPotentials()
		if pairsOf(m).weight != unweighted {
			if err == nil {
				t.Error("weights: no error")
			}
			return
		}
		if err != nil || len(all) == 0 {
			t.Fatalf("%d potentials, %v", len(all), err)
		}
		find := make(map[[2]int]*PairPotential)
		for i := range all {
			v := &all[i]
			if find[v.Species] = v; !(v.From <= v.Lo && v.Lo <= v.Hi) {
				t.Errorf("%+v", v)
			}
			if cutoff := m.Cutoff(); cutoff > 0 {
				if value, slope := v.Eval(cutoff); value != 0 || slope != 0 || v.Hi != cutoff {
					t.Errorf("%v, %v at the cutoff; range up to %v", value, slope, v.Hi)
				}
			}
		}
		edges := g
		if g == nil {
			if edges, err = CutoffGraph(f, m.Cutoff(), m.Periodic()); err != nil {
				t.Fatal(err)
			}
		}
		want := make([]float64, len(f.Q))
		im := f.Box.image(m.Periodic())
		for k, i := range edges.Senders {
			j := edges.Receivers[k]
			var u [3]float64
			r := separation(&u, f.Q, f.Dim, i, j, &im)
			a, b := f.Species[i], f.Species[j]
			_, slope := find[[2]int{min(a, b), max(a, b)}].Eval(r)
			for x := range f.Dim {
				want[int(i)*f.Dim+x] += slope * u[x]
				want[int(j)*f.Dim+x] -= slope * u[x]
			}
		}
		got := forcesOf(t, m, f, g)
		for i := range got {
			if !(math.Abs(got[i]-want[i]) <= 1e-12*(1+largest(want))) {
				t.Fatalf("force %d is %v, want %v", i, got[i], want[i])
			}
		}
	})
}
