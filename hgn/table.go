package hgn

import "math"

// A table holds V′ of a radial at equally spaced distances, and interpolates it
// by the cubic that takes the values and the slopes V″ there (Hermite); V is the
// exact integral of that cubic, so that forces are the gradient of the energy.
// With step h the error of V′ is at most h⁴ max|V⁽⁵⁾|/384. Outside the training
// range a table is the radial's parabola.
type table struct {
	lo, from, step, inverse float64
	cells                   []tableCell
	below, above            parabola
}

// A tableCell holds V = v + x(a + x(b/2 + x(c/3 + x d/4))), x the distance from
// the start of the cell in steps, and V′ is its derivative.
type tableCell struct{ v, a, b, c, d float64 }

// newTable tabulates p with n cells.
func newTable(p *radial, n int) *table {
	t := &table{
		lo:    p.lo,
		from:  p.from,
		step:  (p.hi - p.from) / float64(n),
		cells: make([]tableCell, n),
		below: p.below,
		above: p.above,
	}
	if t.step > 0 {
		t.inverse = 1 / t.step
	}
	h := t.step
	start := p.taylor(p.from)
	v := start.value
	for i := range t.cells {
		end := p.taylor(p.from + float64(float64(i+1)*h))
		y0, y1 := float64(start.slope*h), float64(end.slope*h)
		m0, m1 := float64(start.curvature*h*h), float64(end.curvature*h*h)
		c := tableCell{v: v, a: y0, b: m0, c: float64(3*(y1-y0)) - 2*m0 - m1, d: m0 + m1 - 2*(y1-y0)}
		t.cells[i] = c
		v = c.energy(1)
		start = end
	}
	t.above.value += v - p.above.value // V stays continuous
	return t
}

// energy returns V at x ∈ [0, 1].
func (c *tableCell) energy(x float64) float64 {
	s := math.FMA(x, c.d/4, c.c/3)
	s = math.FMA(x, s, c.b/2)
	s = math.FMA(x, s, c.a)
	return math.FMA(x, s, c.v)
}

// slope returns dV/dx at x ∈ [0, 1].
func (c *tableCell) slope(x float64) float64 {
	return math.FMA(x, math.FMA(x, math.FMA(x, c.d, c.c), c.b), c.a)
}

// eval is that of [curve].
func (t *table) eval(v, v1, r []float64, _ *radialScratch) (outside int) {
	for i, ri := range r {
		if ri < t.lo || ri > t.above.at {
			outside++
		}
		switch {
		case ri < t.from:
			v[i], v1[i] = t.below.eval(ri)
		case ri < t.above.at:
			x := float64((ri - t.from) * t.inverse)
			k := min(int(x), len(t.cells)-1)
			c := &t.cells[k]
			x -= float64(k)
			v[i], v1[i] = c.energy(x), c.slope(x)*t.inverse
		default: // or NaN
			v[i], v1[i] = t.above.eval(ri)
		}
	}
	return outside
}
