package pair

import "math"

// Kick changes the momenta of bodies by their forces, h being a time, and returns the largest
// of what their kinetic energies depend on:
//
//	pᵢ += h fᵢ,  tᵢ = |pᵢ|²/mᵢ
//
// Shapes: p and f are rows of 4, of which |pᵢ|² takes the first 3; inverse holds 1/mᵢ, and t has
// as many numbers. The slices do not overlap.
//
// Products are fused to the sum before. A tᵢ that is NaN is left out of the largest, which is 0
// at least. Kick panics, before writing, if a length does not match. It does not allocate.
func Kick(p, f []float64, h float64, inverse, t []float64) (most float64) {
	if len(p) != len(f) || len(p) != stride*len(inverse) || len(t) != len(inverse) {
		panic("pair: lengths differ")
	}
	return kick(p, f, h, inverse, t)
}

func kickGeneric(p, f []float64, h float64, inverse, t []float64) (most float64) {
	for i, w := range inverse {
		row, force := (*[stride]float64)(p[stride*i:]), (*[stride]float64)(f[stride*i:])
		for a := range row {
			row[a] = math.FMA(h, force[a], row[a])
		}
		t[i] = square(row[0], row[1], row[2]) * w
		if t[i] > most {
			most = t[i]
		}
	}
	return most
}

// Drift moves bodies by their momenta, h being a time and slope a factor of velocities, and says
// whether one is far from a place of its own:
//
//	qᵢ += (h slopeᵢ/mᵢ) pᵢ,  |qᵢ − placeᵢ|² ≥ limit, or NaN
//
// Shapes: q, p and places are rows of 4, of which the square takes the first 3; inverse holds
// 1/mᵢ, and slope has as many numbers. Places that are nil are 0. The slices do not overlap.
//
// Products are fused to the sum before. Drift panics, before writing, if a length does not match.
// It does not allocate.
func Drift(q, p []float64, h float64, slope, inverse, places []float64, limit float64) (far bool) {
	if len(q) != len(p) || len(q) != stride*len(inverse) || len(slope) != len(inverse) || places != nil && len(places) != len(q) {
		panic("pair: lengths differ")
	}
	return drift(q, p, h, slope, inverse, places, limit)
}

func driftGeneric(q, p []float64, h float64, slope, inverse, places []float64, limit float64) (far bool) {
	for i, w := range inverse {
		v := h * slope[i] * w
		row, momentum := (*[stride]float64)(q[stride*i:]), (*[stride]float64)(p[stride*i:])
		for a := range row {
			row[a] = math.FMA(v, momentum[a], row[a])
		}
		x, y, z := row[0], row[1], row[2]
		if places != nil {
			place := (*[stride]float64)(places[stride*i:])
			x, y, z = x-place[0], y-place[1], z-place[2]
		}
		far = far || !(square(x, y, z) < limit)
	}
	return far
}

// square returns x² + y² + z².
func square(x, y, z float64) float64 {
	return math.FMA(z, z, math.FMA(y, y, float64(x*x)))
}
