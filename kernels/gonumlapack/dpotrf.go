package gonumlapack

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/gonum"

	"github.com/rapidhgn/rapidhgn/kernels/gonumblas"
)

// Dpotrf computes the Cholesky factorization of an n×n matrix A as gonum's Dpotrf does, by
// halves.
func (impl Implementation) Dpotrf(ul blas.Uplo, n int, a []float64, lda int) (ok bool) {
	if !(ul == blas.Upper || ul == blas.Lower) || !holds(n, n, a, lda) || !impl.ours(leastCholesky, n, n, n) {
		return impl.Implementation.Dpotrf(ul, n, a, lda)
	}
	m := blas64.General{Rows: n, Cols: n, Stride: lda, Data: a}
	if ul == blas.Upper {
		return cholesky(m)
	}
	t, mem := newRows(n, n)
	defer mem.release()
	transpose(t, m)
	ok = cholesky(t)
	transposeUpper(m, t)
	return ok
}

// cholLeaf is the order of the matrices that are factored element by element.
const cholLeaf = 32

// cholesky replaces the upper triangle of a by U, where a = UᵀU.
func cholesky(a blas64.General) bool {
	n := a.Rows
	if n <= cholLeaf {
		return gonum.Implementation{}.Dpotf2(blas.Upper, n, a.Data, a.Stride)
	}
	half := (n/2 + leafSize - 1) / leafSize * leafSize
	beside, rest := part(a, 0, half, half, n), part(a, half, half, n, n)
	if !cholesky(part(a, 0, 0, half, half)) {
		return false
	}
	blas3 := gonumblas.Implementation{}
	blas3.Dtrsm(blas.Left, blas.Upper, blas.Trans, blas.NonUnit, half, n-half, 1, a.Data, a.Stride, beside.Data, a.Stride)
	blas3.Dsyrk(blas.Upper, blas.Trans, n-half, half, -1, beside.Data, a.Stride, 1, rest.Data, a.Stride)
	return cholesky(rest)
}

// Dpotrs solves a system whose matrix Dpotrf has factored, as gonum's Dpotrs does.
func (impl Implementation) Dpotrs(ul blas.Uplo, n, nrhs int, a []float64, lda int, b []float64, ldb int) {
	valid := (ul == blas.Upper || ul == blas.Lower) && holds(n, n, a, lda) && holds(n, nrhs, b, ldb)
	if !valid || !impl.ours(leastSolved, n, n, nrhs) {
		impl.Implementation.Dpotrs(ul, n, nrhs, a, lda, b, ldb)
		return
	}
	first, second := blas.Trans, blas.NoTrans
	if ul == blas.Lower {
		first, second = second, first
	}
	blas3 := gonumblas.Implementation{}
	blas3.Dtrsm(blas.Left, ul, first, blas.NonUnit, n, nrhs, 1, a, lda, b, ldb)
	blas3.Dtrsm(blas.Left, ul, second, blas.NonUnit, n, nrhs, 1, a, lda, b, ldb)
}

// Dtrtrs solves a triangular system as gonum's Dtrtrs does.
func (impl Implementation) Dtrtrs(ul blas.Uplo, trans blas.Transpose, diag blas.Diag, n, nrhs int, a []float64, lda int, b []float64, ldb int) (ok bool) {
	valid := (ul == blas.Upper || ul == blas.Lower) && (trans == blas.NoTrans || trans == blas.Trans || trans == blas.ConjTrans) &&
		(diag == blas.NonUnit || diag == blas.Unit) && holds(n, n, a, lda) && holds(n, nrhs, b, ldb)
	if !valid || !impl.ours(leastSolved, n, n, nrhs) {
		return impl.Implementation.Dtrtrs(ul, trans, diag, n, nrhs, a, lda, b, ldb)
	}
	if diag == blas.NonUnit {
		for i := range n {
			if a[i*lda+i] == 0 {
				return false
			}
		}
	}
	gonumblas.Implementation{}.Dtrsm(blas.Left, ul, trans, diag, n, nrhs, 1, a, lda, b, ldb)
	return true
}
