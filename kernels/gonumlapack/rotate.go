package gonumlapack

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
)

// rotateGeneric rotates rows k and k+1 of a, from k = 0 on, n times:
//
//	x, y = fma(c[k], x, s[k]·y), fma(c[k], y, −s[k]·x)
//
// where products with s are rounded. Rows begin lda elements apart, which may be negative,
// the first of them at a[at].
func rotateGeneric(n int, c, s, a []float64, at, lda, cols int) {
	for k := range n {
		cos, sin := c[k], s[k]
		x, y := a[at:][:cols], a[at+lda:][:cols]
		for i, v := range x {
			w := y[i]
			sv, sw := sin*v, sin*w
			x[i], y[i] = math.FMA(cos, v, sw), math.FMA(cos, w, -sv)
		}
		at += lda
	}
}

// A sweep is a sequence of rotations of adjacent rows, in ascending order from row first on
// if step is 1, in descending order if it is −1.
type sweep struct {
	first, step, count int
	c, s               int // where its numbers are
}

// rotations are sweeps that the rows of a matrix are still to go through. They are put off
// until there are so many that the matrix need pass through the caches only seldom.
type rotations struct {
	rows   blas64.General // columns a multiple of 8, by what lies behind them
	sweeps []sweep
	coefs  []float64
}

const (
	manyRotations = 1 << 15 // numbers from which on rotations are done
	rotateCols    = 32      // columns that go through all sweeps at once, so that they stay in L2
)

// add puts off rotations by cosines c and sines s of row first and its neighbours.
func (r *rotations) add(first, step int, c, s []float64) {
	if len(r.coefs) >= manyRotations {
		r.flush()
	}
	at := len(r.coefs)
	r.coefs = append(append(r.coefs, c...), s...)
	r.sweeps = append(r.sweeps, sweep{first, step, len(c), at, at + len(c)})
}

// flush does all rotations.
func (r *rotations) flush() {
	cols := padded(r.rows.Cols)
	parallel.Blocks((cols+rotateCols-1)/rotateCols, 0, func(_, block int) {
		at := block * rotateCols
		n := min(rotateCols, cols-at)
		for _, w := range r.sweeps {
			rotate(w.count, r.coefs[w.c:], r.coefs[w.s:], r.rows.Data, w.first*r.rows.Stride+at, w.step*r.rows.Stride, n)
		}
	})
	r.sweeps, r.coefs = r.sweeps[:0], r.coefs[:0]
}

// newRows returns an m×n matrix of any values whose rows are readable and writable up to a
// multiple of 8.
func newRows(m, n int) (blas64.General, *scratch) {
	ld := stride(n)
	x, mem := newScratch(m * ld)
	clear(x)
	return blas64.General{Rows: m, Cols: n, Stride: ld, Data: x}, mem
}
