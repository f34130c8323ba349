package lsq

import (
	"math"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// A factor is what is kept of rows [A B]: with an orthogonal Q, which is not formed,
//
//	[A B] = Q [R C; 0 T],
//
// or its Gram matrix, see NewGram.
type factor struct {
	gram      bool // rc holds AᵀA and AᵀB, tail the diagonal of BᵀB
	cols, rhs int
	pad       int // cols, rounded up to whole leaves: columns between those of R and C are zero
	stride    int // distance of columns, an odd number of cache lines
	rc        []float64
	tail      []float64 // 2-norms of the columns of T

	squares  []float64 // sums of squares of the columns of [A B], roughly, if measured
	measured bool
}

func newFactor(cols, rhs int) *factor {
	f := &factor{cols: cols, rhs: rhs, pad: padded(cols), tail: make([]float64, rhs), squares: make([]float64, cols+rhs)}
	f.stride = (f.pad/lanes | 1) * lanes
	f.rc = make([]float64, f.stride*(f.pad+rhs))
	return f
}

// padded returns the number of columns that n columns of A take in a factor or a block.
func padded(n int) int { return (n + leafCols - 1) / leafCols * leafCols }

// place returns where column j of [A B] is among the columns of a factor or a block, if A
// has n columns.
func place(n, j int) int {
	if j >= n {
		j += padded(n) - n
	}
	return j
}

// clear makes f the factor of no rows.
func (f *factor) clear() {
	clear(f.rc)
	clear(f.tail)
	clear(f.squares)
	f.measured = true
}

// assign makes f equal to g, whose shape is the same.
func (f *factor) assign(g *factor) {
	copy(f.rc, g.rc)
	copy(f.tail, g.tail)
	copy(f.squares, g.squares)
	f.gram, f.measured = g.gram, g.measured
}

// measure finds the sums of squares of the columns, unless they are known.
func (f *factor) measure() {
	if f.measured {
		return
	}
	for j := range f.squares {
		x := f.column(j)[:min(j+1, f.cols)]
		f.squares[j] = dense.Dot(x, x)
	}
	for k, t := range f.tail {
		f.squares[f.cols+k] += float64(t * t)
	}
	f.measured = true
}

// column returns column j of [R C].
func (f *factor) column(j int) []float64 { return f.rc[place(f.cols, j)*f.stride:][:f.cols] }

// rows are further rows [A B] to be folded into a factor, column-major. Their number is a
// multiple of 8. They have columns of zeros where the factor has.
type rows struct {
	data       []float64
	stride     int
	n          int
	triangular bool      // A is upper triangular, with zeros below
	squares    []float64 // partial sums of the squares of columns, see qrPack, or
	sums       []float64 // these sums
}

// height returns the number of rows in which columns below k may differ from zero, k a
// multiple of 8.
func (c rows) height(k int) int {
	if c.triangular {
		return min(k, c.n)
	}
	return c.n
}

// fold makes f the factor of its own rows and those of c, which it may overwrite:
//
//	[R C; c] = H₀ H₁ … [R′ C′; 0 T]
//
// with a reflector for each column of A. Panels of columns are factored leaf by leaf, and
// their reflectors then applied to all columns after them at once.
func (f *factor) fold(c rows, w *workspace) {
	if f.gram {
		f.multiply(c, w)
		return
	}
	exp := f.scale(c)
	all := f.pad + f.rhs
	width := panelCols(f.cols)
	for k := 0; k < f.pad; k += width {
		m := min(width, f.pad-k)
		p := panel{f: f, c: c, k: k, scratch: &w.scratch}
		for at := 0; at < m; at += leafCols {
			p.leaf(at)
			p.apply(at, leafCols, k+at+leafCols, k+m)
		}
		if k+m < all {
			p.connect(m)
			p.apply(0, m, k+m, all)
		}
	}
	f.unscale(exp)
	for k := range f.tail {
		t := norm(c.data[(f.pad+k)*c.stride:][:c.n])
		if exp != nil {
			t = math.Ldexp(t, exp[f.cols+k])
		}
		f.tail[k] = hypot(f.tail[k], t)
	}
}

// merge makes f the factor of its own rows and those of g, which it may overwrite.
func (f *factor) merge(g *factor, w *workspace) {
	if f.gram {
		f.add(g)
		return
	}
	g.measure()
	f.fold(rows{data: g.rc, stride: g.stride, n: g.pad, triangular: true, sums: g.squares}, w)
	for k, t := range g.tail {
		f.tail[k] = hypot(f.tail[k], t)
	}
}
