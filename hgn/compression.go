package hgn

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
	"github.com/rapidhgn/rapidhgn/kernels/sparse"
)

// A compression represents the K features of a pair of species by p < K functions. On
// a grid over the training range
//
//	φₖ′ = Σⱼ qⱼ Tⱼₖ
//
// to rounding, with functions qⱼ that are orthonormal there: features of one variable are
// redundant in it. Rows of the qⱼ, interpolated between the points of the grid, have a
// factor R of p columns, and R T is that of the rows of the features.
type compression struct {
	table     blas64.General // qⱼ at the points of the grid, a row for each
	t         blas64.General // T, p×K
	start     float64        // the first point, in the coordinate of the grid
	perUnit   float64        // points per unit of it
	logarithm bool           // whether that is log r, or r
	order     int            // points that take part in an interpolation
	scale     []float64      // of its weights, see lagrange
}

const (
	// Points of an interpolation, a multiple of 8, and the most that the argument of an
	// activation changes
	// from one to the next: good to 1e-14 of a feature; under a cutoff, where features
	// reach errors of 1e-8 and a row has many edges, to 1e-10.
	fixedOrder, fixedStep   = 16, 0.06
	cutoffOrder, cutoffStep = 8, 0.04

	gridPoints  = 64      // number of points, at least
	gridMost    = 4096    // and at most
	dependence  = 0x1p-52 // what is so small beside its feature is not represented
	groupOfCols = 8       // p is a multiple of this, with functions that are 0
)

// compress makes c that of v, reusing its memory, and reports whether there is use in one.
func (c *compression) compress(v *radial, s *compressionScratch) bool {
	if !v.seen() || !(v.lo < v.hi) {
		return false
	}
	c.logarithm, c.order = v.xi == LogDistance, fixedOrder
	step := fixedStep
	if v.cutoff > 0 {
		c.order, step = cutoffOrder, cutoffStep
	}
	c.scale = lagrangeScale(c.scale, c.order)
	lo, hi, rate := v.lo, v.hi, 1.0 // of ξ
	switch v.xi {
	case LogDistance:
		lo, hi = math.Log(lo), math.Log(hi)
	case DistanceSquared:
		rate = 2 * hi
	}
	steepest := 0.0
	for _, w := range v.w {
		steepest = max(steepest, math.Abs(w))
	}
	intervals := math.Ceil(max(gridPoints, (hi-lo)*rate*steepest/step))
	if !(intervals <= gridMost) {
		return false
	}
	c.perUnit = intervals / (hi - lo)
	c.start = lo - float64(c.order/2)/c.perUnit
	points := int(intervals) + 1 + c.order
	if c.perUnit-c.perUnit != 0 || c.start-c.start != 0 {
		return false
	}
	c.evaluate(v, points, s)
	c.factor(points, len(v.w), s)
	return true
}

// A compressionScratch is the workspace of one compression after the other.
type compressionScratch struct {
	features     []float64 // φ′ at the points of the grid, a row for each
	r, x         []float64
	columns      []float64 // the features, scaled, and what orthogonalization makes of them
	scale        []float64 // their norms
	norms, exact []float64 // squared norms of the scaled columns, and when last computed
	t            []float64
	pivots       []int
}

// evaluate writes φ′ at the points of the grid.
func (c *compression) evaluate(v *radial, points int, s *compressionScratch) {
	k := len(v.w)
	s.features, s.r, s.x = grow(s.features, points*k), grow(s.r, points), grow(s.x, 3*points)
	f := blas64.General{Rows: points, Cols: k, Stride: k, Data: s.features}
	r, x := s.r, s.x
	for i := range r {
		r[i] = c.start + float64(i)/c.perUnit
		if c.logarithm {
			r[i] = math.Exp(r[i])
		}
	}
	v.derivatives(f, r, nil, x[:points], x[points:2*points], x[2*points:])
}

