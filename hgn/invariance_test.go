package hgn

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// turned returns x, rows of dim coordinates, turned by the orthogonal matrix o.
func turned(x []float64, dim int, o [][]float64) []float64 {
	y := make([]float64, len(x))
	for i := range x {
		for b := range dim {
			y[i] += o[i%dim][b] * x[i/dim*dim+b]
		}
	}
	return y
}

// orthogonal returns a random orthogonal matrix, by Gram and Schmidt, twice.
func orthogonal(r *rand.Rand, dim int) [][]float64 {
	o := make([][]float64, dim)
	for i := range o {
		o[i] = make([]float64, dim)
		for a := range o[i] {
			o[i][a] = r.NormFloat64()
		}
		for range 2 {
			for _, u := range o[:i] {
				dot := 0.0
				for a := range u {
					dot += u[a] * o[i][a]
				}
				for a := range u {
					o[i][a] -= dot * u[a]
				}
			}
			size := 0.0
			for _, x := range o[i] {
				size += x * x
			}
			for a := range o[i] {
				o[i][a] /= math.Sqrt(size)
			}
		}
	}
	return o
}

// numbered returns f and g with body i as number place[i].
func numbered(t *testing.T, f *Frame, g *Graph, place []int) (*Frame, *Graph) {
	t.Helper()
	n := copyOf(f)
	rows := func(dst, src []float64, dim int) {
		for i, at := range place {
			copy(dst[at*dim:][:dim], src[i*dim:])
		}
	}
	rows(n.Q, f.Q, f.Dim)
	rows(n.P, f.P, f.Dim)
	rows(n.Mass, f.Mass, 1)
	if f.Charge != nil {
		rows(n.Charge, f.Charge, 1)
	}
	for i, at := range place {
		n.Species[at] = f.Species[i]
	}
	if g == nil {
		return n, nil
	}
	var pairs [][2]int
	for k, i := range g.Senders {
		pairs = append(pairs, [2]int{place[i], place[g.Receivers[k]]})
	}
	other, err := NewGraph(g.Nodes, pairs)
	if err != nil {
		t.Fatal(err)
	}
	return n, other
}

// The energy stays, and forces go along, where a random system is moved, turned, or numbered
// anew, but for rounding; forces add up to 0, and those of two bodies are opposite to the bit.
func TestInvariance(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 32))
	for name, w := range worlds {
		o := w.options(t)
		o.Features, o.NodeFeatures, o.Ridge = 16, 4, 1e-8
		m, _ := train(t, w.frames(t, 1, 10, 0.15), o)
		f := w.frames(t, 2, 1, 0.1)[0]
		h, force := energyOf(t, m, f, o.Graph), slices.Clone(forcesOf(t, m, f, o.Graph))
		size := 0.0
		for _, x := range force {
			size = max(size, math.Abs(x))
		}
		same := func(what string, f *Frame, g *Graph, want []float64) {
			t.Helper()
			if got := energyOf(t, m, f, g); !(math.Abs(got-h) <= 1e-12*(1+math.Abs(h))) {
				t.Errorf("%s, %s: the energy is %v, not %v", name, what, got, h)
			}
			if d := farthest(t, forcesOf(t, m, f, g), want); !(d <= 1e-12*(1+size)) {
				t.Errorf("%s, %s: forces differ by %v of %v", name, what, d, size)
			}
		}
		moved := copyOf(f)
		shift := []float64{r.Float64(), -r.Float64(), r.Float64()}
		for i := range moved.Q {
			moved.Q[i] += shift[i%f.Dim]
		}
		same("moved", moved, o.Graph, force)
		if !w.periodic {
			u := orthogonal(r, f.Dim)
			around := copyOf(f)
			around.Q, around.P = turned(f.Q, f.Dim, u), turned(f.P, f.Dim, u)
			same("turned", around, o.Graph, turned(force, f.Dim, u))
		}
		place := r.Perm(f.Nodes())
		other, g := numbered(t, f, o.Graph, place)
		want := make([]float64, len(force))
		for i, at := range place {
			copy(want[at*f.Dim:][:f.Dim], force[i*f.Dim:])
		}
		same("numbered anew", other, g, want)
		var sum [3]float64
		for i, x := range force {
			sum[i%f.Dim] += x
		}
		for _, x := range sum {
			if !(math.Abs(x) <= 0x1p-50*float64(f.Nodes())*size) {
				t.Errorf("%s: forces add up to %v", name, sum)
			}
		}
		two := copyOf(f)
		two.Q, two.P = two.Q[:2*f.Dim], two.P[:2*f.Dim]
		two.QDot, two.PDot = nil, nil
		two.Species, two.Mass = two.Species[:2], two.Mass[:2]
		if two.Charge != nil {
			two.Charge = two.Charge[:2]
		}
		var bond *Graph
		if o.Graph != nil {
			bond = &Graph{Nodes: 2, Senders: []int32{0}, Receivers: []int32{1}}
		}
		pair := forcesOf(t, m, two, bond)
		for a := range f.Dim {
			if pair[a] != -pair[f.Dim+a] {
				t.Errorf("%s: two bodies have the forces %v", name, pair)
			}
		}
	}
}
