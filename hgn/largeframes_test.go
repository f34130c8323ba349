package hgn

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Neighbours and graph of a large frame are those that a hash of cells gives, for any number
// of workers.
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
			var list neighborList
			var g Graph
			if err := list.build(&g, f.Q, dim, &f.Box, periodic, 1); err != nil {
				t.Fatal(err)
			}
			var want, got adjacency
			want.build(&g)
			for _, workers := range []int{1, 3} {
				l := largeFrames{cutoff: 1, periodic: periodic, workers: workers}
				if !l.takes(f) {
					t.Fatal("the frame is not large")
				}
				p := pairFinder{cutoff: 1, periodic: periodic, workers: workers}
				if graph, err := p.edges(f); err != nil || !sameGraph(graph, &g) {
					t.Fatalf("%d dimensions, periodic %v: another graph, %v", dim, periodic, err)
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
