package trajectory

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// ReadEdges reads the graph on the bodies 0 … nodes−1 whose edges are in the file
// called path: comma-separated values below the header i,j, one unordered pair of
// bodies per line, or arrays of NumPy, in which an edge may be there in both directions.
//
// A body out of range, a body joined to itself, a pair that comes twice, in a table in
// either order, and a file without edges give a *[ParseError].
func ReadEdges(path string, nodes int) (*hgn.Graph, error) {
	if kindOf(path) == arrays {
		return readArrayEdges(path, nodes)
	}
	in, err := openInput(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return readEdges(in, path, nodes)
}

func readEdges(r io.Reader, file string, nodes int) (*hgn.Graph, error) {
	t, err := newTable(r, file)
	if err == nil && !slices.Equal(t.names, []string{"i", "j"}) {
		err = t.errorf("expected the header i,j")
	}
	var pairs [][2]int
	var at []int // lines
	for err == nil {
		if err = t.record(); err != nil {
			break
		}
		var pair [2]int
		for k := range pair {
			var i int64
			if i, err = t.integer(k); err != nil {
				break
			}
			if i < 0 || i >= int64(nodes) {
				err = t.errorf("node %d is out of range: the data has %d bodies", i, nodes)
				break
			}
			pair[k] = int(i)
		}
		pairs = append(pairs, pair)
		at = append(at, t.line)
	}
	if err != io.EOF {
		return nil, err
	}
	if len(pairs) == 0 {
		return nil, &ParseError{File: file, Cause: "no edges"}
	}
	g, err := hgn.NewGraph(nodes, pairs)
	if wrong := (*hgn.EdgeError)(nil); errors.As(err, &wrong) {
		return nil, &ParseError{file, at[wrong.Index], edgeCause(pairs, at, wrong), err}
	}
	return g, err
}

// edgeCause says what is wrong with an edge, in terms of lines.
func edgeCause(pairs [][2]int, at []int, wrong *hgn.EdgeError) string {
	pair := pairs[wrong.Index]
	first := slices.IndexFunc(pairs, func(p [2]int) bool {
		return p == pair || p == [2]int{pair[1], pair[0]}
	})
	switch {
	case pair[0] == pair[1]:
		return fmt.Sprintf("node %d is joined to itself", pair[0])
	case first < wrong.Index:
		return fmt.Sprintf("the edge %d,%d repeats line %d", pair[0], pair[1], at[first])
	}
	return wrong.Cause
}
