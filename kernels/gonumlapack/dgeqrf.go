package gonumlapack

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// Dgeqrf computes the QR factorization of the m×n matrix A as gonum's Dgeqrf does, by
// blocks that are factored recursively.
func (impl Implementation) Dgeqrf(m, n int, a []float64, lda int, tau, work []float64, lwork int) {
	k := min(m, n)
	ok := holds(m, n, a, lda) && len(tau) == k && lwork >= n && len(work) >= lwork
	if !ok || !impl.reflects(m, n, k) {
		impl.Implementation.Dgeqrf(m, n, a, lda, tau, work, lwork)
		return
	}
	qr(blas64.General{Rows: m, Cols: n, Stride: lda, Data: a}, tau)
	work[0] = float64(n * gonumBlock)
}

// Dgelqf computes the LQ factorization of the m×n matrix A as gonum's Dgelqf does, by
// blocks that are factored recursively.
func (impl Implementation) Dgelqf(m, n int, a []float64, lda int, tau, work []float64, lwork int) {
	k := min(m, n)
	ok := holds(m, n, a, lda) && len(tau) >= k && lwork >= m && len(work) >= lwork
	if !ok || !impl.reflects(m, n, k) {
		impl.Implementation.Dgelqf(m, n, a, lda, tau, work, lwork)
		return
	}
	lq(blas64.General{Rows: m, Cols: n, Stride: lda, Data: a}, tau[:k])
	work[0] = float64(m * gonumBlock)
}

// gonumBlock is the block size of gonum's routines, which the size of their work speaks of.
const gonumBlock = 32

// qr factors a.
func qr(a blas64.General, tau []float64) {
	size := panelSize(a.Rows)
	l, mem := newScratch(size * size)
	defer mem.release()
	for i := 0; i < len(tau); i += size {
		end := min(i+size, len(tau))
		panel := part(a, i, i, a.Rows, end)
		b := newReflectors(end-i, panel.Rows, tau[i:end])
		transpose(b.v, panel)
		b.factor(l, size, end < a.Cols)
		transpose(panel, b.v)
		for j := range b.v.Rows {
			for c := j; c < b.v.Rows; c++ {
				panel.Data[j*panel.Stride+c] = l[c*size+j]
			}
		}
		b.applyLeft(blas.Trans, part(a, i, end, a.Rows, a.Cols))
		b.release()
	}
}

// lq factors a.
func lq(a blas64.General, tau []float64) {
	size := panelSize(a.Cols)
	l, mem := newScratch(size * size)
	defer mem.release()
	for i := 0; i < len(tau); i += size {
		end := min(i+size, len(tau))
		panel := part(a, i, i, end, a.Cols)
		b := newReflectors(end-i, panel.Cols, tau[i:end])
		copyRows(b.v, panel)
		b.factor(l, size, end < a.Rows)
		copyRows(panel, b.v)
		for j := range b.v.Rows {
			copy(panel.Data[j*panel.Stride:], l[j*size:][:j+1])
		}
		b.applyRight(blas.NoTrans, part(a, end, i, a.Rows, a.Cols))
		b.release()
	}
}
