package hgn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// allPairs is the definition of CutoffGraph.
func allPairs(f *Frame, cutoff float64, periodic bool) *Graph {
	g := &Graph{Nodes: f.Nodes()}
	im := f.Box.image(periodic)
	for i := range f.Nodes() {
		for j := i + 1; j < f.Nodes(); j++ {
			sum := 0.0
			for a := range f.Dim {
				d := im.reduce(a, f.Q[j*f.Dim+a]-f.Q[i*f.Dim+a])
				sum += float64(d * d)
			}
			if sum < cutoff*cutoff {
				g.Senders = append(g.Senders, int32(i))
				g.Receivers = append(g.Receivers, int32(j))
			}
		}
	}
	return g
}

func sameGraph(g, h *Graph) bool {
	return g.Nodes == h.Nodes && slices.Equal(g.Senders, h.Senders) && slices.Equal(g.Receivers, h.Receivers)
}

// neighborCase draws a frame, by turns uniform, clustered, on the border of the
// box and on a lattice of quarters of the cutoff, and a cutoff for it.
func neighborCase(r *rand.Rand, dim, nodes int) (f *Frame, cutoff float64) {
	f = &Frame{Dim: dim, Mass: make([]float64, nodes), Q: make([]float64, nodes*dim)}
	cutoff = []float64{1, 0.3, 2.5, 1e-3, 1e60}[r.IntN(5)]
	kind := r.IntN(4)
	images := []int{0, 1, 100}[r.IntN(3)]
	for a := range 3 {
		// From barely two cutoffs, that is from one cell, to many cells.
		length := cutoff * []float64{2, 2.0001, 2.5, 3, 3.01, 4.2, 11, 1000}[r.IntN(8)]
		f.Box.Lo[a] = length * (r.Float64() - 0.5) * 3
		f.Box.Hi[a] = f.Box.Lo[a] + length
		if f.Box.Length(a) < 2*cutoff { // the sum was rounded down
			f.Box.Hi[a] += length * 0x1p-40
		}
		f.Box.Periodic[a] = r.IntN(3) > 0
	}
	for i := range nodes {
		for a := range dim {
			length := f.Box.Length(a)
			x := r.Float64()
			switch kind {
			case 1:
				x = 0.5 + 0.3*cutoff/length*r.NormFloat64()
			case 2:
				x = float64(r.IntN(3)) / 2
			case 3:
				x = float64(r.IntN(40)) / 4 * cutoff / length
			}
			f.Q[i*dim+a] = f.Box.Lo[a] + x*length + float64(r.IntN(2*images+1)-images)*length
		}
	}
	return f, cutoff
}

func TestCutoffGraphAgainstAllPairs(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var l neighborList // reused throughout, as a rollout does
	var reused Graph
	edges, images := 0, 0
	for trial := range 1500 {
		dim := 1 + trial%3
		nodes := []int{0, 1, 2, 3, 10, 60}[r.IntN(6)]
		f, cutoff := neighborCase(r, dim, nodes)
		periodic := trial%4 > 0
		want := allPairs(f, cutoff, periodic)
		got, err := CutoffGraph(f, cutoff, periodic)
		if err != nil {
			t.Fatalf("trial %d: %v", trial, err)
		}
		if !sameGraph(got, want) {
			t.Fatalf("trial %d: dim %d, %d bodies, cutoff %v, box %v: another graph, %d edges, want %d", trial, dim, nodes, cutoff, f.Box, got.Edges(), want.Edges())
		}
		if err := l.build(&reused, f.Q, dim, &f.Box, periodic, cutoff); err != nil || !sameGraph(&reused, want) {
			t.Fatalf("trial %d: a list used before gives another graph (error %v)", trial, err)
		}
		edges += want.Edges()
		images += want.Edges() - allPairs(f, cutoff, false).Edges()
	}
	if edges < 10000 || images < 1000 {
		t.Fatalf("only %d edges, %d of them across a border: the cases test nothing", edges, images)
	}
}

func TestCutoffGraphMany(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, periodic := range [][3]bool{{}, {true, true, true}, {true, false, true}} {
		f := fluid(r, 1500)
		f.Box.Periodic = periodic
		want := allPairs(f, 2.5, true)
		got, err := CutoffGraph(f, 2.5, true)
		if err != nil || !sameGraph(got, want) {
			t.Errorf("%v: another graph than that of all pairs (error %v)", periodic, err)
		}
	}
}

