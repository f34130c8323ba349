package gonumlapack

import (
	"math"

	blasgonum "gonum.org/v1/gonum/blas/gonum"
	"gonum.org/v1/gonum/lapack/gonum"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// harmless reports whether a reflector can be made of alpha and others with this sum of
// squares as it is: nothing has been lost to underflow or overflow, nor will be.
func harmless(alpha, square float64) bool {
	return square >= 0x1p-900 && square <= 0x1p900 && math.Abs(alpha) <= 0x1p450
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
	blasgonum.Implementation{}.Dscal(len(tail), 1/(alpha-beta), tail, 1)
	return beta, (beta - alpha) / beta
}
