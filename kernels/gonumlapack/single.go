package gonumlapack

import (
	"math"

	"gonum.org/v1/gonum/lapack/gonum"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// harmless reports whether a reflector can be made of alpha and others with this sum of
// squares as it is: nothing has been lost to underflow or overflow, nor will be.
func harmless(alpha, square float64) bool {
	return square >= 0x1p-900 && square <= 0x1p900 && math.Abs(alpha) <= 0x1p450
}

// multiplyBy multiplies x by s.
func multiplyBy(s float64, x []float64) {
	i := 0
	for ; i+4 <= len(x); i += 4 {
		y := (*[4]float64)(x[i:])
		y[0], y[1], y[2], y[3] = s*y[0], s*y[1], s*y[2], s*y[3]
	}
	for ; i < len(x); i++ {
		x[i] *= s
	}
}

// reflector returns beta and tau for which H = I − tau v vᵀ makes (beta, 0, …) of x, and
// puts v into x, except for its first element, 1.
func reflector(x []float64) (beta, tau float64) {
	alpha, tail := x[0], x[1:]
	square := dense.Dot(tail, tail)
	if !harmless(alpha, square) {
		return gonum.Implementation{}.Dlarfg(len(x), alpha, tail, 1)
	}
	beta = -math.Copysign(math.Sqrt(math.FMA(alpha, alpha, square)), alpha)
	multiplyBy(1/(alpha-beta), tail)
	return beta, (beta - alpha) / beta
}
