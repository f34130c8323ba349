package lsq

import (
	"math"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// A sum of squares between these needs no scaling: no square overflowed, and squares that
// underflowed are too small to count.
const (
	leastSquare   = 0x1p-900
	largestSquare = 0x1p1000
)

// reflector finds the orthogonal and symmetric H = I − τ (1; v)(1; v)ᵀ with
//
//	H (alpha; x) = (beta; 0)
//
// and overwrites x with v. τ is 0, and H the identity, if x is zero; else 1 ≤ τ ≤ 2, and
// beta has the sign opposite to alpha's, so that alpha − beta does not cancel.
func reflector(alpha float64, x []float64) (beta, tau float64) {
	s := dense.Dot(x, x)
	e := 0
	if square := math.FMA(alpha, alpha, s); !(s >= leastSquare && square <= largestSquare) {
		m := maxAbs(x)
		if m == 0 && s == 0 {
			return alpha, 0
		}
		e = exponent(max(m, math.Abs(alpha)))
		alpha = math.Ldexp(alpha, -e)
		ldexp(x, -e)
		s = dense.Dot(x, x)
	}
	beta = -math.Copysign(math.Sqrt(math.FMA(alpha, alpha, s)), alpha)
	tau = (beta - alpha) / beta
	scale(1/(alpha-beta), x)
	return math.Ldexp(beta, e), tau
}

// norm returns the 2-norm of x. It overflows only if the norm does.
func norm(x []float64) float64 {
	s := dense.Dot(x, x)
	if s >= leastSquare && s <= largestSquare {
		return math.Sqrt(s)
	}
	e := exponent(maxAbs(x))
	s = 0
	for _, v := range x {
		v = math.Ldexp(v, -e)
		s = math.FMA(v, v, s)
	}
	return math.Ldexp(math.Sqrt(s), e)
}

// hypot returns √(x² + y²) of x, y ≥ 0, in the same bits on every architecture, as
// math.Hypot is not.
func hypot(x, y float64) float64 {
	if x == 0 || y == 0 {
		return x + y
	}
	e := exponent(max(x, y))
	x, y = math.Ldexp(x, -e), math.Ldexp(y, -e)
	return math.Ldexp(math.Sqrt(math.FMA(x, x, float64(y*y))), e)
}

// exponent returns e with 2^(e−1) ≤ |x| < 2^e, and 0 if x is zero or not finite.
func exponent(x float64) int {
	_, e := math.Frexp(x)
	return e
}

// maxAbs returns the largest magnitude in x, NaN left out.
func maxAbs(x []float64) float64 {
	m := 0.0
	for _, v := range x {
		if v = math.Abs(v); v > m {
			m = v
		}
	}
	return m
}

// scale multiplies x by alpha.
func scale(alpha float64, x []float64) {
	for i := range x {
		x[i] *= alpha
	}
}
