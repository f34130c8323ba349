package hgn

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func TestNewGraph(t *testing.T) {
	g, err := NewGraph(5, [][2]int{{4, 0}, {2, 3}, {1, 0}, {0, 3}, {3, 1}})
	want := &Graph{Nodes: 5, Senders: []int32{0, 0, 0, 1, 2}, Receivers: []int32{1, 3, 4, 3, 3}}
	if err != nil || !sameGraph(g, want) {
		t.Errorf("%v, %v, want %v", g, err, want)
	}
	for _, nodes := range []int{0, 3} {
		if g, err := NewGraph(nodes, nil); err != nil || g.Nodes != nodes || g.Edges() != 0 {
			t.Errorf("no edges: %v, %v", g, err)
		}
	}
}

// Any order and direction of the pairs gives the same graph.
func TestNewGraphOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var pairs [][2]int
	for i := range 30 {
		for j := range i {
			if r.IntN(3) == 0 {
				pairs = append(pairs, [2]int{j, i})
			}
		}
	}
	want, err := NewGraph(30, pairs)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		r.Shuffle(len(pairs), func(a, b int) { pairs[a], pairs[b] = pairs[b], pairs[a] })
		for k := range pairs {
			if r.IntN(2) == 0 {
				pairs[k][0], pairs[k][1] = pairs[k][1], pairs[k][0]
			}
		}
		if got, err := NewGraph(30, pairs); err != nil || !sameGraph(got, want) {
			t.Fatalf("%v, %v, want %v", got, err, want)
		}
	}
}

func TestNewGraphErrors(t *testing.T) {
	for _, c := range []struct {
		pairs [][2]int
		index int
		want  string
	}{
		{[][2]int{{0, 1}, {1, 3}}, 1, "edge 1: body 3 is out of range: there are 3, counted from 0"},
		{[][2]int{{-1, 1}}, 0, "edge 0: body -1 is out of range: there are 3, counted from 0"},
		{[][2]int{{math.MaxInt, 1}}, 0, fmt.Sprintf("edge 0: body %d is out of range: there are 3, counted from 0", math.MaxInt)},
		{[][2]int{{0, 1}, {1, 2}, {2, 2}}, 2, "edge 2: body 2 is joined to itself"},
		{[][2]int{{0, 1}, {1, 2}, {1, 0}}, 2, "edge 2: bodies 0 and 1 are joined already, by edge 0"},
		{[][2]int{{2, 1}, {0, 1}, {0, 1}, {2, 1}, {0, 1}}, 2, "edge 2: bodies 0 and 1 are joined already, by edge 1"},
	} {
		g, err := NewGraph(3, c.pairs)
		var e *EdgeError
		if g != nil || !errors.As(err, &e) || e.Index != c.index || e.Error() != c.want {
			t.Errorf("%v: %v, want %s", c.pairs, err, c.want)
		}
	}
	tooMany := int64(math.MaxInt32) + 1 // negative where int has 32 bits
	for _, nodes := range []int{-1, int(tooMany)} {
		if _, err := NewGraph(nodes, nil); err == nil {
			t.Errorf("%d bodies: no error", nodes)
		}
	}
}

func ExampleNewGraph() {
	// A chain of four bodies, then one bond too many.
	chain, err := NewGraph(4, [][2]int{{2, 3}, {0, 1}, {2, 1}})
	fmt.Println(chain.Senders, chain.Receivers, err)
	_, err = NewGraph(4, [][2]int{{0, 1}, {1, 2}, {1, 0}})
	fmt.Println(err)
	// Output:
	// [0 1 2] [1 2 3] <nil>
	// edge 2: bodies 0 and 1 are joined already, by edge 0
}

func ExampleCutoffGraph() {
	frame := &Frame{
		Dim:  1,
		Box:  Box{Hi: [3]float64{10}, Periodic: [3]bool{true}},
		Mass: []float64{1, 1, 1},
		Q:    []float64{0.5, 1.5, 9.5},
	}
	free, _ := CutoffGraph(frame, 1.2, false)
	periodic, _ := CutoffGraph(frame, 1.2, true)
	fmt.Println(free.Edges(), periodic.Edges())
	// Output: 1 2
}
