package lsq

import "github.com/rapidhgn/rapidhgn/kernels/dense"

// A factor is what is kept of rows [A B]: with an orthogonal Q, which is not formed,
//
//	[A B] = Q [R C; 0 T].
type factor struct {
	cols, rhs int
	rc        []float64 // [R C], cols×(cols+rhs), column-major; zero below the diagonal of R
	tail      []float64 // 2-norms of the columns of T
}

func newFactor(cols, rhs int) *factor {
	return &factor{
		cols: cols,
		rhs:  rhs,
		rc:   make([]float64, cols*(cols+rhs)),
		tail: make([]float64, rhs),
	}
}

// clear makes f the factor of no rows.
func (f *factor) clear() {
	clear(f.rc)
	clear(f.tail)
}

// column returns column j of [R C].
func (f *factor) column(j int) []float64 { return f.rc[j*f.cols:][:f.cols] }

// rows are further rows [A B] to be folded into a factor, column-major.
type rows struct {
	data       []float64
	stride     int
	n          int
	triangular bool // A is upper triangular: what is below its diagonal is not touched
}

// height returns the number of rows in which column j of A may differ from zero.
func (c rows) height(j int) int {
	if c.triangular {
		return min(j+1, c.n)
	}
	return c.n
}

// workspace is the scratch of one goroutine.
type workspace struct {
	block []float64 // rows of [A B], column-major with stride blockStride
	tau   []float64 // cols
}

// fold makes f the factor of its own rows and those of c, which it overwrites:
//
//	[R C; c] = H₀ H₁ … [R′ C′; 0 T]
//
// Reflector j is I − τ (eⱼ; v)(eⱼ; v)ᵀ, with v in column j of c and τ in tau[j]. Column
// after column is brought up to date with all reflectors before it, while it is in the
// first-level cache, and then gives the next one; a right-hand side gives its norm. tau has
// length cols.
func (f *factor) fold(c rows, tau []float64) {
	for k := range f.cols + f.rhs {
		top, x := f.column(k), c.data[k*c.stride:][:c.n]
		for j := range min(k, f.cols) {
			if tau[j] == 0 {
				continue
			}
			h := c.height(j)
			v := c.data[j*c.stride:][:h]
			w := tau[j] * (top[j] + dense.Dot(v, x[:h]))
			top[j] -= float64(w)
			dense.Axpy(-w, v, x[:h])
		}
		if k < f.cols {
			top[k], tau[k] = reflector(top[k], x[:c.height(k)])
		} else {
			f.tail[k-f.cols] = hypot(f.tail[k-f.cols], norm(x))
		}
	}
}

// merge makes f the factor of its own rows and those of g, which it overwrites.
func (f *factor) merge(g *factor, tau []float64) {
	f.fold(rows{data: g.rc, stride: g.cols, n: g.cols, triangular: true}, tau)
	for k, t := range g.tail {
		f.tail[k] = hypot(f.tail[k], t)
	}
}
