package hgn

import (
	"math"
	"testing"
)

// With few data, what the model makes of distances that it hardly saw is wrong, but of
// the size of what it saw.
func TestFewData(t *testing.T) {
	w := worlds["line, cutoff"]
	for frames, bound := range map[int]float64{3: 3, 10: 0.5, 30: 0.3} {
		for seed := range uint64(5) {
			o := w.options(t)
			o.Seed = seed
			m, _ := train(t, w.frames(t, 1, frames, 0.15), o)
			e := evaluate(t, m, w.frames(t, 2, 50, 0.1), o.Graph)
			if !(e.Force <= bound) {
				t.Errorf("%d frames, seed %d: force error %v, want %v", frames, seed, e.Force, bound)
			}
		}
	}
}

// The expected norms are those of the columns of edges at even distances.
func TestExpectedNorms(t *testing.T) {
	w := worlds["plane, cutoff"]
	o, err := w.options(t).withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	d := newDataset(w.frames(t, 1, 5, 0.15), cacheFloats)
	st, err := o.gather(t.Context(), d, new(pairWork))
	if err != nil {
		t.Fatal(err)
	}
	m := newPairModel(st, &o)
	norms := m.expectedNorms(st)
	at := 0
	for b, tb := range m.types {
		for a, ta := range m.types[:b+1] {
			v := m.radials[pairIndex(a, b)]
			in := st.pairs[[2]int{ta, tb}]
			for k := range v.w {
				const points = 4096
				single := v
				single.w, single.b = v.w[k:k+1], v.b[k:k+1]
				sum := 0.0
				for i := range points {
					r := v.lo + (v.hi-v.lo)*(float64(i)+0.5)/points
					single.setCoefficients([]float64{1})
					var value, slope [1]float64
					single.eval(value[:], slope[:], []float64{r}, new(radialScratch))
					sum += slope[0] * slope[0]
				}
				want := math.Sqrt(2 * float64(in.n) * sum / points)
				if got := norms[at]; !(math.Abs(got-want) <= 0.02*want) {
					t.Fatalf("species %d and %d, feature %d: %v, want %v", ta, tb, k, got, want)
				}
				at++
			}
		}
	}
	if at != len(norms) {
		t.Errorf("%d norms for %d columns", len(norms), at)
	}
}
