package gonumlapack

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
)

// Dormbr multiplies C by one of the orthogonal matrices of Dgebrd as gonum's Dormbr does.
func (impl Implementation) Dormbr(vect lapack.ApplyOrtho, side blas.Side, trans blas.Transpose, m, n, k int, a []float64, lda int, tau, c []float64, ldc int, work []float64, lwork int) {
	nq, nw := sizes(side, m, n)
	used := min(nq, k)
	q := factored{a: blas64.General{Rows: nq, Cols: used, Stride: lda, Data: a}, columns: vect == lapack.ApplyQ}
	if !q.columns {
		q.a.Rows, q.a.Cols = used, nq
	}
	ok := (q.columns || vect == lapack.ApplyP) && k >= 0 && holds(q.a.Rows, q.a.Cols, a, lda) && len(tau) >= used &&
		products(side, trans, m, n, used, c, ldc, work, lwork)
	if !ok || !impl.reflects(m, n, used) {
		impl.Implementation.Dormbr(vect, side, trans, m, n, k, a, lda, tau, c, ldc, work, lwork)
		return
	}
	x := blas64.General{Rows: m, Cols: n, Stride: ldc, Data: c}
	// P is H₀ H₁ … as Q is, and not the transpose that Dormlq takes.
	q.tau = tau[:used]
	if shifted := q.columns && nq < k || !q.columns && nq <= k; shifted {
		q.tau = tau[:nq-1]
		if q.columns {
			q.a = part(q.a, 1, 0, nq, nq-1)
		} else {
			q.a = part(q.a, 0, 1, nq-1, nq)
		}
		if side == blas.Left {
			x = part(x, 1, 0, m, n)
		} else {
			x = part(x, 0, 1, m, n)
		}
	}
	if len(q.tau) > 0 {
		q.multiply(side, trans, x)
	}
	work[0] = float64(nw * gonumBlock)
}

// Dormhr multiplies C by the orthogonal matrix of Dgehrd as gonum's Dormhr does.
func (impl Implementation) Dormhr(side blas.Side, trans blas.Transpose, m, n, ilo, ihi int, a []float64, lda int, tau, c []float64, ldc int, work []float64, lwork int) {
	nq, nw := sizes(side, m, n)
	nh := ihi - ilo
	ok := 0 <= ilo && ilo < ihi && ihi < nq && holds(nq, nq, a, lda) && len(tau) == nq-1 &&
		products(side, trans, m, n, nh, c, ldc, work, lwork)
	if !ok || !impl.reflects(m, n, nh) {
		impl.Implementation.Dormhr(side, trans, m, n, ilo, ihi, a, lda, tau, c, ldc, work, lwork)
		return
	}
	x := blas64.General{Rows: nq, Cols: nq, Stride: lda, Data: a}
	q := factored{a: part(x, ilo+1, ilo, ihi+1, ihi), tau: tau[ilo:ihi], columns: true}
	x = blas64.General{Rows: m, Cols: n, Stride: ldc, Data: c}
	if side == blas.Left {
		x = part(x, ilo+1, 0, ihi+1, n)
	} else {
		x = part(x, 0, ilo+1, m, ihi+1)
	}
	q.multiply(side, trans, x)
	work[0] = float64(nw * gonumBlock)
}
