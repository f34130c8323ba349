package system

import (
	"math"
	"slices"
	"testing"

	"github.com/rapidhgn/rapidhgn/hgn"
)

var spring = Harmonic{K: 1, R0: 1}

func TestLatticeEdges(t *testing.T) {
	for _, c := range []struct {
		sizes         []int
		boundary      Boundary
		bodies, edges int
	}{
		{[]int{1}, Free, 1, 0},
		{[]int{7}, Free, 7, 6},
		{[]int{7}, Walled, 9, 8},
		{[]int{1}, Walled, 3, 2},
		{[]int{7}, Closed, 7, 7},
		{[]int{3, 3}, Free, 9, 12},
		{[]int{3, 4}, Closed, 12, 24},
		{[]int{2, 3}, Walled, 6 + 10, 7 + 10},
		{[]int{2, 2, 2}, Free, 8, 12},
		{[]int{2, 3, 4}, Free, 24, 1*3*4 + 2*2*4 + 2*3*3},
		{[]int{2, 3, 4}, Walled, 24 + 2*(12+8+6), 46 + 2*(12+8+6)},
		{[]int{3, 4, 5}, Closed, 60, 180},
		{[]int{1, 1, 4}, Free, 4, 3},
		{[]int{16, 16, 16}, Free, 4096, 3 * 15 * 256},
	} {
		s, err := Lattice(spring, c.boundary, 1, c.sizes...)
		if err != nil {
			t.Errorf("%v: %v", c, err)
			continue
		}
		if len(s.Mass) != c.bodies || s.Graph.Nodes != c.bodies || s.Graph.Edges() != c.edges || len(s.Rest) != c.bodies*len(c.sizes) {
			t.Errorf("%v: %d bodies, %d edges", c, len(s.Mass), s.Graph.Edges())
		}
		checkRest(t, s, 1)
	}
}

// checkRest fails unless all bonds have the given length at rest.
func checkRest(t *testing.T, s *System, spacing float64) {
	t.Helper()
	bonds := 0
	if err := s.eachPair(s.Rest, func(i, j int, _ *[3]float64, r float64) {
		bonds++
		if !(math.Abs(r-spacing) <= 1e-12*spacing) {
			t.Errorf("bodies %d and %d rest at a distance of %v, want %v", i, j, r, spacing)
		}
	}); err != nil || bonds != s.Graph.Edges() {
		t.Errorf("%d bonds of %d: %v", bonds, s.Graph.Edges(), err)
	}
}

// The order of bodies is that of the reference data.
func TestLatticeOrder(t *testing.T) {
	s, err := Lattice(spring, Free, 0.5, 2, 2, 2)
	if err != nil {
		t.Fatal(err)
	}
	if want := []int32{0, 0, 0, 1, 1, 2, 2, 3, 4, 4, 5, 6}; !slices.Equal(s.Graph.Senders, want) {
		t.Errorf("senders %v, want %v", s.Graph.Senders, want)
	}
	if want := []int32{1, 2, 4, 3, 5, 3, 6, 7, 5, 6, 7, 7}; !slices.Equal(s.Graph.Receivers, want) {
		t.Errorf("receivers %v, want %v", s.Graph.Receivers, want)
	}
	if want := []float64{0, 0, 0, 0, 0, 0.5, 0, 0.5, 0}; !slices.Equal(s.Rest[:9], want) {
		t.Errorf("rest %v, want %v", s.Rest[:9], want)
	}
}

// The box of a closed lattice reaches half a spacing beyond the outermost bodies, so
// that all rest well inside of it.
func TestClosedBox(t *testing.T) {
	sizes := []int{3, 4, 5}
	for dim := 1; dim <= 3; dim++ {
		s, err := Lattice(spring, Closed, 0.5, sizes[:dim]...)
		if err != nil {
			t.Fatal(err)
		}
		want := hgn.Box{}
		for a := range dim {
			want.Lo[a], want.Hi[a], want.Periodic[a] = -0.25, 0.5*float64(sizes[a])-0.25, true
		}
		if s.Box != want || !s.Periodic {
			t.Errorf("box %+v, want %+v", s.Box, want)
		}
	}
}

func TestRing(t *testing.T) {
	for _, n := range []int{3, 4, 10, 1000} {
		s, err := Ring(spring, 1.5, n)
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Mass) != n || s.Graph.Edges() != n || s.Dim != 2 {
			t.Errorf("%d bodies, %d edges", len(s.Mass), s.Graph.Edges())
		}
		checkRest(t, s, 1.5)
	}
}

