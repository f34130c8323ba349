package gonumblas

import (
	"math"

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
// closer look: else gonum panics at it, or has nothing to do.
func operand(t blas.Transpose, m, n int, a []float64, lda int) (blas64.General, bool) {
	if t == blas.Trans || t == blas.ConjTrans {
		m, n = n, m
	} else if t != blas.NoTrans {
		return blas64.General{}, false
	}
	return general(m, n, a, lda)
}

// general returns a as a matrix, and whether it is a valid one that is not empty.
func general(rows, cols int, a []float64, ld int) (blas64.General, bool) {
	ok := 0 < rows && rows <= math.MaxInt32 && 0 < cols && cols <= ld && ld <= math.MaxInt32 &&
		int64(rows-1)*int64(ld)+int64(cols) <= int64(len(a))
	return blas64.General{Rows: rows, Cols: cols, Stride: ld, Data: a}, ok
}
