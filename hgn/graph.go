package hgn

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// A Graph is a set of unordered pairs of bodies, the edges. Edge k joins the
// bodies Senders[k] < Receivers[k]; edges are sorted by sender, then receiver.
type Graph struct {
	Nodes              int
	Senders, Receivers []int32
}

// Edges is the number of unordered pairs.
func (g *Graph) Edges() int { return len(g.Senders) }

// check returns an error unless g is what [NewGraph] might have made, so that its
// bodies can be used as indices. It does not look for repeated edges.
func (g *Graph) check() error {
	if len(g.Senders) != len(g.Receivers) {
		return fmt.Errorf("hgn: a graph of %d senders and %d receivers", len(g.Senders), len(g.Receivers))
	}
	for k, s := range g.Senders {
		if r := g.Receivers[k]; s < 0 || s >= r || int(r) >= g.Nodes {
			return fmt.Errorf("hgn: edge %d of the graph joins %d and %d of %d bodies; want sender < receiver", k, s, r, g.Nodes)
		}
	}
	return nil
}

// An EdgeError says which element of a list of edges is wrong.
type EdgeError struct {
	Index int // position in the list, from 0
	Cause string
}

func (e *EdgeError) Error() string { return fmt.Sprintf("edge %d: %s", e.Index, e.Cause) }

// NewGraph returns the graph on the bodies 0 … nodes−1 whose edges are pairs, in
// any order and direction.
//
// A body out of range, a body joined to itself and a pair that comes twice, in
// either direction, give an [*EdgeError]: the first of the list that is out of
// range or a loop, otherwise the first that repeats an earlier one.
func NewGraph(nodes int, pairs [][2]int) (*Graph, error) {
	if nodes < 0 || nodes > math.MaxInt32 {
		return nil, fmt.Errorf("hgn: a graph of %d bodies", nodes)
	}
	type edge struct {
		sender, receiver int32
		index            int
	}
	edges := make([]edge, len(pairs))
	for k, pair := range pairs {
		for _, i := range pair {
			if i < 0 || i >= nodes {
				return nil, &EdgeError{k, fmt.Sprintf("body %d is out of range: there are %d, counted from 0", i, nodes)}
			}
		}
		if pair[0] == pair[1] {
			return nil, &EdgeError{k, fmt.Sprintf("body %d is joined to itself", pair[0])}
		}
		edges[k] = edge{int32(min(pair[0], pair[1])), int32(max(pair[0], pair[1])), k}
	}
	slices.SortFunc(edges, func(a, b edge) int {
		return cmp.Or(cmp.Compare(a.sender, b.sender), cmp.Compare(a.receiver, b.receiver), cmp.Compare(a.index, b.index))
	})
	g := &Graph{Nodes: nodes, Senders: make([]int32, len(edges)), Receivers: make([]int32, len(edges))}
	var repeated *EdgeError
	for k, e := range edges {
		g.Senders[k], g.Receivers[k] = e.sender, e.receiver
		if k == 0 || edges[k-1].sender != e.sender || edges[k-1].receiver != e.receiver {
			continue
		}
		if repeated == nil || e.index < repeated.Index {
			repeated = &EdgeError{e.index, fmt.Sprintf("bodies %d and %d are joined already, by edge %d", e.sender, e.receiver, edges[k-1].index)}
		}
	}
	if repeated != nil {
		return nil, repeated
	}
	return g, nil
}

// CutoffGraph returns the graph of all pairs of bodies of f that are closer than
// cutoff, which is in the unit of f.Q:
//
//	(i, j) is an edge if |q_j − q_i| < cutoff
//
// If periodic is set, the difference is that of nearest images in the directions
// in which the box of f is periodic; positions may be any periodic image. Without
// it the box has no effect.
//
// The time is linear in bodies and edges for any density, except for bodies more
// than 10¹² cutoffs from the origin, which all share one cell. Large frames are worked on
// by GOMAXPROCS goroutines, of which the result does not depend.
//
// It is a [*FrameError] if a position is not finite or is more than 10⁹ lengths
// outside a periodic box, if the length of a periodic direction is not positive,
// and if cutoff is not positive or is larger than half such a length: a body then
// had more than one image in reach.
func CutoffGraph(f *Frame, cutoff float64, periodic bool) (*Graph, error) {
	if f.Dim < 1 || f.Dim > 3 {
		return nil, f.errorf("%d dimensions, not 1, 2 or 3", f.Dim)
	}
	if len(f.Q) != f.Nodes()*f.Dim {
		return nil, f.errorf("%d coordinates for %d bodies in %d dimensions", len(f.Q), f.Nodes(), f.Dim)
	}
	p := pairFinder{cutoff: cutoff, periodic: periodic}
	return p.edges(f)
}
