package hgn

import "math"

// An edgeList holds edges of a frame with their geometry, grouped by pair of
// species.
type edgeList struct {
	edgeGroups
	i, j   []int32      // ends of each edge
	r      []float64    // distance
	u      [][3]float64 // direction from i to j
	weight []float64    // per body, or nil
}

// fill takes over the edges of graph g that subset lists, all of them if it is
// nil. species holds the species number of each body of f.
func (e *edgeList) fill(f *Frame, g *Graph, subset []int32, species []int32, it *interaction) error {
	var err error
	if e.weight, err = it.weight.of(f); err != nil {
		return err
	}
	if subset == nil {
		e.i = append(e.i[:0], g.Senders...)
		e.j = append(e.j[:0], g.Receivers...)
	} else {
		e.i, e.j = e.i[:0], e.j[:0]
		for _, k := range subset {
			e.i = append(e.i, g.Senders[k])
			e.j = append(e.j, g.Receivers[k])
		}
	}
	im := f.Box.image(it.periodic)
	e.r, e.u = grow(e.r, len(e.i)), grow(e.u, len(e.i))
	for k, i := range e.i {
		e.r[k] = separation(&e.u[k], f.Q, f.Dim, i, e.j[k], &im)
		if err := it.xi.checkDistance(f, i, e.j[k], e.r[k]); err != nil {
			return err
		}
	}
	e.group(e.i, e.j, species)
	return nil
}

// factor is what the features of edge k are multiplied by.
func (e *edgeList) factor(k int32) float64 {
	if e.weight == nil {
		return 1
	}
	return e.weight[e.i[k]] * e.weight[e.j[k]]
}

// separation returns r = |q_j − q_i| and writes (q_j − q_i)/r into u, with q
// reduced by im; r = 0 gives u = 0.
func separation(u *[3]float64, q []float64, dim int, i, j int32, im *image) (r float64) {
	s := 0.0
	for a := range dim {
		d := im.reduce(a, q[int(j)*dim+a]-q[int(i)*dim+a])
		u[a] = d
		s = math.FMA(d, d, s)
	}
	if s == 0 {
		return 0
	}
	r = math.Sqrt(s)
	for a := range dim {
		u[a] /= r
	}
	return r
}

// checkDistance returns an error of f unless features have a value at the distance r of
// its bodies i and j.
func (x Xi) checkDistance(f *Frame, i, j int32, r float64) error {
	switch {
	case r == 0 && x != DistanceSquared:
		return f.errorf("bodies %d and %d are at one point", i, j)
	case !(r <= math.MaxFloat64):
		return f.errorf("bodies %d and %d are at a distance of %v", i, j, r)
	}
	return nil
}
