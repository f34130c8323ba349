package hgn

import "fmt"

// A Graph is a set of unordered pairs of bodies, the edges. Edge k joins the
// bodies Senders[k] < Receivers[k]; edges are sorted by sender, then receiver.
type Graph struct {
	Nodes              int
	Senders, Receivers []int32
}

// Edges is the number of unordered pairs.
func (g *Graph) Edges() int { return len(g.Senders) }

// An EdgeError says which element of a list of edges is wrong.
type EdgeError struct {
	Index int // position in the list, from 0
	Cause string
}

func (e *EdgeError) Error() string { return fmt.Sprintf("edge %d: %s", e.Index, e.Cause) }
