package hgn

import "github.com/rapidhgn/rapidhgn/kernels/lsq"

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
	compressions []compression // by pair of species
	scratch      compressionScratch
	full         *lsq.Accumulator // the problem of q in the features
}

// compressedRows is the number of rows of q from which on it pays to compress the columns:
// the look-ups and the products of fewer columns then save more than the table costs.
const compressedRows = 8192

// columns returns the blocks of columns of q for the pairs of species, and their number;
// they are compressed if so many rows make that worth it.
func (w *pairWork) columns(m *pairModel, rows int64) (blocks []columns, count int) {
	blocks = w.blocks[:0]
	w.compressions = grow(w.compressions, len(m.radials))
	for i := range m.radials {
		v := &m.radials[i]
		b := columns{radial: v, first: count, count: len(v.w)}
		if c := &w.compressions[i]; rows >= w.least && c.compress(v, &w.scratch) {
			b.compression, b.count = c, c.t.Rows
		}
		blocks = append(blocks, b)
		count += b.count
	}
	w.blocks = blocks
	return blocks, count
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
