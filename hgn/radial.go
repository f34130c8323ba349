package hgn

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// hidden is a layer of random features of one variable x: σ(wₖ x + bₖ).
type hidden struct {
	act  dense.Activation
	w, b []float64
}

// features writes σ(wₖ xᵢ + bₖ) into row i of value and σ′ into row i of slope.
func (h *hidden) features(value, slope blas64.General, x []float64) {
	k := len(h.w)
	n := len(x)
	value.Rows, slope.Rows = n, n
	dense.FeaturesGrad(value, slope,
		blas64.General{Rows: n, Cols: 1, Data: x, Stride: 1},
		blas64.General{Rows: k, Cols: 1, Data: h.w, Stride: 1}, h.b, h.act)
}

// envelope returns c = (1 − (r/r_c)²)² and its first two derivatives at r, and
// 1, 0, 0 where there is no cutoff.
func envelope(r, cutoff float64) (c, c1, c2 float64) {
	if cutoff == 0 {
		return 1, 0, 0
	}
	x := r / cutoff
	s := (1 - x) * (1 + x)
	return s * s, -4 * x * s / cutoff, math.FMA(12, x*x, -4) / (cutoff * cutoff)
}

// A radial is the learned potential of one pair of species,
//
//	V(r) = c(r) Σₖ aₖ σ(wₖ ξ(r) + bₖ)
//
// on [from, hi], and a parabola outside. Training saw distances in [lo, hi]. from
// is lo on fixed edges; under a cutoff it is a little less: there the shortest
// distance is the extreme of a thin tail, further data almost surely pass it, and
// V is far too steep for a parabola, while the features still hold.
type radial struct {
	hidden
	xi     Xi
	cutoff float64
	a      []float64 // coefficients
	aw     []float64 // aₖ wₖ
	lo, hi float64   // training range; lo > hi where the pair was never seen
	from   float64   // at most lo

	below, above parabola

	reference func(r float64) (v, v1 float64) // that is added everywhere; nil: none
}

// A parabola continues V beyond the end of the training range at r = at.
type parabola struct{ at, value, slope, curvature float64 }

// eval returns V and V′ at r.
func (p *parabola) eval(r float64) (v, v1 float64) {
	x := r - p.at
	v1 = math.FMA(p.curvature, x, p.slope)
	return math.FMA(0.5*(v1+p.slope), x, p.value), v1
}

// seen says whether training had an edge of this pair of species.
func (v *radial) seen() bool { return v.lo <= v.hi }

// setCoefficients completes v once the linear problem is solved.
func (v *radial) setCoefficients(a []float64) {
	v.a = a
	v.aw = make([]float64, len(a))
	for k := range a {
		v.aw[k] = a[k] * v.w[k]
	}
	if !v.seen() {
		return
	}
	v.below = v.taylor(v.from)
	if v.below.slope <= 0 {
		v.below.curvature = max(v.below.curvature, 0) // never turns attractive on approach
	}
	v.above = v.taylor(v.hi)
}

// taylor returns the parabola that touches V at r.
func (v *radial) taylor(r float64) parabola {
	xi, xi1, xi2 := v.xi.derivatives(r)
	c, c1, c2 := envelope(r, v.cutoff)
	n := len(v.w)
	value := blas64.General{Rows: 1, Cols: n, Stride: n, Data: make([]float64, n)}
	slope := blas64.General{Rows: 1, Cols: n, Stride: n, Data: make([]float64, n)}
	v.features(value, slope, []float64{xi})
	var s, s1, s2 float64 // Σ a σ, Σ a w σ′, Σ a w² σ″
	for k, f := range value.Data {
		f1 := slope.Data[k]
		z := math.FMA(v.w[k], xi, v.b[k])
		s = math.FMA(v.a[k], f, s)
		s1 = math.FMA(v.aw[k], f1, s1)
		s2 = math.FMA(v.aw[k]*v.w[k], secondDerivative(v.act, z, f, f1), s2)
	}
	return parabola{
		at:        r,
		value:     c * s,
		slope:     math.FMA(c*xi1, s1, c1*s),
		curvature: math.FMA(c*xi1*xi1, s2, math.FMA(math.FMA(c, xi2, 2*c1*xi1), s1, c2*s)),
	}
}

// secondDerivative returns σ″(z), given f = σ(z) and f1 = σ′(z).
func secondDerivative(act dense.Activation, z, f, f1 float64) float64 {
	switch act {
	case dense.Tanh:
		return -2 * f * f1
	case dense.Sigmoid:
		return f1 * (1 - 2*f)
	case dense.Softplus:
		return f1 * (1 - f1)
	case dense.Gaussian:
		return math.FMA(4*z, z, -2) * f
	case dense.Sin:
		return -f
	}
	panic("hgn: unknown activation")
}

// edgeBlock is the number of edges whose features are evaluated at a time: the
// two arrays of a block of 64 features fill 64 KiB.
const edgeBlock = 64

// A radialScratch is the workspace of [radial.eval].
type radialScratch struct {
	xi           [edgeBlock]float64
	value, slope []float64
}

// eval writes V and V′ at the distances r, at most edgeBlock of them, into v and
// v1, and returns how many were outside the training range.
func (p *radial) eval(v, v1, r []float64, s *radialScratch) (outside int) {
	n, k := len(r), len(p.w)
	s.value, s.slope = grow(s.value, edgeBlock*k), grow(s.slope, edgeBlock*k)
	value := blas64.General{Rows: n, Cols: k, Stride: k, Data: s.value}
	slope := blas64.General{Rows: n, Cols: k, Stride: k, Data: s.slope}
	for i, ri := range r {
		s.xi[i], _, _ = p.xi.derivatives(min(max(ri, p.from), p.hi))
	}
	p.features(value, slope, s.xi[:n])
	for i, ri := range r {
		if ri < p.lo || ri > p.hi {
			outside++
		}
		switch {
		case ri < p.from:
			v[i], v1[i] = p.below.eval(ri)
		case ri > p.hi:
			v[i], v1[i] = p.above.eval(ri)
		default:
			_, xi1, _ := p.xi.derivatives(ri)
			c, c1, _ := envelope(ri, p.cutoff)
			sum := dense.Dot(p.a, s.value[i*k:][:k])
			sum1 := dense.Dot(p.aw, s.slope[i*k:][:k])
			v[i] = c * sum
			v1[i] = math.FMA(c*xi1, sum1, c1*sum)
		}
	}
	if p.reference != nil {
		for i, ri := range r {
			more, more1 := p.reference(ri)
			v[i], v1[i] = v[i]+more, v1[i]+more1
		}
	}
	return outside
}
