package hgn

import (
	"math"

	"github.com/rapidhgn/rapidhgn/kernels/pair"
)

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

	separations pair.Separations // of the neighbours of one body
	direction   [][3]float64     // of the edges of one frame
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

// separate makes s the differences q_j − q_i for the others j, reduced to the nearest image,
// and their lengths. It is for pairs within a cutoff, whose positions a list of neighbours
// has found to be at most 10⁹ lengths outside the box.
func (f *framePart) separate(s *pair.Separations, i int32, others []int32) {
	if f.Dim == 3 {
		s.Find(f.Q, others, [3]float64(f.Q[3*int(i):]), f.image.length)
		return
	}
	n := len(others)
	s.X, s.Y, s.Z, s.R = grow(s.X, n), grow(s.Y, n), grow(s.Z, n), grow(s.R, n)
	for k, j := range others {
		var d [3]float64
		for a := range f.Dim {
			d[a] = f.image.near(a, f.Q[int(j)*f.Dim+a]-f.Q[int(i)*f.Dim+a])
		}
		s.X[k], s.Y[k], s.Z[k] = d[0], d[1], 0
		s.R[k] = math.Sqrt(math.FMA(d[1], d[1], float64(d[0]*d[0])))
	}
}

// near is reduce for a difference of less than 2³¹ lengths.
func (im *image) near(a int, x float64) float64 {
	return math.FMA(-im.length[a], math.RoundToEven(x*im.inverse[a]), x)
}

// add adds the edge from body i to j with its geometry, and writes the direction from i to
// j into u.
func (e *directedEdges) add(f *framePart, i, j int32, u *[3]float64) error {
	r := separation(u, f.Q, f.Dim, i, j, &f.image)
	if !(r > 0 && r <= math.MaxFloat64) {
		if err := f.it.xi.checkDistance(f.Frame, i, j, r); err != nil {
			return err
		}
	}
	e.r = append(e.r, r)
	e.pair = append(e.pair, int32(pairIndex(int(f.species[i]), int(f.species[j]))))
	if f.weight != nil {
		e.factor = append(e.factor, f.weight[i]*f.weight[j])
	}
	return nil
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
		stop := min(end, int(a.start[body+1]))
		if f.it.cutoff > 0 {
			err = e.addNear(f, int32(body), a.other[at:stop])
			at = stop
		}
		for ; at < stop && err == nil; at++ {
			var u [3]float64
			err = e.add(f, int32(body), a.other[at], &u)
			e.direct(len(e.r)-1, &u, -1, f.Dim)
		}
		if err != nil {
			return 0, 0, err
		}
		e.endBody()
		if at < int(a.start[body+1]) {
			return body, at, nil
		}
		if body++; body == hi || at == end && end < int(a.start[hi]) {
			return body, at, nil
		}
	}
}

// addNear adds the edges from body i to others, which are within the cutoff of f, and their
// ends at i.
func (e *directedEdges) addNear(f *framePart, i int32, others []int32) error {
	first, dim := len(e.r), f.Dim
	n := first + len(others)
	e.r, e.pair, e.list = extend(e.r, n), extend(e.pair, n), extend(e.list, n)
	e.u = extend(e.u, dim*n)
	own := f.species[i]
	s := &e.separations
	f.separate(s, i, others)
	for k, j := range others {
		x, y, z, r := s.X[k], s.Y[k], s.Z[k], s.R[k]
		if !(r > 0 && r <= math.MaxFloat64) {
			if err := f.it.xi.checkDistance(f.Frame, i, j, r); err != nil {
				return err
			}
		}
		k += first
		e.r[k], e.list[k] = r, int32(k)
		e.pair[k] = int32(pairIndex(int(own), int(f.species[j])))
		scale := 0.0
		if r > 0 {
			scale = -1 / r
		}
		switch dim {
		case 3:
			u := (*[3]float64)(e.u[3*k:])
			u[0], u[1], u[2] = scale*x, scale*y, scale*z
		case 2:
			e.u[2*k], e.u[2*k+1] = scale*x, scale*y
		default:
			e.u[k] = scale * x
		}
	}
	if f.weight != nil {
		for _, j := range others {
			e.factor = append(e.factor, f.weight[i]*f.weight[j])
		}
	}
	return nil
}

// addFrame takes all edges of f, which are those of g, once, and both their ends.
func (e *directedEdges) addFrame(f *framePart, g *Graph, ends *incidence) error {
	first, dim := len(e.r), f.Dim
	e.direction = grow(e.direction, g.Edges())
	for k, i := range g.Senders {
		if err := e.add(f, i, g.Receivers[k], &e.direction[k]); err != nil {
			return err
		}
	}
	at := len(e.list)
	e.list, e.u = extend(e.list, at+2*g.Edges()), extend(e.u, dim*(at+2*g.Edges()))
	for i := range g.Nodes {
		for _, k := range ends.edges[ends.start[i]:ends.start[i+1]] {
			sign, d := 1.0, &e.direction[k]
			if int(g.Senders[k]) == i {
				sign = -1
			}
			e.list[at] = int32(first) + k
			u := e.u[dim*at:][:dim]
			for a := range u {
				u[a] = sign * d[a]
			}
			at++
		}
		e.offset = append(e.offset, int32(at))
	}
	return nil
}
