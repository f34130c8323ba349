package hgn

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
	"github.com/rapidhgn/rapidhgn/kernels/lsq"
)

// equations are the two least-squares problems Z_q a = −ṗ and Z_p c = q̇.
type equations struct {
	q, p       *lsq.Accumulator
	compressed bool      // whether the columns of q are functions of compressions
	blocks     []columns // of q
	bins       [][]int64 // by block, of its compression: how often distances were in each
	rows       int64
	force2     float64 // |ṗ|² over all rows

	solving time.Duration // wall time that went into the factorizations
}

// A unit is the work between two chunk borders of the solver: whole frames, or
// some of the bodies of one frame. Units depend on the frames alone.
type unit struct {
	frames []*Frame
	first  int // number of frames[0] in the data

	// Of a part of a frame:
	lo, hi  int        // bodies of frames[0]
	ends    *adjacency // its edges; nil for whole frames
	species []int32    // numbers of the species of its bodies
}

// assemble makes the second pass over d. Unit u fills chunk u of both problems,
// so that the result does not depend on which worker did what. The columns of q are p
// functions for each pair of species, or the features, see pairWork.columns.
func (m *pairModel) assemble(ctx context.Context, d *dataset, opt *Options, st *statistics, work *pairWork, p int) (*equations, error) {
	features := 0
	for i := range m.radials {
		features += len(m.radials[i].w)
	}
	columnsP := 0
	for i := range m.kinetics {
		columnsP += 1 + len(m.kinetics[i].w)
	}
	if most := max(features, columnsP); most > MaxFeatures {
		return nil, fmt.Errorf("hgn: %d features for all species are more than %d", most, MaxFeatures)
	}
	blocks, columnsQ, compressed := work.columns(m, m.inputs(st), p)
	eq := work.equations(columnsQ, columnsP)
	eq.blocks, eq.compressed = blocks, compressed
	workers := work.assemblers(m, opt, blocks, columnsQ, columnsP)
	rowsQ := unitRows(st.bodies*int64(st.first.Dim), lsq.ChunkRows(columnsQ))
	rowsP := unitRows(st.bodies, lsq.ChunkRows(columnsP))
	var mu sync.Mutex // guards eq.q and eq.p
	chunk, first := int64(0), 0
	err := d.batches(ctx, func(frames []*Frame) error {
		units, err := m.units(frames, first, workers[0], rowsQ, rowsP)
		if err != nil {
			return err
		}
		first += len(frames)
		sums := make([]unitSums, len(units))
		start := time.Now()
		parallel.Blocks(len(units), opt.Workers, func(worker, i int) {
			if ctx.Err() == nil {
				sums[i] = workers[worker].run(&units[i], chunk+int64(i), eq, &mu)
			}
		})
		wall := time.Since(start)
		var busy, solving time.Duration
		for i := range sums {
			if sums[i].err != nil {
				return sums[i].err
			}
			eq.rows += sums[i].rows
			eq.force2 += sums[i].force2
			busy += sums[i].busy
			solving += sums[i].solving
		}
		if busy > 0 {
			eq.solving += time.Duration(float64(wall) * float64(solving) / float64(busy))
		}
		chunk += int64(len(units))
		return ctx.Err()
	})
	eq.bins = workers[0].bins
	for _, w := range workers[1:] {
		for b, bins := range w.bins {
			for i, n := range bins {
				eq.bins[b][i] += n
			}
		}
	}
	return eq, err
}

// unitRows returns how many of the rows of a problem go into a unit at most: those of a
// chunk of the solver, or fewer where that gives work to several workers.
func unitRows(rows int64, chunk int) int {
	const units, least = 4, 192
	return int(min(int64(chunk), max(least, (rows+units-1)/units)))
}

// units cuts frames, of which the first is number first of the data, so that no unit has
// more rows than a chunk.
func (m *pairModel) units(frames []*Frame, first int, w *assembler, rowsQ, rowsP int) ([]unit, error) {
	var units []unit
	full := true
	q, p := 0, 0 // rows of the last unit
	for i, f := range frames {
		n, most := f.Nodes(), min(rowsQ/f.Dim, rowsP)
		switch {
		case n > most:
			ends, err := w.adjacency(f, first+i)
			if err != nil {
				return nil, err
			}
			species, err := m.numbers(nil, f)
			if err != nil {
				return nil, err
			}
			for lo := 0; lo < n; lo += most {
				units = append(units, unit{frames[i : i+1], first + i, lo, min(lo+most, n), ends, species})
			}
			full = true
		case full || q+n*f.Dim > rowsQ || p+n > rowsP:
			units = append(units, unit{frames: frames[i : i+1], first: first + i})
			q, p, full = n*f.Dim, n, false
		default:
			last := &units[len(units)-1]
			last.frames = frames[i-len(last.frames) : i+1]
			q, p = q+n*f.Dim, p+n
		}
	}
	return units, nil
}

// unitSums is what a unit contributes besides its rows.
type unitSums struct {
	rows          int64
	force2        float64
	busy, solving time.Duration
	err           error
}

// run assembles and factors unit u as the given chunk of eq.
func (w *assembler) run(u *unit, chunk int64, eq *equations, mu *sync.Mutex) (s unitSums) {
	start := time.Now()
	defer func() { s.busy = time.Since(start) }()
	if s.err = w.rows(u); s.err != nil {
		return s
	}
	for _, x := range w.uq {
		s.force2 = math.FMA(x, x, s.force2)
	}
	s.rows = int64(len(w.uq) + len(w.up))
	solving := time.Now()
	defer func() { s.solving = time.Since(solving) }()
	if err := factor(w.q, w.zq, w.uq, chunk); err != nil {
		s.err = u.locate(err, func(f *Frame) int { return f.Dim })
		return s
	}
	if err := factor(w.p, w.zp, w.up, chunk); err != nil {
		s.err = u.locate(err, func(*Frame) int { return 1 })
		return s
	}
	mu.Lock()
	defer mu.Unlock()
	if s.err = eq.q.Merge(w.q); s.err == nil {
		s.err = eq.p.Merge(w.p)
	}
	return s
}

// locate says of which body the row is that the solver refuses, where a body of f
// has rows(f) of them.
func (u *unit) locate(err error, rows func(f *Frame) int) error {
	var refused *lsq.RowError
	if !errors.As(err, &refused) {
		return err
	}
	body := u.lo
	at := int(refused.Row)
	for _, f := range u.frames {
		n := f.Nodes() * rows(f)
		if at < n {
			return f.errorf("features of body %d overflow", body+at/rows(f))
		}
		at -= n
	}
	return err
}

// factor makes the rows (z, u) the given chunk of a.
func factor(a *lsq.Accumulator, z, u []float64, chunk int64) error {
	a.Reset(chunk)
	n, cols := len(u), len(z)/len(u)
	err := a.Append(blas64.General{Rows: n, Cols: cols, Stride: cols, Data: z},
		blas64.General{Rows: n, Cols: 1, Stride: 1, Data: u})
	a.EndChunk()
	return err
}
