package sparse

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/matrix"
)

// Chebyshev evaluates multiples of Chebyshev polynomials of the first kind, a row per edge:
//
//	dst[e,j] = c[e]·T_j(x[e])
//
// Shapes: dst is n×p, row-major, any stride; x and c have length n. dst overlaps neither.
//
// The elements are those of the recurrence dst[e,j] = fma(2x, dst[e,j−1], −dst[e,j−2]), which
// begins with c·x and c for the degrees −1 and 0. Their errors grow as those of T_j at an x
// that is rounded do, with j²·2⁻⁵³ |c| near the ends of |x| ≤ 1. The bits, those of a NaN
// apart, are the same at every level and in every run.
//
// Chebyshev panics, before writing, if a shape does not match. It does not allocate, and
// runs on the calling goroutine.
func Chebyshev(dst blas64.General, x, c []float64) {
	if len(c) != len(x) {
		panic(badFactors)
	}
	if dst.Rows != len(x) || !matrix.Valid(dst) {
		panic(badDestination)
	}
	if matrix.Overlap(dst, vector(x)) || matrix.Overlap(dst, vector(c)) {
		panic(overlapInput)
	}
	if dst.Rows > 0 && dst.Cols > 0 {
		chebyshev(dst, x, c)
	}
}

func chebyshevGeneric(dst blas64.General, x, c []float64) {
	for e, x := range x {
		last, next := float64(c[e]*x), c[e]
		t := row(dst, e)
		for j := range t {
			t[j] = next
			next, last = math.FMA(2*x, next, -last), next
		}
	}
}

// chebyshevMore continues the rows of dst from column j on.
func chebyshevMore(dst blas64.General, x []float64, j int) {
	for e, x := range x {
		t := row(dst, e)
		for k := j; k < len(t); k++ {
			t[k] = math.FMA(2*x, t[k-1], -t[k-2])
		}
	}
}
