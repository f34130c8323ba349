// Package roof holds the bounds that kernels are measured against: the rate of multiply-adds
// of one core, and the bandwidth of copying.
package roof

import "math"

// FMA does n rounds of independent multiply-adds at the active level and returns how many
// floating-point operations those were, two for each multiply-add. A round takes some
// nanoseconds.
func FMA(n int) (flops float64) { return fma(max(n, 1)) }

// Copy copies src to dst, of the same length, and returns how many bytes had to move:
// each element is read once and written once.
func Copy(dst, src []float64) (bytes float64) { return 16 * float64(copy(dst, src)) }

func fmaGeneric(n int) (flops float64) {
	var a, b, c, d, e, f, g, h float64
	x := 0 * float64(n)
	for range n {
		a, b, c, d = math.FMA(x, x, a), math.FMA(x, x, b), math.FMA(x, x, c), math.FMA(x, x, d)
		e, f, g, h = math.FMA(x, x, e), math.FMA(x, x, f), math.FMA(x, x, g), math.FMA(x, x, h)
	}
	return 2*8*float64(n) + (a + b + c + d + e + f + g + h) // which is 0, but has to be computed
}
