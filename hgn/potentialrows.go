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

	// Those of edges, of one pair of species:
	r, factor, u []float64
	offset, list []int32
	place        []int32 // per edge, its place in r

	x, c0, c1 []float64
	feature   []float64 // values of the columns at the edges of one pair
	bins      [][]int64 // by block, how many edges were in the bins of its compression
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
	r, factor, offset, list, u := e.r, e.factor, e.offset, e.list, e.u
	for p := range blocks {
		b := &blocks[p]
		if len(blocks) > 1 {
			w.selectPair(int32(p), dim)
			r, factor, offset, list, u = w.r, w.factor, w.offset, w.list, w.u
		}
		if len(r) == 0 {
			continue
		}
		w.feature = grow(w.feature, len(r)*b.count)
		f := general(len(r), b.count, w.feature)
		w.evaluate(f, b, r, factor)
		part := z
		part.Data = z.Data[b.first:]
		part.Cols = b.count
		sparse.SegmentOuter(part, f, list, offset, u, dim)
	}
}

// selectPair makes w.r, w.factor, w.offset, w.list and w.u those of the edges of pair p.
func (w *rowScratch) selectPair(p int32, dim int) {
	e := &w.edges
	w.r, w.factor, w.place = w.r[:0], w.factor[:0], grow(w.place, len(e.pair))
	for k, q := range e.pair {
		if q != p {
			continue
		}
		w.place[k] = int32(len(w.r))
		w.r = append(w.r, e.r[k])
		if len(e.factor) > 0 {
			w.factor = append(w.factor, e.factor[k])
		}
	}
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

// evaluate writes the values of the columns at the distances r, times factor unless that is
// empty, into the rows of f.
func (w *rowScratch) evaluate(f blas64.General, b *columns, r, factor []float64) {
	n := len(r)
	w.x, w.c0 = grow(w.x, n), grow(w.c0, n)
	if b.compression != nil {
		b.compression.eval(f, r, factor, w.x, w.c0)
		b.compression.count(w.bins[b.number], w.x)
		return
	}
	w.c1 = grow(w.c1, n)
	b.derivatives(f, r, factor, w.x, w.c0, w.c1)
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
