package hgn

import "math"

// directedEdges are some edges of a frame, or of several, each with the ends at which it
// adds to rows. Those that add to body i, counted from the first one of the group, are
// number offset[i] … offset[i+1]−1; number k is edge list[k], and adds u[dim·k+a] times
// its φ′ to the row of coordinate a.
type directedEdges struct {
	r      []float64 // per edge, its length
	factor []float64 // and the product of the weights of its ends, where there are weights
	pair   []int32   // and the number of its pair of species

	offset, list []int32
	u            []float64
}

// edgeGroup is the number of edges whose features are evaluated at a time: with 64
// features they fill 128 KiB.
const edgeGroup = 256

// reset empties e.
func (e *directedEdges) reset() {
	e.r, e.factor, e.pair = e.r[:0], e.factor[:0], e.pair[:0]
	e.offset, e.list, e.u = append(e.offset[:0], 0), e.list[:0], e.u[:0]
}

// A framePart is a frame with what is known of its bodies.
type framePart struct {
	*Frame
	species []int32   // numbers of the species
	weight  []float64 // per body, or nil
	image   image
	it      *interaction
}

// add adds the edge from body i to j with its geometry, and returns the direction from
// i to j.
func (e *directedEdges) add(f *framePart, i, j int32) (u [3]float64, err error) {
	r := separation(&u, f.Q, f.Dim, i, j, &f.image)
	if !(r > 0 && r <= math.MaxFloat64) {
		if err := f.it.xi.checkDistance(f.Frame, i, j, r); err != nil {
			return u, err
		}
	}
	e.r = append(e.r, r)
	e.pair = append(e.pair, int32(pairIndex(int(f.species[i]), int(f.species[j]))))
	if f.weight != nil {
		e.factor = append(e.factor, f.weight[i]*f.weight[j])
	}
	return u, nil
}

// direct adds one end to those of the body at hand.
func (e *directedEdges) direct(edge int, u *[3]float64, sign float64, dim int) {
	e.list = append(e.list, int32(edge))
	for _, x := range u[:dim] {
		e.u = append(e.u, sign*x)
	}
}

// endBody ends the list of the body at hand.
func (e *directedEdges) endBody() { e.offset = append(e.offset, int32(len(e.list))) }

// fillFrom takes edges number at, at+1, … of the adjacency a, at most edgeGroup of them,
// for the bodies from body on up to hi−1. It returns where to go on: with which body, hi if
// there is none, and which edge.
func (e *directedEdges) fillFrom(f *framePart, a *adjacency, body, at, hi int) (nextBody, nextEdge int, err error) {
	e.reset()
	end := min(at+edgeGroup, int(a.start[hi]))
	for {
		stop := int(a.start[body+1])
		for ; at < min(end, stop); at++ {
			u, err := e.add(f, int32(body), a.other[at])
			if err != nil {
				return 0, 0, err
			}
			e.direct(len(e.r)-1, &u, -1, f.Dim)
		}
		e.endBody()
		if at < stop {
			return body, at, nil
		}
		if body++; body == hi || at == end && end < int(a.start[hi]) {
			return body, at, nil
		}
	}
}

// addFrame takes all edges of f, which are those of g, once, and both their ends.
func (e *directedEdges) addFrame(f *framePart, g *Graph, ends *incidence) error {
	first := len(e.r)
	var direction [edgeGroup][3]float64
	for k, i := range g.Senders {
		u, err := e.add(f, i, g.Receivers[k])
		if err != nil {
			return err
		}
		direction[k] = u
	}
	for i := range g.Nodes {
		for _, k := range ends.edges[ends.start[i]:ends.start[i+1]] {
			sign := 1.0
			if int(g.Senders[k]) == i {
				sign = -1
			}
			e.direct(first+int(k), &direction[k], sign, f.Dim)
		}
		e.endBody()
	}
	return nil
}
