package gonumlapack

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
)

// Dsteqr computes the eigenvalues and eigenvectors of a symmetric tridiagonal matrix as
// gonum's Dsteqr does. Rotations are put off and done many at a time, on rows.
func (impl Implementation) Dsteqr(compz lapack.EVComp, n int, d, e, z []float64, ldz int, work []float64) (ok bool) {
	valid := (compz == lapack.EVOrig || compz == lapack.EVTridiag) && n > 1 &&
		len(d) >= n && len(e) >= n-1 && holds(n, n, z, ldz) && len(work) >= 2*n-2
	if !valid || !impl.ours(leastEigen, n, n, n) || !moderate(math.Max(largestIn(d[:n]), largestIn(e[:n-1]))) {
		return impl.Implementation.Dsteqr(compz, n, d, e, z, ldz, work)
	}
	x, mem := newRows(n, n)
	defer mem.release()
	vectors := blas64.General{Rows: n, Cols: n, Stride: ldz, Data: z}
	if compz == lapack.EVOrig {
		transpose(x, vectors)
	} else {
		identity(x, 0)
	}
	t := tridiagonal{d: d[:n], e: e[:n-1], rows: &rotations{rows: x}}
	if ok = t.diagonalize(); ok {
		t.order()
	}
	transpose(vectors, x)
	return ok
}

// moderate reports whether iterations can do without scaling where this is the largest
// element: not where it is 0 or NaN, either.
func moderate(largest float64) bool { return largest >= 0x1p-500 && largest <= 0x1p450 }
