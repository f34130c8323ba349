package dense

import "math"

// dotLanes is the number of accumulators of Dot: 4 vectors of 8 elements.
const dotLanes = 32

// Dot returns the inner product of x and y:
//
//	Σᵢ x[i]·y[i]
//
// x and y may overlap or be the same slice.
//
// The sum is within γ(n/32+7)·Σ|x[i]·y[i]| of the exact one, where γ(k) = k·u/(1−k·u) and
// u = 2⁻⁵³. It is taken in a fixed order: element i goes to lane i mod 32, lane = fma(x[i],
// y[i], lane) starting from +0; then v[j] = (lane[j]+lane[j+8]) + (lane[j+16]+lane[j+24])
// for j in 0…7; then ((v[0]+v[1])+(v[2]+v[3])) + ((v[4]+v[5])+(v[6]+v[7])). The bits,
// those of a NaN apart, are therefore the same at every level and in every run.
//
// Dot panics if the lengths differ. It does not allocate.
func Dot(x, y []float64) float64 {
	if len(x) != len(y) {
		panic("dense: len(x) != len(y)")
	}
	return dot(x, y)
}

func dotGeneric(x, y []float64) float64 {
	var lane [dotLanes]float64
	y = y[:len(x)]
	i := 0
	for ; i+dotLanes <= len(x); i += dotLanes {
		a, b := (*[dotLanes]float64)(x[i:]), (*[dotLanes]float64)(y[i:])
		for j := 0; j < dotLanes; j += 4 {
			lane[j] = math.FMA(a[j], b[j], lane[j])
			lane[j+1] = math.FMA(a[j+1], b[j+1], lane[j+1])
			lane[j+2] = math.FMA(a[j+2], b[j+2], lane[j+2])
			lane[j+3] = math.FMA(a[j+3], b[j+3], lane[j+3])
		}
	}
	for j := range x[i:] {
		lane[j] = math.FMA(x[i+j], y[i+j], lane[j])
	}
	return sumOfLanes(&lane)
}

// sumOfLanes returns the sum of the lanes in the order that Dot documents.
func sumOfLanes(lane *[dotLanes]float64) float64 {
	var v [8]float64
	for j := range v {
		v[j] = (lane[j] + lane[j+8]) + (lane[j+16] + lane[j+24])
	}
	return ((v[0] + v[1]) + (v[2] + v[3])) + ((v[4] + v[5]) + (v[6] + v[7]))
}
