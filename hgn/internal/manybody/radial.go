package manybody

import "math"

// radial is the basis of functions of the distance,
//
//	R_n(r) = T_n(x) c(r),  x = (2r − r_min − r_c)/(r_c − r_min),  c = (1 − (r/r_c)²)²
//
// with the Chebyshev polynomials T_n, n = 0 … count−1. Below r_min each continues as a
// straight line.
type radial struct {
	min, cutoff float64
	count       int
}

// evaluate writes R_n(r) into value and R_n′(r) into slope, both of length count.
func (b *radial) evaluate(value, slope []float64, r float64) {
	at := max(r, b.min)
	scale := 2 / (b.cutoff - b.min)
	x := math.FMA(at-b.min, scale, -1)
	ratio := at / b.cutoff
	g := math.FMA(-ratio, ratio, 1)
	c, c1 := g*g, -4*ratio*g/b.cutoff
	t0, t1 := 1.0, x // T_n, T_{n+1}
	d0, d1 := 0.0, 1.0
	for n := range b.count {
		value[n] = t0 * c
		slope[n] = math.FMA(d0*scale, c, float64(t0*c1))
		t0, t1 = t1, math.FMA(2*x, t1, -t0)
		d0, d1 = d1, math.FMA(2*x, d1, math.FMA(2, t0, -d0))
	}
	if at != r {
		for n := range b.count {
			value[n] = math.FMA(slope[n], r-at, value[n])
		}
	}
}
