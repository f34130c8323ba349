package dense

import "math"

// Between these bounds, no square that Nrm2 adds up has overflowed, and those that underflow
// do not count.
const (
	nrm2Least = 0x1p-900
	nrm2Most  = 0x1p1000
)

// Nrm2 returns the Euclidean norm of x:
//
//	√Σᵢ x[i]²
//
// within γ(n/32+9) times the exact one, whatever the magnitudes: where a square overflows or
// underflows, the elements are scaled by a power of two first. It is NaN if an element is,
// else +Inf if one is infinite. The bits, those of a NaN apart, are the same at every level
// and in every run. It does not allocate.
func Nrm2(x []float64) float64 {
	if s := dot(x, x); nrm2Least <= s && s <= nrm2Most {
		return math.Sqrt(s)
	}
	most := 0.0
	for _, v := range x {
		most = max(most, math.Abs(v)) // NaN if one is
	}
	if most == 0 || math.IsInf(most, 0) || math.IsNaN(most) {
		return most
	}
	_, e := math.Frexp(most)
	var scaled [dotLanes]float64
	s := 0.0
	for i := 0; i < len(x); i += dotLanes {
		n := min(dotLanes, len(x)-i)
		for j, v := range x[i : i+n] {
			scaled[j] = math.Ldexp(v, -e)
		}
		s += dot(scaled[:n], scaled[:n])
	}
	return math.Ldexp(math.Sqrt(s), e)
}
