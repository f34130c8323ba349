package hgn

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/sparse"
)

// A compression stands for the K features of a pair of species while rows are built and
// factored: it spans V′ by p < K functions
//
//	V′(r) = Σⱼ cⱼ s(r) Tⱼ(x),  j < p,  s = ξ′(r) (1 − (r/r_c)²)
//
// with Chebyshev polynomials of an x that is affine in ξ and goes from −1 to 1 over the
// training distances. s, without its last factor where there is no cutoff, is what all φₖ′
// have in common. The features are then fitted to V′ where the training distances are.
type compression struct {
	v            *radial
	in           *inputs
	mid, perUnit float64 // x = (ξ − mid) perUnit
	bins         int     // of the training range, in x, by which distances are counted
}

const (
	binsPerWidth = 8    // bins while the argument of the steepest activation changes by 1
	leastBins    = 64   // of a training range
	mostBins     = 4096 // beyond, there is no compression
)

// prepare makes c that of v, and reports whether there is use in one.
func (c *compression) prepare(v *radial, in *inputs) bool {
	if in == nil || !(in.lo < in.hi) {
		return false
	}
	lo, _, _ := v.xi.derivatives(in.lo)
	hi, _, _ := v.xi.derivatives(in.hi)
	lo, hi = min(lo, hi), max(lo, hi)
	*c = compression{v: v, in: in, mid: lo + (hi-lo)/2, perUnit: 2 / (hi - lo)}
	steepest := 0.0
	for _, w := range v.w {
		steepest = max(steepest, math.Abs(w))
	}
	bins := max(leastBins, math.Ceil(binsPerWidth*steepest*(hi-lo)))
	c.bins = int(min(bins, mostBins))
	return bins <= mostBins && c.perUnit-c.perUnit == 0 && c.perUnit > 0 && c.mid-c.mid == 0
}

// eval writes the functions at the distances r, times factor unless that is empty, into the
// rows of f. x and s are scratch of the length of r; x becomes the arguments.
func (c *compression) eval(f blas64.General, r, factor, x, s []float64) {
	if c.v.xi == Distance {
		for e, r := range r {
			x[e], s[e] = (r-c.mid)*c.perUnit, 1
		}
	} else {
		for e, r := range r {
			xi, xi1, _ := c.v.xi.derivatives(r)
			x[e], s[e] = (xi-c.mid)*c.perUnit, xi1
		}
	}
	if c.v.cutoff > 0 {
		inverse := 1 / c.v.cutoff
		for e, r := range r {
			y := r * inverse
			s[e] *= (1 - y) * (1 + y)
		}
	}
	for e, factor := range factor {
		s[e] *= factor
	}
	sparse.Chebyshev(f, x, s)
}

// count adds the arguments x to the bins that they are in.
func (c *compression) count(bins []int64, x []float64) {
	half := float64(len(bins)) / 2
	for _, x := range x {
		bins[min(max(int(math.FMA(x, half, half)), 0), len(bins)-1)]++
	}
}

// distance returns r in the middle of a bin.
func (c *compression) distance(bin int) float64 {
	x := (2*float64(bin)+1)/float64(c.bins) - 1
	xi := x/c.perUnit + c.mid
	switch c.v.xi {
	case DistanceSquared:
		return math.Sqrt(xi)
	case LogDistance:
		return math.Exp(xi)
	case InverseDistance:
		return 1 / xi
	}
	return xi
}
