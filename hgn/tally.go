package hgn

import (
	"math"

	"github.com/rapidhgn/rapidhgn/kernels/pair"
)

// A tally sums up values of one variable relative to the first one.
type tally struct {
	n       int64
	shift   float64
	sum, sq float64
	lo, hi  float64   // of the distance, for edges
	weight2 float64   // sum of the squared weights of edges
	keep    bool      // whether the values are wanted
	values  []float64 // they, if so
}

// add takes the value x of a function of at.
func (t *tally) add(x, at, weight float64) {
	if t.n == 0 {
		t.shift, t.lo, t.hi = x, at, at
	}
	t.n++
	d := x - t.shift
	t.sum += d
	t.sq = math.FMA(d, d, t.sq)
	t.lo, t.hi = min(t.lo, at), max(t.hi, at)
	t.weight2 = math.FMA(weight, weight, t.weight2)
	if t.keep {
		t.values = append(t.values, x)
	}
}

// moments returns those of the values.
func (t *tally) moments() moments {
	n := float64(t.n)
	mean := t.sum / n
	return moments{
		n: t.n, mean: t.shift + mean, m2: max(0, math.FMA(-t.sum, mean, t.sq)),
		lo: t.lo, hi: t.hi, weight2: t.weight2,
	}
}

// An inputTally is what one part of the data contributes to the statistics.
type inputTally struct {
	edges  int
	kept   int     // numbers of bodies that went to the cache
	pairs  []tally // by pairIndex
	types  []tally // by number of species
	failed error
}

// reset empties t for so many species.
func (t *inputTally) reset(species int, keep bool) {
	*t = inputTally{pairs: grow(t.pairs, pairCount(species)), types: grow(t.types, species)}
	for _, all := range [][]tally{t.pairs, t.types} {
		for i := range all {
			all[i] = tally{keep: keep, values: all[i].values[:0]}
		}
	}
}

// A dataPart is some of the data of a batch: whole frames, or some bodies and edges of one
// frame.
type dataPart struct {
	frames []*Frame
	first  int // number of frames[0] in the data

	// Of a part of a frame:
	graph         *Graph     // its edges,
	ends          *adjacency // or its neighbours
	species       []int32
	bodies, edges [2]int // from one to before the other
}

// The size of a part, in bodies and in edges.
const (
	partBodies = 256
	partEdges  = 8192
)

// parts cuts frames, of which the first is number first, into parts that depend on the
// frames alone, and finds the edges of those that are parts themselves.
func (w *pairWork) parts(frames []*Frame, first int, table *speciesTable) ([]dataPart, error) {
	var parts []dataPart
	bodies := partBodies // of the last part
	for i, f := range frames {
		n := f.Nodes()
		if n >= largeFrame {
			more, err := w.cut(f, first+i, table)
			if err != nil {
				return nil, err
			}
			parts = append(parts, more...)
			bodies = partBodies
			continue
		}
		if bodies+n > partBodies {
			parts = append(parts, dataPart{first: first + i})
			bodies = 0
		}
		last := &parts[len(parts)-1]
		last.frames = frames[last.first-first : i+1]
		bodies += n
	}
	return parts, nil
}

// cut returns the parts of f, frame number i.
func (w *pairWork) cut(f *Frame, i int, table *speciesTable) ([]dataPart, error) {
	whole := dataPart{frames: []*Frame{f}, first: i}
	var err error
	if whole.species, err = table.numbers(nil, f); err != nil {
		return nil, err
	}
	n, edges := f.Nodes(), 0
	if w.large.takes(f) {
		whole.ends = new(adjacency)
		if kept := w.kept.get(i); kept != nil {
			whole.ends = &kept.ends
		}
		if err := w.large.neighbors(whole.ends, f); err != nil {
			return nil, err
		}
		if w.kept.get(i) != nil {
			w.kept.size += len(whole.ends.other)
		}
	} else {
		if whole.graph, err = w.finders[0].find.edges(f); err != nil {
			return nil, err
		}
		edges = whole.graph.Edges()
	}
	var parts []dataPart
	count := max((n+2*partBodies-1)/(2*partBodies), (edges+partEdges-1)/partEdges)
	for k := range count {
		part := whole
		part.bodies = [2]int{int(int64(k) * int64(n) / int64(count)), int(int64(k+1) * int64(n) / int64(count))}
		part.edges = [2]int{int(int64(k) * int64(edges) / int64(count)), int(int64(k+1) * int64(edges) / int64(count))}
		parts = append(parts, part)
	}
	return parts, nil
}