// Each body of a face-centred cubic crystal has 12 nearest neighbours, at a/√2.
func TestFCC(t *testing.T) {
	a := math.Cbrt(4 / 0.8442)
	s, err := FCC(LennardJones{Epsilon: 1, Sigma: 1, Cutoff: 0.8 * a}, 0.8442, 3)
	if err != nil {
		t.Fatal(err)
	}
	near := make([]int, 108)
	if err := s.eachPair(s.Rest, func(i, j int, _ *[3]float64, r float64) {
		near[i]++
		near[j]++
		if !(math.Abs(r-a/math.Sqrt2) <= 1e-12) {
			t.Errorf("bodies %d and %d are at a distance of %v", i, j, r)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if len(s.Mass) != 108 || math.Abs(s.Box.Length(2)-5.0387885741475218) > 1e-14 {
		t.Errorf("%d bodies in a box of %v", len(s.Mass), s.Box.Length(2))
	}
	for i, n := range near {
		if n != 12 {
			t.Errorf("body %d has %d neighbours", i, n)
		}
	}
}

func TestLayoutErrors(t *testing.T) {
	lattice := func(boundary Boundary, spacing float64, sizes ...int) error {
		_, err := Lattice(spring, boundary, spacing, sizes...)
		return err
	}
	ring := func(spacing float64, n int) error { _, err := Ring(spring, spacing, n); return err }
	fcc := func(cutoff, density float64, cells int) error {
		_, err := FCC(LennardJones{Epsilon: 1, Sigma: 1, Cutoff: cutoff}, density, cells)
		return err
	}
	nan, inf := math.NaN(), math.Inf(1)
	for name, err := range map[string]error{
		"no dimension":      lattice(Free, 1),
		"four dimensions":   lattice(Free, 1, 2, 2, 2, 2),
		"no bodies":         lattice(Free, 1, 3, 0),
		"negative bodies":   lattice(Free, 1, -3, -3),
		"overflow":          lattice(Free, 1, math.MaxInt, math.MaxInt, math.MaxInt),
		"too many":          lattice(Free, 1, 1<<15, 1<<15),
		"closed pair":       lattice(Closed, 1, 2),
		"closed, one short": lattice(Closed, 1, 4, 4, 1),
		"unknown boundary":  lattice(Boundary(3), 1, 4),
		"negative boundary": lattice(Boundary(-1), 1, 4),
		"zero spacing":      lattice(Free, 0, 4),
		"NaN spacing":       lattice(Free, nan, 4),
		"infinite spacing":  lattice(Free, inf, 4),
		"ring of two":       ring(1, 2),
		"huge ring":         ring(1, math.MaxInt),
		"ring spacing":      ring(-1, 5),
		"no cells":          fcc(1, 1, 0),
		"too many cells":    fcc(1, 1, math.MaxInt),
		"zero density":      fcc(1, 0, 3),
		"infinite density":  fcc(1, inf, 3),
		"NaN density":       fcc(1, nan, 3),
		"no cutoff":         fcc(0, 0.8442, 3),
		"large cutoff":      fcc(2.6, 0.8442, 3),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// Bonds of length 0 at rest pull with K times the difference of displacements, in every
// boundary, and do not mind bodies at one point.
func TestDisplacements(t *testing.T) {
	for _, b := range []Boundary{Free, Walled, Closed} {
		lattice, err := Lattice(Harmonic{K: 3}, b, 1, 3, 4)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Displacements(lattice)
		if err != nil {
			t.Fatal(err)
		}
		q, p, err := s.Start(1, 0.2, 0.1)
		if err != nil {
			t.Fatal(err)
		}
		copy(q[2:4], q[:2]) // one bond of length 0
		force, want := make([]float64, len(q)), make([]float64, len(q))
		if err := s.Forces(force, q); err != nil {
			t.Fatal(err)
		}
		energy := 0.0
		for k, i := range s.Graph.Senders {
			for a := range 2 {
				x, y := int(i)*2+a, int(s.Graph.Receivers[k])*2+a
				d := q[y] - q[x]
				want[x], want[y] = want[x]+3*d, want[y]-3*d
				energy += 3 * d * d / 2
			}
		}
		for i, f := range force {
			if !(math.Abs(f-want[i]) <= 1e-14) {
				t.Errorf("boundary %d: force %d is %v, want %v", b, i, f, want[i])
			}
		}
		clear(p)
		if got, err := s.Energy(q, p); err != nil || !(math.Abs(got-energy) <= 1e-14) {
			t.Errorf("boundary %d: energy %v, want %v, error %v", b, got, energy, err)
		}
	}
	for _, v := range []Potential{Harmonic{K: 1, R0: 1}, Morse{D: 1, A: 1, R0: 1}} {
		lattice, err := Lattice(v, Free, 1, 3)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Displacements(lattice); err == nil {
			t.Errorf("%T in displacements?", v)
		}
	}
	crystal, err := FCC(LennardJones{1, 1, 1.2}, 1, 3)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Displacements(crystal); err == nil {
		t.Error("a liquid in displacements?")
	}
}
