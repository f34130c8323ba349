package hgn

import (
	"slices"

	"github.com/rapidhgn/rapidhgn/kernels/lsq"
)

// A pairWork is the workspace of the trainings of pair models on one dataset.
type pairWork struct {
	kept    graphCache
	large   largeFrames
	tallies []inputTally
	finders []inputScratch
	eq      *equations
	workers []*assembler

	least        int64 // rows of q from which on its columns are compressed
	blocks       []columns
	compressions []compression    // by pair of species
	expansion    *lsq.Accumulator // of the features of one pair to its force
}

// compressedRows is the number of rows of q from which on it pays to compress the columns:
// that of fewer columns then saves more than it costs to fit the features to them.
const compressedRows = 512

// The numbers of functions of compressions that are tried: what smooth forces of fixed edges
// need to be represented to rounding, and what those need that grow steeply.
const fewFunctions, moreFunctions = 16, 32

// tries returns with how many functions per pair of species the problem of q of so many
// rows is to be solved, in turn until there is a solution: 0 is the features themselves. A
// Ridge or RCond that is given is for their problem.
func (w *pairWork) tries(opt *Options, pairs int, rows int64) []int {
	var tries []int
	if opt.Ridge == defaultRidge && opt.RCond == 0 && rows >= max(w.least, int64(pairs*opt.Features)) {
		for _, p := range []int{fewFunctions, moreFunctions} {
			if 2*p <= opt.Features && (opt.Cutoff == 0 || p > fewFunctions) {
				tries = append(tries, p)
			}
		}
	}
	return append(tries, 0)
}

// columns returns the blocks of columns of q for the pairs of species with the given inputs,
// nil for none, and their number. They have p functions each, or the features if p is 0, if no
// pair has edges or p cannot be had for all that have; then compressed is false.
func (w *pairWork) columns(m *pairModel, in []*inputs, p int) (blocks []columns, count int, compressed bool) {
	w.compressions = grow(w.compressions, len(m.radials))
	compressed = p > 0 && slices.ContainsFunc(in, func(x *inputs) bool { return x != nil })
	for i := range m.radials {
		if compressed && in[i] != nil {
			compressed = w.compressions[i].prepare(&m.radials[i], in[i])
		}
	}
	blocks = w.blocks[:0]
	for i := range m.radials {
		v := &m.radials[i]
		b := columns{radial: v, number: i, first: count, count: len(v.w)}
		if compressed {
			b.count = 0
			if in[i] != nil {
				b.compression, b.count = &w.compressions[i], p
			}
		}
		blocks = append(blocks, b)
		count += b.count
	}
	w.blocks = blocks
	return blocks, count, compressed
}

// equations returns empty equations with these numbers of columns.
func (w *pairWork) equations(columnsQ, columnsP int) *equations {
	if w.eq == nil || w.eq.q.Cols() != columnsQ || w.eq.p.Cols() != columnsP {
		w.eq = &equations{q: lsq.New(columnsQ, 1), p: lsq.New(columnsP, 1)}
		return w.eq
	}
	w.eq.q.Reset(0)
	w.eq.p.Reset(0)
	*w.eq = equations{q: w.eq.q, p: w.eq.p}
	return w.eq
}

// assemblers returns the workers for the rows of m.
func (w *pairWork) assemblers(m *pairModel, opt *Options, blocks []columns, columnsQ, columnsP int) []*assembler {
	if len(w.workers) != opt.Workers || w.workers[0].q.Cols() != columnsQ || w.workers[0].p.Cols() != columnsP {
		w.workers = make([]*assembler, opt.Workers)
		for i := range w.workers {
			w.workers[i] = &assembler{
				find: pairFinder{fixed: opt.Graph, cutoff: opt.Cutoff, periodic: opt.Periodic},
				q:    lsq.NewShard(columnsQ, 1, 0),
				p:    lsq.NewShard(columnsP, 1, 0),
			}
		}
	}
	for _, a := range w.workers {
		a.m, a.blocks, a.kept, a.large = m, blocks, &w.kept, &w.large
		a.countFor(blocks)
	}
	return w.workers
}

// A graphCache keeps the edges within a cutoff that the first pass has found, of the first
// frames of the data.
type graphCache struct {
	graphs []keptEdges // by number of frame
	size   int         // numbers of bodies held
	full   bool
}

// graphInts bounds what a graphCache holds: 64 MB of numbers of bodies, and one batch more.
const graphInts = 16 << 20

// reserve makes places for n more frames, unless the cache is full.
func (c *graphCache) reserve(n int) {
	if c.size > graphInts {
		c.full = true
	}
	if c.full {
		return
	}
	for range n {
		if len(c.graphs) < cap(c.graphs) {
			c.graphs = c.graphs[:len(c.graphs)+1] // with the memory of an earlier training
		} else {
			c.graphs = append(c.graphs, keptEdges{})
		}
	}
}

// keptEdges are the edges of one frame, as the adjacency if it is large.
type keptEdges struct {
	graph Graph
	ends  adjacency
}

// get returns the place for the edges of frame i, nil if there is none.
func (c *graphCache) get(i int) *keptEdges {
	if c == nil || i >= len(c.graphs) {
		return nil
	}
	return &c.graphs[i]
}

// copyFrom makes g a deep copy of h, reusing the memory of g.
func (g *Graph) copyFrom(h *Graph) {
	g.Nodes = h.Nodes
	g.Senders = append(g.Senders[:0], h.Senders...)
	g.Receivers = append(g.Receivers[:0], h.Receivers...)
}
