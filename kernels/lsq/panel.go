package lsq

import (
	"math"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

const (
	maxPanel = 24 // largest width of a panel
	group    = 24 // number of columns to which reflectors are applied at once
)

// panelCols returns the number of columns of a panel, a multiple of leafCols.
func panelCols(cols int) int {
	if cols <= 64 {
		return leafCols
	}
	return maxPanel
}

// scratch is what the reflectors of a panel need besides themselves.
//
// Reflector i is H = I + γ (s eᵢ; x)(s eᵢ; x)ᵀ with x in a column of the block, eᵢ in the
// row of R that it makes. The product of those of a panel is I + (S; X) Z (S; X)ᵀ, where S
// has the s on its diagonal and −Z⁻ᵀ is −γ⁻¹ on the diagonal and the products of the x
// below. A column (t; a) is taken to (t + S z; a + X z), z = Zᵀ(S t + Xᵀa). Z is not formed:
// w = t + S⁻¹Xᵀa is one call of qrDot, and z follows leaf by leaf from the inverses of the
// diagonal blocks, each an update of a few rows.
type scratch struct {
	inv   [maxPanel]float64            // 1/s, 0 for the identity
	toZ   [maxPanel * leafCols]float64 // for each leaf, 8×8 by columns: z = toZ·w
	toTop [maxPanel * leafCols]float64 // and t += toTop·w
	cross [maxPanel * maxPanel]float64 // for each leaf, 8 rows: w += cross·z of the leaves before
	w, z  [maxPanel * group]float64
	ahead ahead
}

// workspace is the scratch of one goroutine.
type workspace struct {
	block    []float64 // rows of [A B], column-major with stride blockStride
	squares  []float64 // squareLanes rows: partial sums of the squares of columns of the block
	weighted []float64 // rows multiplied by their weights
	scratch
}

// rows returns the first n rows of the block, filled up with rows of zeros.
func (w *workspace) rows(n int) rows {
	full := (n + lanes - 1) / lanes * lanes
	for at := 0; n < full && at < len(w.block); at += blockStride {
		clear(w.block[at+n : at+full])
	}
	return rows{data: w.block, stride: blockStride, n: full, squares: w.squares}
}

// A panel is the work of fold on the columns from k on.
type panel struct {
	f *factor
	c rows
	k int
	*scratch
}

// leaf forms the reflectors of columns k+at … k+at+7. A column is as it was until the reflectors
// before are applied to it, all at once in the pass in which its own is formed: what they make
// of its inner products with them follows from those of theirs.
func (p *panel) leaf(at int) {
	k, stride := p.k+at, p.c.stride
	h := p.c.height(k + leafCols)
	x := p.c.data[k*stride:]
	top, ld := p.f.rc[k*p.f.stride+k:], p.f.stride
	var s, gamma [leafCols]float64
	var products, factors [leafCols][leafCols]float64 // factors[c][j]: of reflector j in column c
	for j := range min(leafCols, p.f.cols-k) {
		dots := &products[j]
		qrLeaf(j, h, x, stride, &factors[j], dots)
		alpha, e := top[j*ld+j], 0
		square := math.FMA(alpha, alpha, dots[j])
		if square < leastSquare {
			if e = exponent(max(maxAbs(x[j*stride:][:h]), math.Abs(alpha))); e != 0 {
				alpha = math.Ldexp(alpha, -e)
				ldexp(x[j*stride:][:h], -e)
				for c := range dots {
					dots[c] = dense.Dot(x[j*stride:][:h], x[c*stride:][:h])
				}
				square = math.FMA(alpha, alpha, dots[j])
			}
		}
		if dots[j] == 0 { // nothing to eliminate
			clear(x[j*stride:][:h])
			*dots = [leafCols]float64{}
			continue
		}
		beta := -math.Copysign(math.Sqrt(square), alpha)
		top[j*ld+j] = math.Ldexp(beta, e)
		s[j] = alpha - beta
		gamma[j] = 1 / (beta * s[j])
		for c := j + 1; c < leafCols; c++ {
			t, f := &top[c*ld+j], &factors[c]
			dot := dots[c]
			for i := range j {
				dot = math.FMA(f[i], dots[i], dot)
			}
			f[j] = math.FMA(s[j], *t, dot) * gamma[j]
			*t = math.FMA(s[j], f[j], *t)
		}
	}
	p.invert(at, &s, &gamma, &products)
}

// invert fills in inv, toZ and toTop for the leaf at the given column of the panel.
func (p *panel) invert(at int, s, gamma *[leafCols]float64, products *[leafCols][leafCols]float64) {
	toZ := (*[leafCols * leafCols]float64)(p.toZ[at*leafCols:])
	toTop := (*[leafCols * leafCols]float64)(p.toTop[at*leafCols:])
	for q := range leafCols {
		p.inv[at+q] = 0
		if s[q] != 0 {
			p.inv[at+q] = 1 / s[q]
		}
		z := (*[leafCols]float64)(toZ[q*leafCols:])
		clear(z[:q])
		z[q] = gamma[q] * s[q]
		for i := q + 1; i < leafCols; i++ {
			sum := 0.0
			for j := q; j < i; j++ {
				sum = math.FMA(products[i][j], z[j], sum)
			}
			z[i] = gamma[i] * sum
		}
		for i, v := range z {
			toTop[q*leafCols+i] = s[i] * v
		}
	}
}

// connect fills in cross for the first m columns of the panel, whose leaves are done.
func (p *panel) connect(m int) {
	var zeros [leafCols]float64
	v, stride := p.c.data[p.k*p.c.stride:], p.c.stride
	for at := leafCols; at < m; at += leafCols {
		qrDot(p.c.height(p.k+at+leafCols), v[at*stride:], stride, leafCols, v, stride, at,
			p.inv[at:], zeros[:], 0, p.cross[at*maxPanel:], leafCols, nil)
	}
}

// apply applies the reflectors of m columns of the panel, beginning at the leaf given, to
// the columns from … to−1.
func (p *panel) apply(at, m, from, to int) {
	k, stride := p.k+at, p.c.stride
	h := p.c.height(k + m)
	v := p.c.data[k*stride:]
	for ; from < to; from += group {
		n := min(group, to-from)
		a, top := p.c.data[from*stride:], p.f.rc[from*p.f.stride+k:]
		w, z := p.w[:m*n], p.z[:m*n]
		qrDot(h, v, stride, m, a, stride, n, p.inv[at:], top, p.f.stride, w, m, p.ahead.take(h, m, n, p.f.pad-from))
		clear(z)
		for i := 0; i < m; i += leafCols {
			if i > 0 {
				qrUpdate(leafCols, p.cross[i*maxPanel:], leafCols, i, z, m, w[i:], m, n)
			}
			leaf := (at + i) * leafCols
			qrUpdate(leafCols, p.toZ[leaf:], leafCols, leafCols, w[i:], m, z[i:], m, n)
			qrUpdate(leafCols, p.toTop[leaf:], leafCols, leafCols, w[i:], m, top[i:], p.f.stride, n)
		}
		qrUpdate(h, v, stride, m, z, m, a, stride, n)
	}
}
