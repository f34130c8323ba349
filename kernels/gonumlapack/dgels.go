package gonumlapack

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
)

// Dgels solves systems of linear equations with an m×n matrix A of full rank, in the sense of
// least squares or of the least norm, as gonum's Dgels does. Unlike that it undoes the scaling
// of A where elements are so large that A has to be scaled.
func (impl Implementation) Dgels(trans blas.Transpose, m, n, nrhs int, a []float64, lda int, b []float64, ldb int, work []float64, lwork int) bool {
	k := min(m, n)
	valid := (trans == blas.NoTrans || trans == blas.Trans || trans == blas.ConjTrans) && k > 0 && nrhs > 0 &&
		holds(m, n, a, lda) && holds(max(m, n), nrhs, b, ldb) && lwork >= k+max(k, nrhs) && len(work) >= lwork
	if !valid || !impl.reflects(m, n, k) {
		return impl.Implementation.Dgels(trans, m, n, nrhs, a, lda, b, ldb, work, lwork)
	}
	rows, cols := m, n // of op(A)
	if trans != blas.NoTrans {
		trans = blas.Trans
		rows, cols = n, m
	}
	const small = leastNormal / (2 * unitRoundoff)
	q := factored{a: blas64.General{Rows: m, Cols: n, Stride: lda, Data: a}, tau: work[:k], columns: m >= n}
	x := blas64.General{Rows: max(m, n), Cols: nrhs, Stride: ldb, Data: b}
	normA, normB := largestElement(q.a), largestElement(part(x, 0, 0, rows, nrhs))
	if normA == 0 {
		clearRows(x)
		work[0] = float64(k + max(k, nrhs)*gonumBlock)
		return true
	}
	scaleA, scaleB := scaleElements(q.a, normA, small), scaleElements(part(x, 0, 0, rows, nrhs), normB, small)

	ul := blas.Upper
	if q.columns {
		qr(q.a, q.tau)
	} else {
		lq(q.a, q.tau)
		ul = blas.Lower
	}
	// op(A) is H₀ H₁ … times a triangle, or a triangle times (H₀ H₁ …)ᵀ.
	triangleLast := q.columns == (trans == blas.NoTrans)
	if triangleLast {
		q.multiply(blas.Left, blas.Trans, x)
	}
	if !impl.Dtrtrs(ul, trans, blas.NonUnit, k, nrhs, a, lda, b, ldb) {
		return false
	}
	if !triangleLast {
		clearRows(part(x, k, 0, x.Rows, nrhs))
		q.multiply(blas.Left, blas.NoTrans, x)
	}
	if scaleA != 0 {
		impl.Dlascl(lapack.General, 0, 0, normA, scaleA, cols, nrhs, b, ldb)
	}
	if scaleB != 0 {
		impl.Dlascl(lapack.General, 0, 0, scaleB, normB, cols, nrhs, b, ldb)
	}
	work[0] = float64(k + max(k, nrhs)*gonumBlock)
	return true
}
