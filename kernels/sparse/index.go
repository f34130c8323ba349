package sparse

import (
	"fmt"
	"math"
)

// An Index says to which node each edge belongs: its receiver, or its sender. It
// also holds the edges of each node, in ascending order. The zero value has no edges
// and no nodes. An Index is immutable and safe for concurrent use.
type Index struct {
	node   []int32 // per edge
	edge   []int32 // edges by node, ascending for each
	offset []int32 // per node, its first element of edge; one more at the end
}

// An IndexError says which edge has a node that does not exist.
type IndexError struct {
	Edge  int   // position in the list, from 0
	Node  int32 // what it holds
	Nodes int   // number of nodes; 0 … Nodes−1 exist
}

func (e *IndexError) Error() string {
	return fmt.Sprintf("sparse: edge %d belongs to node %d, of %d nodes", e.Edge, e.Node, e.Nodes)
}

// NewIndex returns the index by which edge e belongs to node receivers[e], of nodes
// nodes. It copies receivers, which may be in any order. It takes time and memory
// linear in edges and nodes.
//
// The error is an [*IndexError] for the first receiver that is negative or not below
// nodes. There is also an error if nodes is negative, or if either number is above
// 2³¹−1.
func NewIndex(receivers []int32, nodes int) (Index, error) {
	if nodes < 0 || nodes > math.MaxInt32 || len(receivers) > math.MaxInt32 {
		return Index{}, fmt.Errorf("sparse: an index of %d edges and %d nodes", len(receivers), nodes)
	}
	for e, i := range receivers {
		if i < 0 || int(i) >= nodes {
			return Index{}, &IndexError{e, i, nodes}
		}
	}
	ix := Index{
		node:   append([]int32(nil), receivers...),
		edge:   make([]int32, len(receivers)),
		offset: make([]int32, nodes+1),
	}
	for _, i := range receivers {
		ix.offset[i+1]++
	}
	for i := range nodes {
		ix.offset[i+1] += ix.offset[i]
	}
	for e, i := range receivers { // offset[i] moves to the end of i, and back below
		ix.edge[ix.offset[i]] = int32(e)
		ix.offset[i]++
	}
	copy(ix.offset[1:], ix.offset[:nodes])
	ix.offset[0] = 0
	return ix, nil
}

// Nodes is the number of nodes.
func (ix Index) Nodes() int { return max(len(ix.offset)-1, 0) }

// Edges is the number of edges.
func (ix Index) Edges() int { return len(ix.node) }

// edges returns the edges of node i.
func (ix Index) edges(i int) []int32 { return ix.edge[ix.offset[i]:ix.offset[i+1]] }
