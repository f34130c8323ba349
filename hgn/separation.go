package hgn

import "math"

// separation returns r = |q_j − q_i| and writes (q_j − q_i)/r into u, with q
// reduced by im; r = 0 gives u = 0.
func separation(u *[3]float64, q []float64, dim int, i, j int32, im *image) (r float64) {
	s := 0.0
	for a := range dim {
		d := im.reduce(a, q[int(j)*dim+a]-q[int(i)*dim+a])
		u[a] = d
		s = math.FMA(d, d, s)
	}
	if s == 0 {
		return 0
	}
	r = math.Sqrt(s)
	for a := range dim {
		u[a] /= r
	}
	return r
}

// checkDistance returns an error of f unless features have a value at the distance r of
// its bodies i and j.
func (x Xi) checkDistance(f *Frame, i, j int32, r float64) error {
	switch {
	case r == 0 && x != DistanceSquared:
		return f.errorf("bodies %d and %d are at one point", i, j)
	case !(r <= math.MaxFloat64):
		return f.errorf("bodies %d and %d are at a distance of %v", i, j, r)
	}
	return nil
}