// fluid returns nodes bodies at random with the density 0.8442 of a liquid.
func fluid(r *rand.Rand, nodes int) *Frame {
	f := &Frame{Dim: 3, Mass: make([]float64, nodes), Q: make([]float64, 3*nodes)}
	length := math.Cbrt(float64(nodes) / 0.8442)
	for a := range 3 {
		f.Box.Hi[a], f.Box.Periodic[a] = length, true
	}
	for k := range f.Q {
		f.Q[k] = length * r.Float64()
	}
	return f
}

// Far-flung bodies must cost neither memory nor time, nor overflow a cell number.
func TestCutoffGraphFar(t *testing.T) {
	for _, far := range []float64{1e6, 1e13, 1e18, 1e19, 1e100, 1e300, math.MaxFloat64, 5e-324} {
		f := fluid(rand.New(rand.NewPCG(5, 6)), 300)
		for i, x := range []float64{far, -far, far, math.Nextafter(far, 0)} {
			for a := range 3 {
				f.Q[3*(70*i+1)+a] = x
			}
		}
		want := allPairs(f, 1, false)
		got, err := CutoffGraph(f, 1, false)
		if err != nil || !sameGraph(got, want) {
			t.Errorf("%v: %d edges, want %d (error %v)", far, got.Edges(), want.Edges(), err)
		}
		if want.Edges() < 300 {
			t.Errorf("%v: only %d edges", far, want.Edges())
		}
	}
}

// Pairs just under the cutoff, far from the origin, where the number of a cell is
// rounded, and differently on both sides of a power of 2: bodies of such a pair must
// not be two cells apart.
func TestCutoffGraphFarPairs(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for range 3000 {
		cutoff := 1 + r.Float64()
		border := math.Ldexp(cutoff, 30+r.IntN(10)) // of cells, most often
		ulp := math.Nextafter(border, math.Inf(1)) - border
		low := border + ulp*float64(r.IntN(9)-4)
		high := math.Floor((low+cutoff)/ulp) * ulp
		for high-low >= cutoff {
			high = math.Nextafter(high, 0)
		}
		f := &Frame{Dim: 1, Mass: make([]float64, 2), Q: []float64{high, low}}
		if g, err := CutoffGraph(f, cutoff, false); err != nil || g.Edges() != 1 {
			t.Fatalf("%v and %v, %v apart, with cutoff %v: %d edges, %v", low, high, high-low, cutoff, g.Edges(), err)
		}
	}
}

// Distances within two ulp of the cutoff: the sum of squares decides, each rounded,
// also where the compiler fuses the multiplications and additions that come before.
func TestCutoffGraphUlp(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	edges := 0
	const trials = 5000
	for trial := range trials {
		dim := 2 + trial%2
		f := &Frame{Dim: dim, Mass: make([]float64, 2), Q: make([]float64, 2*dim)}
		sum := 0.0
		for a := range dim {
			f.Q[a], f.Q[dim+a] = r.Float64(), 1+2*r.Float64()
			d := f.Q[dim+a] - f.Q[a]
			sum += float64(d * d)
			f.Box.Hi[a], f.Box.Periodic[a] = 8, true
		}
		cutoff := math.Sqrt(sum)
		for range r.IntN(3) {
			cutoff = math.Nextafter(cutoff, float64(4*r.IntN(2)))
		}
		for _, periodic := range []bool{false, true} {
			cutoff := cutoff
			if periodic {
				cutoff = min(cutoff, 4)
			}
			want := allPairs(f, cutoff, periodic)
			if g, err := CutoffGraph(f, cutoff, periodic); err != nil || !sameGraph(g, want) {
				t.Fatalf("%v with cutoff %v: %d edges, want %d (error %v)", f.Q, cutoff, g.Edges(), want.Edges(), err)
			}
			edges += want.Edges()
		}
	}
	if edges < trials/2 || edges > 3*trials/2 {
		t.Fatalf("%d pairs of %d are below the cutoff: the cases test nothing", edges, 2*trials)
	}
}

