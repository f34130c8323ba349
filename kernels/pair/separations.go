package pair

import "math"

// Separations are differences of positions, by nearest image, and their lengths. The zero
// value is ready for use; its memory is used again.
type Separations struct{ X, Y, Z, R []float64 }

const badBodies = "pair: bodies out of range"

// Find makes s the differences between bodies and a point, in every direction a
//
//	d = fma(−length[a], rint(t/length[a]), t),  t = q[3j+a] − point[a],  j = bodies[k]
//
// where t/length[a] is a product with the rounded reciprocal, and 0 if length[a] is 0, for
// finite t; element k of R is √fma(dz, dz, fma(dy, dy, dx·dx)). With half a length or less to the
// nearest image, and t below 2³¹ lengths, d is that to it.
//
// q are positions of three coordinates. The bits, those of a NaN apart, are the same at
// every level. Find panics, before writing, if a body is not in q. It allocates only to grow
// s.
func (s *Separations) Find(q []float64, bodies []int32, point, length [3]float64) {
	most := len(q) / 3
	for _, j := range bodies {
		if uint(j) >= uint(most) {
			panic(badBodies)
		}
	}
	n := len(bodies)
	for _, x := range [4]*[]float64{&s.X, &s.Y, &s.Z, &s.R} {
		if cap(*x) < n {
			*x = make([]float64, n, n+n/2)
		}
		*x = (*x)[:n]
	}
	if n == 0 {
		return
	}
	frame := [9]float64{point[0], point[1], point[2], length[0], length[1], length[2]}
	for a, l := range length {
		if l != 0 {
			frame[6+a] = 1 / l
		}
	}
	separations(s, q, bodies, &frame)
}

// separationsGeneric does the work of Find: frame is the point, the lengths and their
// reciprocals.
func separationsGeneric(s *Separations, q []float64, bodies []int32, frame *[9]float64) {
	for k, j := range bodies {
		at := (*[3]float64)(q[3*int(j):])
		var d [3]float64
		for a := range d {
			t := at[a] - frame[a]
			d[a] = math.FMA(-frame[3+a], math.RoundToEven(float64(t*frame[6+a])), t)
		}
		s.X[k], s.Y[k], s.Z[k] = d[0], d[1], d[2]
		s.R[k] = math.Sqrt(math.FMA(d[2], d[2], math.FMA(d[1], d[1], float64(d[0]*d[0]))))
	}
}
