package hgn

import (
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/sparse"
)

// columns are those that the features of one pair of species take in the rows of q.
type columns struct {
	*radial
	*compression     // nil: the columns are φₖ′ themselves
	number       int // among the blocks
	first, count int
}

// rowScratch is what the rows of a group of edges need.
type rowScratch struct {
	edges directedEdges

	order        []int32 // the edges of one pair of species
	place        []int32 // per edge, its row of feature
	offset, list []int32 // those of edges, of one pair
	u            []float64
	r, factor    []float64
	x, c0, c1    []float64
	feature      []float64 // values of the columns at the edges of one pair
	bins         [][]int64 // by block, how many edges were in the bins of its compression
}

// countFor makes w.bins those of blocks, all 0.
func (w *rowScratch) countFor(blocks []columns) {
	w.bins = grow(w.bins, len(blocks))
	for i := range blocks {
		w.bins[i] = w.bins[i][:0]
		if c := blocks[i].compression; c != nil {
			w.bins[i] = grow(w.bins[i], c.bins)
			clear(w.bins[i])
		}
	}
}

// potentialRows adds what the edges of w.edges contribute to ∂V/∂q of the bodies, for V
// one column after the other, to the rows of z.
func (w *rowScratch) potentialRows(z blas64.General, blocks []columns, dim int) {
	e := &w.edges
	for p := range blocks {
		b := &blocks[p]
		w.order = w.order[:0]
		for k, q := range e.pair {
			if int(q) == p {
				w.order = append(w.order, int32(k))
			}
		}
		if len(w.order) == 0 {
			continue
		}
		w.place = grow(w.place, len(e.pair))
		for i, k := range w.order {
			w.place[k] = int32(i)
		}
		offset, u := e.offset, e.u
		if len(blocks) > 1 {
			w.selectPair(int32(p), dim)
			offset, u = w.offset, w.u
		} else {
			w.list = w.list[:0]
			for _, edge := range e.list {
				w.list = append(w.list, w.place[edge])
			}
		}
		n := len(w.order)
		w.feature = grow(w.feature, n*b.count)
		f := blas64.General{Rows: n, Cols: b.count, Stride: b.count, Data: w.feature}
		w.evaluate(f, b)
		part := z
		part.Data = z.Data[b.first:]
		part.Cols = b.count
		sparse.SegmentOuter(part, f, w.list, offset, u, dim)
	}
}

// selectPair makes w.offset, w.list and w.u those of the edges of pair p.
func (w *rowScratch) selectPair(p int32, dim int) {
	e := &w.edges
	w.offset, w.list, w.u = append(w.offset[:0], 0), w.list[:0], w.u[:0]
	for i := range len(e.offset) - 1 {
		for k := int(e.offset[i]); k < int(e.offset[i+1]); k++ {
			if edge := e.list[k]; e.pair[edge] == p {
				w.list = append(w.list, w.place[edge])
				w.u = append(w.u, e.u[k*dim:(k+1)*dim]...)
			}
		}
		w.offset = append(w.offset, int32(len(w.list)))
	}
}

// evaluate writes the values of the columns at the edges w.order into the rows of f.
func (w *rowScratch) evaluate(f blas64.General, b *columns) {
	n := f.Rows
	w.r, w.factor = grow(w.r, n), w.factor[:0]
	w.x, w.c0 = grow(w.x, n), grow(w.c0, n)
	for i, k := range w.order {
		w.r[i] = w.edges.r[k]
	}
	if len(w.edges.factor) > 0 {
		for _, k := range w.order {
			w.factor = append(w.factor, w.edges.factor[k])
		}
	}
	if b.compression != nil {
		b.compression.eval(f, w.r, w.factor, w.x, w.c0)
		b.compression.count(w.bins[b.number], w.x)
		return
	}
	w.c1 = grow(w.c1, n)
	b.derivatives(f, w.r, w.factor, w.x, w.c0, w.c1)
}

// derivatives writes φ′ at the distances r, times factor unless that is empty, into the
// rows of f. x, c0 and c1 are scratch of the length of r.
func (v *radial) derivatives(f blas64.General, r, factor, x, c0, c1 []float64) {
	for i, ri := range r {
		s := 1.0
		if len(factor) > 0 {
			s = factor[i]
		}
		xi, xi1, _ := v.xi.derivatives(ri)
		c, d, _ := envelope(ri, v.cutoff)
		x[i], c0[i], c1[i] = xi, s*d, s*c*xi1
	}
	sparse.EdgeFeatures(f, x, v.w, v.b, c0, c1, v.act)
}
