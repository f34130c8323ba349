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
	"github.com/rapidhgn/rapidhgn/kernels/dense"
	"github.com/rapidhgn/rapidhgn/kernels/lsq"
)

// equations are the two least-squares problems Z_q a = −ṗ and Z_p c = q̇.
type equations struct {
	q, p   *lsq.Accumulator
	rows   int64
	force2 float64 // |ṗ|² over all rows

	solving time.Duration // wall time that went into the factorizations
}

// A unit is the work between two chunk borders of the solver: whole frames, or
// some of the bodies of one frame. Units depend on the frames alone.
type unit struct {
	frames []*Frame
	lo, hi int // bodies of frames[0], if graph is set
	graph  *Graph
	ends   *incidence
}

// assemble makes the second pass over d. Unit u fills chunk u of both problems,
// so that the result does not depend on which worker did what.
func (m *pairModel) assemble(ctx context.Context, d *dataset, opt *Options, st *statistics) (*equations, error) {
	columnsQ, columnsP := 0, 0
	for i := range m.radials {
		columnsQ += len(m.radials[i].w)
	}
	for i := range m.kinetics {
		columnsP += 1 + len(m.kinetics[i].w)
	}
	if most := max(columnsQ, columnsP); most > MaxFeatures {
		return nil, fmt.Errorf("hgn: %d features for all species are more than %d", most, MaxFeatures)
	}
	eq := &equations{q: lsq.New(columnsQ, 1), p: lsq.New(columnsP, 1)}
	workers := make([]*assembler, opt.Workers)
	for i := range workers {
		workers[i] = &assembler{
			m:    m,
			find: pairFinder{fixed: opt.Graph, cutoff: opt.Cutoff, periodic: opt.Periodic},
			q:    lsq.NewShard(columnsQ, 1, 0),
			p:    lsq.NewShard(columnsP, 1, 0),
		}
	}
	var mu sync.Mutex // guards eq.q and eq.p
	chunk := int64(0)
	err := d.batches(ctx, func(frames []*Frame) error {
		units, err := m.units(frames, workers[0], lsq.ChunkRows(columnsQ), lsq.ChunkRows(columnsP))
		if err != nil {
			return err
		}
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
	return eq, err
}

// units cuts frames so that no unit has more rows than a chunk.
func (m *pairModel) units(frames []*Frame, w *assembler, rowsQ, rowsP int) ([]unit, error) {
	var units []unit
	full := true
	q, p := 0, 0 // rows of the last unit
	for i, f := range frames {
		n, most := f.Nodes(), min(rowsQ/f.Dim, rowsP)
		switch {
		case n > most:
			g, err := w.find.edges(f)
			if err != nil {
				return nil, err
			}
			if m.cutoff > 0 { // the finder will reuse it
				g = &Graph{g.Nodes, append([]int32(nil), g.Senders...), append([]int32(nil), g.Receivers...)}
			}
			ends := newIncidence(g)
			for lo := 0; lo < n; lo += most {
				units = append(units, unit{frames[i : i+1], lo, min(lo+most, n), g, ends})
			}
			full = true
		case full || q+n*f.Dim > rowsQ || p+n > rowsP:
			units = append(units, unit{frames: frames[i : i+1]})
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

// An assembler builds the rows of units; one per worker.
type assembler struct {
	m    *pairModel
	find pairFinder
	q, p *lsq.Accumulator

	species      []int32
	subset       []int32
	edges        edgeList
	xi           [edgeBlock]float64
	value, slope []float64
	feature      []float64 // φ′ of one edge
	zq, zp       []float64 // rows of the two problems
	uq, up       []float64 // and their right-hand sides
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

// rows fills the rows of u into w.
func (w *assembler) rows(u *unit) error {
	rowsQ, rowsP := 0, 0
	for _, f := range u.frames {
		n := u.hi - u.lo
		if u.graph == nil {
			n = f.Nodes()
		}
		rowsQ += n * f.Dim
		rowsP += n
	}
	columnsQ, columnsP := w.q.Cols(), w.p.Cols()
	w.zq, w.uq = grow(w.zq, rowsQ*columnsQ), grow(w.uq, rowsQ)
	w.zp, w.up = grow(w.zp, rowsP*columnsP), grow(w.up, rowsP)
	clear(w.zq)
	clear(w.zp)
	rowQ, rowP := 0, 0
	for _, f := range u.frames {
		g, lo, hi := u.graph, u.lo, u.hi
		var subset []int32
		var err error
		if g == nil {
			lo, hi = 0, f.Nodes()
			if g, err = w.find.edges(f); err != nil {
				return err
			}
		} else {
			w.subset = u.ends.of(w.subset, g, lo, hi)
			subset = w.subset
		}
		if w.species, err = w.m.numbers(w.species, f); err != nil {
			return err
		}
		if err := w.edges.fill(f, g, subset, w.species, &w.m.interaction); err != nil {
			return err
		}
		n := hi - lo
		w.potentialRows(w.zq[rowQ*columnsQ:], columnsQ, f.Dim, lo, hi)
		for i, x := range f.PDot[lo*f.Dim : hi*f.Dim] {
			w.uq[rowQ+i] = -x
		}
		w.kineticRows(w.zp[rowP*columnsP:], w.up[rowP:], columnsP, f, lo, hi)
		rowQ += n * f.Dim
		rowP += n
	}
	return nil
}

// potentialRows adds ∂V/∂q of the bodies lo … hi−1, for V one feature after the
// other, to the rows of z. The features of an edge are computed once and added
// to the rows of both its ends.
func (w *assembler) potentialRows(z []float64, stride, dim, lo, hi int) {
	column := 0
	for p := range w.m.radials {
		v := &w.m.radials[p]
		k := len(v.w)
		w.value, w.slope = grow(w.value, edgeBlock*k), grow(w.slope, edgeBlock*k)
		w.feature = grow(w.feature, k)
		edges := w.edges.pairs(p)
		for len(edges) > 0 {
			block := edges[:min(edgeBlock, len(edges))]
			edges = edges[len(block):]
			for i, e := range block {
				w.xi[i], _, _ = v.xi.derivatives(w.edges.r[e])
			}
			n := len(block)
			v.features(blas64.General{Rows: n, Cols: k, Stride: k, Data: w.value},
				blas64.General{Rows: n, Cols: k, Stride: k, Data: w.slope}, w.xi[:n])
			for i, e := range block {
				_, xi1, _ := v.xi.derivatives(w.edges.r[e])
				c, c1, _ := envelope(w.edges.r[e], v.cutoff)
				s := w.edges.factor(e)
				radialFeature(w.feature, w.value[i*k:][:k], w.slope[i*k:][:k], v.w, s*c1, s*c*xi1)
				for end, body := range [2]int32{w.edges.i[e], w.edges.j[e]} {
					if int(body) < lo || int(body) >= hi {
						continue
					}
					row := (int(body)-lo)*dim*stride + column
					for a := range dim {
						x := w.edges.u[e][a]
						if end == 0 {
							x = -x
						}
						dense.Axpy(x, w.feature, z[row+a*stride:][:k])
					}
				}
			}
		}
		column += k
	}
}

// radialFeature writes φₖ′ = c1 σₖ + c wₖ σₖ′ into dst.
func radialFeature(dst, value, slope, weight []float64, c1, c float64) {
	for k := range dst {
		dst[k] = math.FMA(c1, value[k], c*weight[k]*slope[k])
	}
}

// kineticRows writes one row per body lo … hi−1 into z and u: the rows of the
// coordinates of ∂T/∂p are multiples of one row by the coordinates of p/m, so
// that one row times |p|/m has the same least-squares problem, with q̇ projected
// on the direction of p.
func (w *assembler) kineticRows(z, u []float64, stride int, f *Frame, lo, hi int) {
	var t, speed [edgeBlock]float64
	var bodies [edgeBlock]int
	column := 0
	for s := range w.m.kinetics {
		v := &w.m.kinetics[s]
		k := len(v.w)
		w.value, w.slope = grow(w.value, edgeBlock*k), grow(w.slope, edgeBlock*k)
		n := 0
		flush := func() {
			v.features(blas64.General{Rows: n, Cols: k, Stride: k, Data: w.value},
				blas64.General{Rows: n, Cols: k, Stride: k, Data: w.slope}, t[:n])
			for j := range n {
				row := z[(bodies[j]-lo)*stride+column:][:k+1]
				row[0] = speed[j]
				for c, d := range w.slope[j*k:][:k] {
					row[1+c] = 2 * speed[j] * v.w[c] * d
				}
			}
			n = 0
		}
		for i := lo; i < hi; i++ {
			if int(w.species[i]) != s {
				continue
			}
			p2 := squaredMomentum(f, i)
			p := math.Sqrt(p2)
			t[n], speed[n], bodies[n] = p2/f.Mass[i], p/f.Mass[i], i
			u[i-lo] = 0
			if p > 0 {
				dot := 0.0
				for a := range f.Dim {
					dot = math.FMA(f.P[i*f.Dim+a], f.QDot[i*f.Dim+a], dot)
				}
				u[i-lo] = dot / p
			}
			if n++; n == edgeBlock {
				flush()
			}
		}
		flush()
		column += k + 1
	}
}