// inputScratch is the workspace of one worker.
type inputScratch struct {
	find        pairFinder
	species     []int32
	others      []int32
	separations pair.Separations
}

// add adds what p contributes.
func (t *inputTally) add(p *dataPart, s *inputScratch, kept *graphCache, table *speciesTable, it *interaction) error {
	for i, f := range p.frames {
		g, species, bodies, edges := p.graph, p.species, p.bodies, p.edges
		if p.ends != nil {
			if err := t.addNeighbors(f, p.ends, species, bodies, it, s); err != nil {
				return err
			}
		} else if g == nil {
			var err error
			if g, err = s.find.edges(f); err != nil {
				return err
			}
			if s.species, err = table.numbers(s.species, f); err != nil {
				return err
			}
			species, bodies, edges = s.species, [2]int{0, f.Nodes()}, [2]int{0, g.Edges()}
			if own := kept.get(p.first + i); own != nil {
				own.graph.copyFrom(g)
				t.kept += 2 * g.Edges()
			}
		}
		if p.ends == nil {
			if err := t.addEdges(f, g, species, edges, it, s); err != nil {
				return err
			}
		}
		for k := bodies[0]; k < bodies[1]; k++ {
			x := squaredMomentum(f, k) / f.Mass[k]
			t.types[species[k]].add(x, x, 0)
		}
	}
	return nil
}

// addEdges adds some edges of f.
func (t *inputTally) addEdges(f *Frame, g *Graph, species []int32, edges [2]int, it *interaction, s *inputScratch) error {
	part := framePart{Frame: f, species: species, image: f.Box.image(it.periodic), it: it}
	var err error
	if part.weight, err = it.weight.of(f); err != nil {
		return err
	}
	for k := edges[0]; k < edges[1]; {
		first, i := k, g.Senders[k]
		for k++; k < edges[1] && g.Senders[k] == i; k++ {
		}
		if err := t.addEdgesOf(&part, i, g.Receivers[first:k], &s.separations); err != nil {
			return err
		}
	}
	t.edges += edges[1] - edges[0]
	return nil
}

// addNeighbors adds the edges that some bodies of f have with bodies of higher number.
func (t *inputTally) addNeighbors(f *Frame, ends *adjacency, species []int32, bodies [2]int, it *interaction, s *inputScratch) error {
	part := framePart{Frame: f, species: species, image: f.Box.image(it.periodic), it: it}
	var err error
	if part.weight, err = it.weight.of(f); err != nil {
		return err
	}
	for i := bodies[0]; i < bodies[1]; i++ {
		s.others = s.others[:0]
		for _, j := range ends.other[ends.start[i]:ends.start[i+1]] {
			if int(j) >= i {
				s.others = append(s.others, j)
			}
		}
		if err := t.addEdgesOf(&part, int32(i), s.others, &s.separations); err != nil {
			return err
		}
		t.edges += len(s.others)
	}
	return nil
}

// addEdgesOf adds the edges from body i to others.
func (t *inputTally) addEdgesOf(f *framePart, i int32, others []int32, s *pair.Separations) error {
	if f.it.cutoff > 0 {
		f.separate(s, i, others)
	} else {
		s.R = grow(s.R, len(others))
		for k, j := range others {
			var u [3]float64
			s.R[k] = separation(&u, f.Q, f.Dim, i, j, &f.image)
		}
	}
	for k, j := range others {
		r, w := s.R[k], 1.0
		if !(r > 0 && r <= math.MaxFloat64) {
			if err := f.it.xi.checkDistance(f.Frame, i, j, r); err != nil {
				return err
			}
		}
		if f.weight != nil {
			w = f.weight[i] * f.weight[j]
		}
		xi, _, _ := f.it.xi.derivatives(r)
		t.pairs[pairIndex(int(f.species[i]), int(f.species[j]))].add(xi, r, w)
	}
	return nil
}
