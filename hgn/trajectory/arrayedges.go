package trajectory

import (
	"github.com/rapidhgn/rapidhgn/hgn"
)

// readArrayEdges returns the graph of the edges among the arrays in the file called path:
// of edges, or of senders and receivers. An edge may be there in both directions.
func readArrayEdges(path string, nodes int) (*hgn.Graph, error) {
	s, err := openArrays(path, "edges", "senders", "receivers")
	if err != nil {
		return nil, err
	}
	defer s.Close()
	ends, err := s.ends()
	if err != nil {
		return nil, err
	}
	seen := make(map[[2]int]bool, len(ends))
	var pairs [][2]int
	for k, e := range ends {
		switch {
		case e[0] < 0 || e[0] >= nodes || e[1] < 0 || e[1] >= nodes:
			return nil, s.errorf("edge %d joins %d and %d of %d bodies", k, e[0], e[1], nodes)
		case e[0] == e[1]:
			return nil, s.errorf("edge %d joins body %d to itself", k, e[0])
		case seen[e]:
			return nil, s.errorf("edge %d, from %d to %d, repeats", k, e[0], e[1])
		}
		if !seen[[2]int{e[1], e[0]}] {
			pairs = append(pairs, e)
		}
		seen[e] = true
	}
	return hgn.NewGraph(nodes, pairs)
}

// ends reads both ends of every edge.
func (s *arraySet) ends() ([][2]int, error) {
	edges, senders, receivers := s.arrays["edges"], s.arrays["senders"], s.arrays["receivers"]
	columns := [2][]int{}
	var err error
	switch {
	case edges != nil && (senders != nil || receivers != nil):
		return nil, s.errorf("edges beside senders and receivers")
	case (senders == nil) != (receivers == nil):
		return nil, s.errorf("one of senders and receivers is missing")
	case edges != nil:
		if len(edges.Shape) != 2 || edges.Shape[1] != 2 {
			return nil, s.shape("edges")
		}
		var all []int
		if all, err = s.integers("edges"); err != nil {
			return nil, err
		}
		for k, i := range all {
			columns[k%2] = append(columns[k%2], i)
		}
	case senders != nil:
		if len(senders.Shape) != 1 || len(receivers.Shape) != 1 || senders.Len() != receivers.Len() {
			return nil, s.errorf("senders are %v and receivers %v: want two lists as long as each other", senders.Header, receivers.Header)
		}
		for k, name := range []string{"senders", "receivers"} {
			if columns[k], err = s.integers(name); err != nil {
				return nil, err
			}
		}
	}
	ends := make([][2]int, len(columns[0]))
	for k := range ends {
		ends[k] = [2]int{columns[0][k], columns[1][k]}
	}
	if len(ends) == 0 {
		return nil, s.errorf("there are no edges")
	}
	return ends, nil
}

// integers reads all of an array, which must hold integers.
func (s *arraySet) integers(name string) ([]int, error) {
	a := s.arrays[name]
	if !a.Integer() {
		return nil, s.errorf("%s is %v: want integers", name, a.Header)
	}
	x := make([]float64, a.Len())
	if err := a.Read(x); err != nil {
		return nil, s.errorf("%s: %v", name, err)
	}
	n := make([]int, len(x))
	for i := range x {
		n[i] = int(x[i])
	}
	return n, nil
}
