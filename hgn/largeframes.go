package hgn

import (
	"math"
	"slices"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
	"github.com/rapidhgn/rapidhgn/kernels/pair"
)

// largeFrame is the number of bodies from which on a frame is worked on by all workers
// together.
const largeFrame = partBodies

// largeFrames finds the neighbours in large frames, on all workers.
type largeFrames struct {
	cutoff   float64 // 0 for fixed edges, which need not be found
	periodic bool
	workers  int
	list     pairList
	none     []int32            // species, of which a list needs to know no more than one
	scratch  []pair.Separations // by worker
	ends     adjacency
	first    []int
}

// takes reports whether the edges of f are for l to find.
func (l *largeFrames) takes(f *Frame) bool {
	return l != nil && l.cutoff > 0 && f.Nodes() >= largeFrame
}

// neighbors makes a the adjacency of f, with the neighbours of each body in the order of
// the cells that they are in. They are those of [CutoffGraph].
func (l *largeFrames) neighbors(a *adjacency, f *Frame) error {
	n := f.Nodes()
	if len(l.none) < n {
		l.none = make([]int32, n)
	}
	if err := l.list.build(f.Q, f.Dim, l.none[:n], 1, &f.Box, l.periodic, l.cutoff, l.workers); err != nil {
		return f.errorf("%v", err)
	}
	a.start = slices.Grow(a.start[:0], n+1)[:n+1]
	clear(a.start)
	// Between these only the exact square tells.
	inside, outside := l.cutoff*(1-0x1p-40), l.cutoff*(1+0x1p-40)
	part := framePart{Frame: f, image: f.Box.image(l.periodic)}
	l.scratch = grow(l.scratch, parallel.Workers(math.MaxInt, l.workers))
	l.each(func(worker int, i int32, neighbors []int32) {
		for k, place := range neighbors {
			if place == int32(4*n) {
				neighbors = neighbors[:k]
				break // the list is filled up
			}
			neighbors[k] = l.list.order[place/4]
		}
		s := &l.scratch[worker]
		part.separate(s, i, neighbors)
		count := int32(0) // those that rounding did not let in, by their own numbers
		for k, j := range neighbors {
			r := s.R[k]
			if r < inside || r < outside && closer(f, i, j, &part.image, l.cutoff*l.cutoff) {
				neighbors[count] = j
				count++
			}
		}
		a.start[i+1] = count
	})
	for i := range n {
		a.start[i+1] += a.start[i]
	}
	a.other = grow(a.other, int(a.start[n]))
	l.each(func(_ int, i int32, neighbors []int32) { copy(a.other[a.start[i]:a.start[i+1]], neighbors) })
	return nil
}

// graph makes g that of [CutoffGraph].
func (l *largeFrames) graph(g *Graph, f *Frame) error {
	if err := l.neighbors(&l.ends, f); err != nil {
		return err
	}
	n := f.Nodes()
	g.Nodes = n
	first := grow(l.first, n+1) // of the edges of each body with those that come after it
	l.first = first
	blocks := (n + listBlock - 1) / listBlock
	each := func(work func(i int, neighbors []int32)) {
		parallel.Blocks(blocks, l.workers, func(_, b int) {
			for i := b * listBlock; i < min((b+1)*listBlock, n); i++ {
				work(i, l.ends.other[l.ends.start[i]:l.ends.start[i+1]])
			}
		})
	}
	first[0] = 0
	each(func(i int, neighbors []int32) {
		after := neighbors[:0]
		for _, j := range neighbors {
			if int(j) > i {
				after = append(after, j)
			}
		}
		slices.Sort(after)
		first[i+1] = len(after)
	})
	for i := range n {
		first[i+1] += first[i]
	}
	g.Senders, g.Receivers = grow(g.Senders, first[n]), grow(g.Receivers, first[n])
	each(func(i int, neighbors []int32) {
		lo, hi := first[i], first[i+1]
		copy(g.Receivers[lo:hi], neighbors)
		for k := lo; k < hi; k++ {
			g.Senders[k] = int32(i)
		}
	})
	return nil
}

// each calls f for each body and its part of the list, on all workers.
func (l *largeFrames) each(f func(worker int, i int32, neighbors []int32)) {
	parallel.Blocks(len(l.list.blocks), l.workers, func(worker, b int) {
		list := &l.list.blocks[b][0]
		lo, hi := l.list.bounds(b)
		for place := lo; place < hi; place++ {
			f(worker, l.list.order[place], list.Neighbors[list.Start[place-lo]:list.Start[place-lo+1]])
		}
	})
}

// closer reports whether the squared distance of the bodies i and j, which are in one list
// of neighbours, is below square.
func closer(f *Frame, i, j int32, im *image, square float64) bool {
	sum := 0.0
	for a := range f.Dim {
		d := im.near(a, f.Q[int(j)*f.Dim+a]-f.Q[int(i)*f.Dim+a])
		sum += float64(d * d)
	}
	return sum < square
}
