package manybody

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// bruteForce lists the edges of s as text, from all images within reach.
func bruteForce(s *Structure, cutoff float64, reach int) (edges []string) {
	var turns [3]int
	for k := range 3 {
		if s.Periodic[k] {
			turns[k] = reach
		}
	}
	for i := range s.Atoms() {
		for j := range s.Atoms() {
			for a := -turns[0]; a <= turns[0]; a++ {
				for b := -turns[1]; b <= turns[1]; b++ {
					for c := -turns[2]; c <= turns[2]; c++ {
						v := add(add(scaled(float64(a), s.Cell[0]), scaled(float64(b), s.Cell[1])), scaled(float64(c), s.Cell[2]))
						for d := range 3 {
							v[d] += s.Positions[3*j+d] - s.Positions[3*i+d]
						}
						if r := norm3(v); r > 0 && r < cutoff {
							edges = append(edges, fmt.Sprintf("%d %d %.9f %.9f %.9f", i, j, v[0], v[1], v[2]))
						}
					}
				}
			}
		}
	}
	slices.Sort(edges)
	return edges
}

func TestNeighbors(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		atoms    int
		edge     float64
		periodic [3]bool
	}{
		{1, 1.1, [3]bool{true, true, true}}, // smaller than the cutoff: images of itself
		{2, 2, [3]bool{true, true, true}},
		{20, 4, [3]bool{true, false, true}},
		{40, 9, [3]bool{false, false, true}},
		{60, 8, [3]bool{false, false, false}},
		{90, 12, [3]bool{true, true, true}}, // several bins
	} {
		s := cluster(r, c.atoms, 2, c.edge, c.periodic)
		for i := range s.Positions { // other images of the same structure
			if s.Periodic[i%3] {
				for a := range 3 {
					s.Positions[i/3*3+a] += float64(r.IntN(3)-1) * s.Cell[i%3][a]
				}
			}
		}
		var l neighbors
		if err := l.search(s, &Spec{Species: 2, Cutoff: 2.3}); err != nil {
			t.Fatal(err)
		}
		var got []string
		for i := range s.Atoms() {
			for e := l.start[i]; e < l.start[i+1]; e++ {
				v := l.vec[e]
				got = append(got, fmt.Sprintf("%d %d %.9f %.9f %.9f", i, l.atom[e], v[0], v[1], v[2]))
			}
		}
		slices.Sort(got)
		want := bruteForce(s, 2.3, 6)
		if !slices.Equal(got, want) {
			t.Errorf("%d atoms, periodic %v: %d edges, want %d", c.atoms, c.periodic, len(got), len(want))
		}
	}
}

func TestNeighborsRefuse(t *testing.T) {
	ok := Structure{Positions: []float64{0, 0, 0, 1, 0, 0}, Species: []int{0, 0}, Cell: [3][3]float64{{3}, {0, 3}, {0, 0, 3}}, Periodic: [3]bool{true, true, true}}
	for want, change := range map[string]func(s *Structure){
		"same place":       func(s *Structure) { s.Positions = []float64{0, 0, 0, 3, 0, 0} },
		"not finite":       func(s *Structure) { s.Positions = []float64{0, 0, 0, 1 / (s.Cell[0][1]), 0, 0} },
		"unknown species":  func(s *Structure) { s.Species = []int{0, 1} },
		"no volume":        func(s *Structure) { s.Cell[1] = s.Cell[0] },
		"32 times the box": func(s *Structure) { s.Cell[2][2] = 0.06 },
		"coordinates":      func(s *Structure) { s.Species = []int{0} },
	} {
		s := ok
		change(&s)
		var l neighbors
		if err := l.search(&s, &Spec{Species: 1, Cutoff: 2}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
