package pair

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// bodies are some whose numbers lie between guards.
type bodies struct{ q, p, f, slope, inverse, places []float64 }

func newBodies(r *rand.Rand, n int) *bodies {
	row := func() []float64 { return kerneltest.Rand(r, 4*n) }
	return &bodies{row(), row(), row(), kerneltest.Rand(r, n), kerneltest.Rand(r, n), row()}
}

// sameMotion compares Kick and Drift with the references, on memory that ends at a page or
// between guards.
func sameMotion(t *testing.T, b *bodies, h, limit float64) {
	t.Helper()
	n := len(b.slope)
	at := func(x []float64) []float64 {
		if n == 0 {
			return nil
		}
		return pageEnd(t, x)
	}
	p, x := slices.Clone(b.p), make([]float64, n)
	want := kickGeneric(p, b.f, h, b.inverse, x)
	guarded, y := kerneltest.NewGuarded(b.p, n, kerneltest.Sentinel), at(make([]float64, n))
	got := Kick(guarded.V, at(b.f), h, at(b.inverse), y)
	guarded.Check(t, "p")
	if kerneltest.FirstDifference(guarded.V, p) >= 0 || kerneltest.FirstDifference(y, x) >= 0 || got != want {
		t.Fatalf("n=%d: Kick gives %v, %v and %v, want %v, %v and %v", n, guarded.V, y, got, p, x, want)
	}
	for _, places := range [][]float64{b.places, nil} {
		q := slices.Clone(b.q)
		want := driftGeneric(q, b.p, h, b.slope, b.inverse, places, limit)
		guarded := kerneltest.NewGuarded(b.q, n, kerneltest.Sentinel)
		if places != nil {
			places = at(places)
		}
		got := Drift(guarded.V, at(b.p), h, at(b.slope), at(b.inverse), places, limit)
		guarded.Check(t, "q")
		if kerneltest.FirstDifference(guarded.V, q) >= 0 || got != want {
			t.Fatalf("n=%d: Drift gives %v and %v, want %v and %v", n, guarded.V, got, q, want)
		}
	}
}

func TestMotion(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(21, 22))
		for n := range 37 {
			for _, limit := range []float64{0, 4, 20, math.Inf(1)} {
				sameMotion(t, newBodies(r, n), r.NormFloat64(), limit)
			}
		}
		for _, v := range append(kerneltest.Special(), 1e200) {
			for i := range 19 {
				b := newBodies(r, 19)
				for k, x := range [][]float64{b.q, b.p, b.f, b.places} {
					x[4*i+k%3] = v
				}
				sameMotion(t, b, 0.5, 1e9)
				b = newBodies(r, 19)
				b.slope[i], b.inverse[(i+7)%19] = v, v
				sameMotion(t, b, 0.5, 1e9)
			}
		}
	})
	p, x := []float64{1, 2, 3, 0}, []float64{0}
	if most := Kick(p, []float64{2, 2, 2, 0}, 0.5, []float64{0.5}, x); !slices.Equal(p, []float64{2, 3, 4, 0}) || x[0] != 14.5 || most != 14.5 {
		t.Errorf("Kick gives %v, %v and %v", p, x, most)
	}
	q := []float64{1, 1, 1, 7}
	if far := Drift(q, p, 0.5, []float64{2}, []float64{0.5}, []float64{1, 1, 1, 0}, 7.25); !slices.Equal(q, []float64{2, 2.5, 3, 7}) || !far {
		t.Errorf("Drift gives %v and %v", q, far)
	}
}

func BenchmarkMotion(b *testing.B) {
	const n = 256
	x := newBodies(rand.New(rand.NewPCG(1, 2)), n)
	t := make([]float64, n)
	for _, level := range simd.Available() {
		for name, f := range map[string]func(){
			"Kick":  func() { Kick(x.p, x.f, 1e-9, x.inverse, t) },
			"Drift": func() { Drift(x.q, x.p, 1e-9, x.slope, x.inverse, x.places, 100) },
		} {
			b.Run(fmt.Sprintf("%s/bodies=%d/level=%v", name, n, level), func(b *testing.B) {
				defer simd.SetActive(simd.SetActive(level))
				for b.Loop() {
					f()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/body")
			})
		}
	}
}
