package dense

import "math"

// Asum returns the sum of the magnitudes of x:
//
//	Σᵢ |x[i]|
//
// within γ(n/32+7) times the exact one, in the order of the lanes of [Dot], with lane =
// lane + |x[i]|. The bits, those of a NaN apart, are therefore the same at every level and in
// every run. It does not allocate.
func Asum(x []float64) float64 { return asum(x) }

func asumGeneric(x []float64) float64 {
	var lane [dotLanes]float64
	i := 0
	for ; i+dotLanes <= len(x); i += dotLanes {
		a := (*[dotLanes]float64)(x[i:])
		for j := range lane {
			lane[j] += math.Abs(a[j])
		}
	}
	for j, v := range x[i:] {
		lane[j] += math.Abs(v)
	}
	return sumOfLanes(&lane)
}
