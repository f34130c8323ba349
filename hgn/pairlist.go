package hgn

import (
	"fmt"
	"math"
	"runtime/debug"
	"slices"
	"sync/atomic"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
	"github.com/rapidhgn/rapidhgn/kernels/pair"
)

// listBlock is the number of bodies whose neighbours one worker looks for, and whose
// forces it computes, at a time.
const listBlock = 256

// A pairList holds the neighbours of the bodies of a rollout, which it numbers anew by
// place, so that neighbours are near in memory: rows of cells along x, one row after
// the other. It depends on the positions alone, not on the number of workers.
type pairList struct {
	order   []int32 // the body of the frame at each place
	species []int32 // its number
	kinds   int     // number of species
	blocks  []listBlockLists

	grid    rowGrid
	wrapped [3][]float64 // by place, from the corner of the grid
	general neighborList // where a grid would be too large
	graph   Graph
}

// listBlockLists are the neighbours of a block of bodies, by their species.
type listBlockLists []pair.List

// maxNeighbors bounds a list: 8 GiB, or half of a memory limit that the process has.
func maxNeighbors() int64 {
	return min(1<<31, debug.SetMemoryLimit(-1)/8)
}

// fromGraph takes over the edges of g, without another order.
func (l *pairList) fromGraph(g *Graph, species []int32, kinds int) error {
	if int64(g.Edges()) > maxNeighbors()/2 {
		return fmt.Errorf("a list of %d neighbours does not fit into memory", 2*g.Edges())
	}
	l.begin(g.Nodes, kinds)
	for i := range l.order {
		l.order[i] = int32(i)
	}
	copy(l.species, species)
	ends := newIncidence(g)
	for b := range l.blocks {
		lists := l.blocks[b]
		lo, hi := l.bounds(b)
		for i := lo; i < hi; i++ {
			for _, k := range ends.edges[ends.start[i]:ends.start[i+1]] {
				j := g.Senders[k] + g.Receivers[k] - int32(i)
				list := &lists[species[j]]
				list.Neighbors = append(list.Neighbors, 4*j)
			}
			lists.endBody(g.Nodes)
		}
		lists.pack(g.Nodes)
	}
	return nil
}

// begin empties l for n bodies.
func (l *pairList) begin(n, kinds int) {
	l.kinds = kinds
	l.order, l.species = grow(l.order, n), grow(l.species, n)
	blocks := (n + listBlock - 1) / listBlock
	l.blocks = slices.Grow(l.blocks[:0], blocks)[:blocks]
	for b := range l.blocks {
		if len(l.blocks[b]) != kinds {
			l.blocks[b] = make(listBlockLists, kinds)
		}
		for s := range l.blocks[b] {
			list := &l.blocks[b][s]
			list.First, list.Few = b*listBlock, false
			list.Start = append(list.Start[:0], 0)
			list.Neighbors = list.Neighbors[:0]
		}
	}
}

// bounds returns the first body of block b and the one after the last.
func (l *pairList) bounds(b int) (lo, hi int) {
	return b * listBlock, min((b+1)*listBlock, len(l.order))
}

// endBody fills up the neighbours of a body, of n in all.
func (lists listBlockLists) endBody(n int) {
	for s := range lists {
		list := &lists[s]
		for len(list.Neighbors)%8 != 0 {
			list.Neighbors = append(list.Neighbors, int32(4*n))
		}
		list.Start = append(list.Start, len(list.Neighbors))
	}
}

// pack shortens lists of few neighbours, of n bodies in all.
func (lists listBlockLists) pack(n int) {
	for s := range lists {
		lists[s].Pack(n)
	}
}

// build lists all pairs closer than reach among bodies at q, dim coordinates each. The
// error does not say in which frame.
func (l *pairList) build(q []float64, dim int, species []int32, kinds int, box *Box, periodic bool, reach float64, workers int) error {
	n := len(q) / dim
	if n >= math.MaxInt32/4 {
		return fmt.Errorf("%d bodies are more than a list can hold", n)
	}
	if err := l.grid.place(q, dim, box, periodic, reach); err != nil {
		return err
	}
	if l.grid.sparse {
		if err := l.general.build(&l.graph, q, dim, box, periodic, reach); err != nil {
			return err
		}
		return l.fromGraph(&l.graph, species, kinds)
	}
	l.begin(n, kinds)
	l.grid.sort(l.order)
	for a := range l.wrapped {
		l.wrapped[a] = grow(l.wrapped[a], (n+15)/8*8)
		clear(l.wrapped[a][n:])
	}
	parallel.Blocks(len(l.blocks), workers, func(_, b int) {
		for place, hi := l.bounds(b); place < hi; place++ {
			i := l.order[place]
			l.species[place] = species[i]
			for a := range l.wrapped {
				l.wrapped[a][place] = l.grid.wrapped[i][a]
			}
		}
	})
	var total atomic.Int64
	limit := maxNeighbors()
	scratch := make([]searchScratch, workers)
	parallel.Blocks(len(l.blocks), workers, func(worker, b int) {
		if total.Load() > limit {
			return
		}
		lists := l.blocks[b]
		for place, hi := l.bounds(b); place < hi; {
			place = l.search(lists, place, hi, &scratch[worker])
		}
		lists.pack(n)
		for s := range lists {
			total.Add(int64(len(lists[s].Neighbors)))
		}
	})
	if total.Load() > limit {
		return fmt.Errorf("a list of more than %d neighbours does not fit into memory", limit)
	}
	return nil
}

// searched is the number of bodies of a row that look in the same windows.
const searched = 8

// search lists the neighbours of bodies of one row from a place on, at most up to hi, and
// returns the place after the last; s is scratch.
func (l *pairList) search(lists listBlockLists, place, hi int, s *searchScratch) int {
	g := &l.grid
	row := func(place int) int { return int(g.cell[l.order[place]]) / g.count[0] }
	x, y, z := l.wrapped[0], l.wrapped[1], l.wrapped[2]
	first, home := place, row(place)
	from, to := x[first], x[first]
	for place++; place < min(hi, first+searched) && row(place) == home; place++ {
		from, to = min(from, x[place]), max(to, x[place])
	}
	s.around = g.windows(s.around, home, from, to)
	s.windows = append(s.windows[:0], s.around...)
	for i := first; i < place; i++ {
		for k := range s.around {
			w, shift := &s.windows[k], &s.around[k]
			w.X, w.Y, w.Z = x[i]+shift.X, y[i]+shift.Y, z[i]+shift.Z
		}
		if l.kinds == 1 {
			lists[0].Neighbors = pair.Search(lists[0].Neighbors, x, y, z, s.windows, i, g.limit)
		} else {
			s.found = pair.Search(s.found[:0], x, y, z, s.windows, i, g.limit)
			for _, j := range s.found {
				list := &lists[l.species[j/4]]
				list.Neighbors = append(list.Neighbors, j)
			}
		}
		lists.endBody(len(l.order))
	}
	return place
}

// A searchScratch is the workspace of a worker.
type searchScratch struct {
	around  []pair.Window // of some bodies
	windows []pair.Window // of one of them
	found   []int32
}
