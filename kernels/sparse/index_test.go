package sparse

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// checkIndex fails unless ix lists the edges of every node, in ascending order.
func checkIndex(t *testing.T, ix Index, receivers []int32, nodes int) {
	t.Helper()
	if ix.Nodes() != nodes || ix.Edges() != len(receivers) {
		t.Fatalf("%d nodes and %d edges, want %d and %d", ix.Nodes(), ix.Edges(), nodes, len(receivers))
	}
	total := 0
	for i := range nodes {
		var want []int32
		for e, receiver := range receivers {
			if int(receiver) == i {
				want = append(want, int32(e))
			}
		}
		if !slices.Equal(ix.edges(i), want) {
			t.Fatalf("edges of node %d: %v, want %v", i, ix.edges(i), want)
		}
		total += len(want)
	}
	if total != len(receivers) {
		t.Fatalf("%d edges have nodes, of %d", total, len(receivers))
	}
}

// randomReceivers returns edges receivers among nodes, of which some have none.
func randomReceivers(r *rand.Rand, edges, nodes int) []int32 {
	receivers := make([]int32, edges)
	for e := range receivers {
		receivers[e] = int32(r.IntN(nodes))
	}
	return receivers
}

func TestNewIndex(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		nodes := 1 + r.IntN(20)
		receivers := randomReceivers(r, r.IntN(60), nodes)
		given := slices.Clone(receivers)
		ix, err := NewIndex(given, nodes)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(given, receivers) {
			t.Fatal("receivers were modified")
		}
		clear(given) // the index has its own
		checkIndex(t, ix, receivers, nodes)
	}
	for _, nodes := range []int{0, 1, 5} {
		ix, err := NewIndex(nil, nodes)
		if err != nil {
			t.Fatal(err)
		}
		checkIndex(t, ix, nil, nodes)
	}
	checkIndex(t, Index{}, nil, 0)
}

func TestNewIndexErrors(t *testing.T) {
	for _, c := range []struct {
		receivers []int32
		nodes     int
		want      IndexError
	}{
		{[]int32{0, 1, 2}, 2, IndexError{2, 2, 2}},
		{[]int32{0, -1, 9}, 2, IndexError{1, -1, 2}},
		{[]int32{0}, 0, IndexError{0, 0, 0}},
		{[]int32{math.MaxInt32}, math.MaxInt32, IndexError{0, math.MaxInt32, math.MaxInt32}},
		{[]int32{math.MinInt32}, 3, IndexError{0, math.MinInt32, 3}},
	} {
		ix, err := NewIndex(c.receivers, c.nodes)
		var e *IndexError
		if !errors.As(err, &e) || *e != c.want || ix.Nodes() != 0 || ix.Edges() != 0 {
			t.Errorf("%v of %d: %v, %v", c.receivers, c.nodes, ix, err)
		}
	}
	tooMany := int64(math.MaxInt32) + 1 // negative where int has 32 bits
	for _, nodes := range []int{-1, int(tooMany)} {
		if _, err := NewIndex(nil, nodes); err == nil {
			t.Errorf("%d nodes: no error", nodes)
		}
	}
}

func FuzzNewIndex(f *testing.F) {
	f.Add([]byte{}, 0)
	f.Add([]byte{0, 0, 0, 0, 1, 0, 0, 0}, 2)
	f.Add([]byte{0, 0, 0, 0, 255, 255, 255, 255}, 1)
	f.Fuzz(func(t *testing.T, raw []byte, nodes int) {
		if nodes > 1000 {
			t.Skip("more nodes than the test needs")
		}
		receivers := make([]int32, len(raw)/4)
		valid := nodes >= 0
		for e := range receivers {
			receivers[e] = int32(binary.LittleEndian.Uint32(raw[4*e:]))
			valid = valid && receivers[e] >= 0 && int(receivers[e]) < nodes
		}
		ix, err := NewIndex(receivers, nodes)
		if (err == nil) != valid {
			t.Fatalf("NewIndex(%v, %d): %v", receivers, nodes, err)
		}
		if valid {
			checkIndex(t, ix, receivers, nodes)
		}
	})
}

func ExampleNewIndex() {
	receivers := []int32{2, 0, 2}
	index, err := NewIndex(receivers, 3)
	fmt.Println(index.Nodes(), index.Edges(), err)
	_, err = NewIndex(receivers, 2)
	fmt.Println(err)
	// Output:
	// 3 3 <nil>
	// sparse: edge 0 belongs to node 2, of 2 nodes
}
