package gonumlapack

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// Dorgqr generates the first n columns of the orthogonal matrix of Dgeqrf as gonum's Dorgqr
// does.
func (impl Implementation) Dorgqr(m, n, k int, a []float64, lda int, tau, work []float64, lwork int) {
	ok := holds(m, n, a, lda) && n <= m && k <= n && len(tau) == k && lwork >= n && len(work) >= lwork
	if !ok || !impl.reflects(m, n, k) {
		impl.Implementation.Dorgqr(m, n, k, a, lda, tau, work, lwork)
		return
	}
	q := factored{a: blas64.General{Rows: m, Cols: n, Stride: lda, Data: a}, tau: tau, columns: true}
	q.generate()
	work[0] = float64(n * gonumBlock)
}

// Dorglq generates the first m rows of the orthogonal matrix of Dgelqf as gonum's Dorglq
// does.
func (impl Implementation) Dorglq(m, n, k int, a []float64, lda int, tau, work []float64, lwork int) {
	ok := holds(m, n, a, lda) && m <= n && 0 <= k && k <= m && len(tau) >= k && lwork >= m && len(work) >= lwork
	if !ok || !impl.reflects(m, n, k) {
		impl.Implementation.Dorglq(m, n, k, a, lda, tau, work, lwork)
		return
	}
	q := factored{a: blas64.General{Rows: m, Cols: n, Stride: lda, Data: a}, tau: tau[:k]}
	q.generate()
	work[0] = float64(m * gonumBlock)
}

// generate replaces a by as many columns of H₀ H₁ … as it has, or by as many rows of the
// transpose.
func (q factored) generate() {
	m, n, k := q.a.Rows, q.a.Cols, len(q.tau)
	if q.columns {
		identity(part(q.a, 0, k, m, n), k)
	} else {
		identity(part(q.a, k, 0, m, n), -k)
	}
	for lo := range q.blocks(false, blockSize) {
		hi := min(lo+blockSize, k)
		b := q.block(lo, hi)
		b.form()
		if q.columns {
			identity(part(q.a, 0, lo, m, hi), lo)
			clearRows(part(q.a, lo, hi, hi, n))
			b.applyLeft(blas.NoTrans, part(q.a, lo, lo, m, n))
		} else {
			identity(part(q.a, lo, 0, hi, n), -lo)
			clearRows(part(q.a, hi, lo, m, hi))
			b.applyRight(blas.Trans, part(q.a, lo, lo, m, n))
		}
		b.release()
	}
}

// identity sets a to a block of an identity matrix: element i,j is 1 if i is j+below.
func identity(a blas64.General, below int) {
	clearRows(a)
	for j := range a.Cols {
		if i := j + below; i >= 0 && i < a.Rows {
			a.Data[i*a.Stride+j] = 1
		}
	}
}

func clearRows(a blas64.General) {
	for i := range a.Rows {
		if a.Cols > 0 {
			clear(a.Data[i*a.Stride:][:a.Cols])
		}
	}
}
