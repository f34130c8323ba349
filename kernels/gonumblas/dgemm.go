package gonumblas

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// Dgemm computes
//
//	C = alpha * op(A) * op(B) + beta * C
//
// as gonum's Dgemm does, by dense.Gemm.
func (impl Implementation) Dgemm(tA, tB blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	x, okA := operand(tA, m, k, a, lda)
	y, okB := operand(tB, k, n, b, ldb)
	z, okC := general(m, n, c, ldc)
	if !okA || !okB || !okC || !faster() {
		impl.Implementation.Dgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	dense.Gemm(tA, tB, alpha, x, y, beta, z)
}

// operand returns the matrix a for which op(a) is m×n, and whether it is one that needs no
// closer look: then gonum panics at it, or has nothing to do.
func operand(t blas.Transpose, m, n int, a []float64, lda int) (blas64.General, bool) {
	switch t {
	case blas.NoTrans:
		return general(m, n, a, lda)
	case blas.Trans, blas.ConjTrans:
		return general(n, m, a, lda)
	}
	return blas64.General{}, false
}

// general returns a as a matrix, and whether it is a valid one that is not empty.
func general(rows, cols int, a []float64, ld int) (blas64.General, bool) {
	ok := rows > 0 && cols > 0 && ld >= cols && len(a) >= cols && (len(a)-cols)/ld >= rows-1
	return blas64.General{Rows: rows, Cols: cols, Stride: ld, Data: a}, ok
}