// factor makes the table and T from the values of the k features, by modified Gram–Schmidt
// orthogonalization with column pivoting, each pivot being orthogonalized twice. Columns
// count relative to their own norms.
func (c *compression) factor(points, k int, s *compressionScratch) {
	s.columns = grow(s.columns, points*k)
	s.norms, s.exact, s.scale = grow(s.norms, k), grow(s.exact, k), grow(s.scale, k)
	s.t = grow(s.t, k*k)
	clear(s.t)
	norms, exact, t, pivots := s.norms, s.exact, s.t, s.pivots[:0]
	column := func(j int) []float64 { return s.columns[j*points:][:points] }
	for j := range k {
		x := column(j)
		for i := range x {
			x[i] = s.features[i*k+j]
		}
		norm := math.Sqrt(dense.Dot(x, x))
		s.scale[j], norms[j] = norm, 1
		if !(norm > 0 && norm <= math.MaxFloat64) {
			norms[j] = 0 // its row of T is zero
		}
		for i := range x {
			x[i] /= norm
		}
	}
	copy(exact, norms)
	for len(pivots) < k {
		pivot, most := 0, 0.0
		for j, n := range norms {
			if n > most {
				pivot, most = j, n
			}
		}
		if most <= dependence*dependence {
			break
		}
		q := column(pivot)
		for i, other := range pivots {
			d := dense.Dot(column(other), q)
			t[i*k+pivot] += d
			dense.Axpy(-d, column(other), q)
		}
		size := math.Sqrt(dense.Dot(q, q))
		if size <= dependence {
			norms[pivot] = 0
			continue
		}
		for i := range q {
			q[i] /= size
		}
		row := t[len(pivots)*k:][:k]
		row[pivot] = size
		norms[pivot] = 0
		for j, n := range norms {
			if n == 0 {
				continue
			}
			x := column(j)
			row[j] = dense.Dot(q, x)
			dense.Axpy(-row[j], q, x)
			// As long as little cancels the norm follows from the projection.
			if norms[j] -= row[j] * row[j]; !(norms[j] > 0x1p-20*exact[j]) {
				norms[j] = dense.Dot(x, x)
				exact[j] = norms[j]
			}
		}
		pivots = append(pivots, pivot)
	}
	s.pivots = pivots
	p := (len(pivots) + groupOfCols - 1) / groupOfCols * groupOfCols
	c.table = blas64.General{Rows: points, Cols: p, Stride: p, Data: grow(c.table.Data, points*p)}
	c.t = blas64.General{Rows: p, Cols: k, Stride: k, Data: grow(c.t.Data, p*k)}
	clear(c.table.Data)
	clear(c.t.Data)
	for j, pivot := range pivots {
		for i, x := range column(pivot) {
			c.table.Data[i*p+j] = x
		}
		for l, norm := range s.scale {
			c.t.Data[j*k+l] = t[j*k+l] * norm
		}
	}
}

// eval writes the qⱼ at the distances r, times factor unless that is empty, into the rows
// of f. first and weights are scratch of len(r) and c.order·len(r) elements.
func (c *compression) eval(f blas64.General, r, factor []float64, first []int32, weights []float64) {
	last, before := c.table.Rows-c.order, c.order/2-1
	for e, x := range r {
		x = c.position(x)
		at := min(max(int(x)-before, 0), last)
		first[e] = int32(at)
		s := 1.0
		if len(factor) > 0 {
			s = factor[e]
		}
		lagrange(weights[e*c.order:][:c.order], c.scale, x-float64(at), s)
	}
	sparse.Interpolate(f, c.table, first, weights)
}

// position returns where r is on the grid, in points from the first.
func (c *compression) position(r float64) float64 {
	if c.logarithm {
		r = math.Log(r)
	}
	return (r - c.start) * c.perUnit
}

// lagrangeScale returns 1/(m! (n−1−m)!) with the sign of (−1)^(n−1−m), for m < n.
func lagrangeScale(scale []float64, n int) []float64 {
	scale = grow(scale, n)
	for m := range scale {
		product := 1.0
		for i := range n {
			if i != m {
				product *= float64(m - i)
			}
		}
		scale[m] = 1 / product
	}
	return scale
}

// lagrange writes the weights, times s, of values at 0, 1, … len(w)−1 in the polynomial
// through them at x, for a len(w) that is a multiple of 8.
func lagrange(w, scale []float64, x, s float64) {
	p := s
	for m := 0; m < len(w); m += 8 {
		p = ascend((*[8]float64)(w[m:]), (*[8]float64)(scale[m:]), x-float64(m), p)
	}
	p = 1
	for m := len(w) - 8; m >= 0; m -= 8 {
		p = descend((*[8]float64)(w[m:]), x-float64(m), p)
	}
}

// ascend writes p x (x−1) … (x−m+1) scaleₘ into wₘ and returns the last product, that of
// m = 8.
func ascend(w, scale *[8]float64, x, p float64) float64 {
	w[0] = p * scale[0]
	p *= x
	w[1] = p * scale[1]
	p *= x - 1
	w[2] = p * scale[2]
	p *= x - 2
	w[3] = p * scale[3]
	p *= x - 3
	w[4] = p * scale[4]
	p *= x - 4
	w[5] = p * scale[5]
	p *= x - 5
	w[6] = p * scale[6]
	p *= x - 6
	w[7] = p * scale[7]
	return p * (x - 7)
}

// descend multiplies wₘ by p (x−7) (x−6) … (x−m−1) and returns the last product, that of
// m = −1.
func descend(w *[8]float64, x, p float64) float64 {
	w[7] *= p
	p *= x - 7
	w[6] *= p
	p *= x - 6
	w[5] *= p
	p *= x - 5
	w[4] *= p
	p *= x - 4
	w[3] *= p
	p *= x - 3
	w[2] *= p
	p *= x - 2
	w[1] *= p
	p *= x - 1
	w[0] *= p
	return p * x
}
