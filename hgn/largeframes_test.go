package hgn

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// The neighbours in a large frame are those of the graph, for any number of workers.
func TestLargeFrames(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for dim := 1; dim <= 3; dim++ {
		for _, periodic := range []bool{false, true} {
			const n = 8 * largeFrame
			f := &Frame{Dim: dim, Mass: make([]float64, n), Q: make([]float64, n*dim)}
			for a := range 3 {
				f.Box.Hi[a], f.Box.Periodic[a] = 12, a != 1
			}
			for k := range f.Q { // some at distances of exactly 1, some outside the box
				f.Q[k] = float64(r.IntN(29)-2) / 2
				if r.IntN(2) == 0 {
					f.Q[k] += r.Float64()
				}
			}
			g, err := CutoffGraph(f, 1, periodic)
			if err != nil {
				t.Fatal(err)
			}
			var want, got adjacency
			want.build(g)
			for _, workers := range []int{1, 3} {
				l := largeFrames{cutoff: 1, periodic: periodic, workers: workers}
				if !l.takes(f) {
					t.Fatal("the frame is not large")
				}
				if err := l.neighbors(&got, f); err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(got.start, want.start) {
					t.Fatalf("%d dimensions, periodic %v: other numbers of neighbours", dim, periodic)
				}
				for i := range n {
					slices.Sort(got.other[got.start[i]:got.start[i+1]])
				}
				if !slices.Equal(got.other, want.other) {
					t.Fatalf("%d dimensions, periodic %v: other neighbours", dim, periodic)
				}
			}
		}
	}
}