func TestCutoffGraphErrors(t *testing.T) {
	box := Box{Hi: [3]float64{5, 6, 7}, Periodic: [3]bool{true, true, false}}
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name     string
		q        []float64
		box      Box
		cutoff   float64
		periodic bool
		want     string
	}{
		{"zero cutoff", []float64{1, 2, 3}, box, 0, false, "cutoff 0 is not positive"},
		{"negative cutoff", []float64{1, 2, 3}, box, -1, false, "cutoff -1 is not positive"},
		{"NaN cutoff", []float64{1, 2, 3}, box, nan, false, "cutoff NaN is not positive"},
		{"infinite cutoff", []float64{1, 2, 3}, box, inf, false, "the square of cutoff +Inf cannot be represented"},
		{"tiny cutoff", []float64{1, 2, 3}, box, 1e-200, false, "the square of cutoff 1e-200 cannot be represented"},
		{"large cutoff", []float64{1, 2, 3}, box, 2.6, true, "cutoff 2.6 is larger than half the box, 2.5, in x"},
		{"large cutoff in y", []float64{1, 2, 3}, Box{Hi: [3]float64{9, 5.0387885741475218}, Periodic: [3]bool{true, true}}, 2.6, true, "cutoff 2.6 is larger than half the box, 2.51939, in y"},
		{"NaN", []float64{1, 2, 3, 4, nan, 6}, box, 1, true, "coordinate y of body 1 is NaN"},
		{"Inf", []float64{1, 2, -inf}, box, 1, false, "coordinate z of body 0 is -Inf"},
		{"far", []float64{1e300, 2, 3}, box, 1, true, "coordinate x of body 0, 1e+300, is too far outside the box"},
		{"tilted box", []float64{1, 2, 3}, Box{Hi: [3]float64{9, 9}, Periodic: [3]bool{true, true}, Vectors: [3][3]float64{{9, 0, 0}, {1, 9, 0}}}, 1, true, "the box is tilted, which is not supported"},
		{"empty box", []float64{1, 2, 3}, Box{Periodic: [3]bool{true}}, 1, true, "the box has a length of 0 in x"},
		{"inverted box", []float64{1, 2, 3}, Box{Lo: [3]float64{1, 1}, Periodic: [3]bool{1: true}}, 1, true, "the box has a length of -1 in y"},
		{"infinite box", []float64{1, 2, 3}, Box{Hi: [3]float64{inf}, Periodic: [3]bool{true}}, 1, true, "the box has a length of +Inf in x"},
		{"odd coordinates", []float64{1, 2, 3, 4}, box, 1, false, "4 coordinates for 1 bodies in 3 dimensions"},
	} {
		f := &Frame{Dim: 3, Box: c.box, Mass: make([]float64, len(c.q)/3), Q: c.q, File: "a.dump", Line: 7, Step: 20}
		g, err := CutoffGraph(f, c.cutoff, c.periodic)
		if _, ok := err.(*FrameError); !ok || err.Error() != "a.dump:7: step 20: "+c.want || g != nil {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	if _, err := CutoffGraph(&Frame{Dim: 4}, 1, false); err == nil {
		t.Error("four dimensions: no error")
	}
	// What does not matter is not looked at.
	for _, b := range []Box{{}, {Hi: [3]float64{inf, nan, -1}}, {Periodic: [3]bool{2: true}}} {
		f := &Frame{Dim: 2, Box: b, Mass: []float64{1, 1}, Q: []float64{0, 0, 0.5, 0.5}}
		if g, err := CutoffGraph(f, 1, true); err != nil || g.Edges() != 1 {
			t.Errorf("box %v: %v, %v", b, g, err)
		}
	}
}

// A failed build leaves the graph as it was.
func TestNeighborListError(t *testing.T) {
	var l neighborList
	g := Graph{Nodes: 2, Senders: []int32{0}, Receivers: []int32{1}}
	if err := l.build(&g, []float64{0, math.NaN()}, 1, &Box{}, false, 1); err == nil {
		t.Fatal("no error")
	}
	if !sameGraph(&g, &Graph{Nodes: 2, Senders: []int32{0}, Receivers: []int32{1}}) {
		t.Fatalf("the graph became %v", g)
	}
}

func TestNeighborListAllocs(t *testing.T) {
	f := fluid(rand.New(rand.NewPCG(7, 8)), 400)
	var l neighborList
	var g Graph
	build := func() {
		if err := l.build(&g, f.Q, 3, &f.Box, true, 2.5); err != nil {
			t.Fatal(err)
		}
	}
	build()
	if n := testing.AllocsPerRun(10, build); n != 0 {
		t.Errorf("a second build allocates %v times", n)
	}
}

func BenchmarkNeighborList(b *testing.B) {
	for _, nodes := range []int{1e3, 1e4, 1e5} {
		f := fluid(rand.New(rand.NewPCG(9, 10)), nodes)
		run := func(name string, build func() error) {
			b.Run(fmt.Sprintf("nodes=%d/%s", nodes, name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := build(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(nodes), "ns/body")
			})
		}
		var l neighborList
		var g Graph
		run("hash", func() error { return l.build(&g, f.Q, 3, &f.Box, true, 2.5) })
		for _, workers := range []int{1, 2} {
			p := pairFinder{cutoff: 2.5, periodic: true, workers: workers}
			run(fmt.Sprintf("workers=%d", workers), func() error { _, err := p.edges(f); return err })
		}
	}
}
