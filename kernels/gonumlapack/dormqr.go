package gonumlapack

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// Dormqr multiplies C by the orthogonal matrix of Dgeqrf as gonum's Dormqr does.
func (impl Implementation) Dormqr(side blas.Side, trans blas.Transpose, m, n, k int, a []float64, lda int, tau, c []float64, ldc int, work []float64, lwork int) {
	nq, nw := sizes(side, m, n)
	ok := holds(nq, k, a, lda) && len(tau) == k && products(side, trans, m, n, k, c, ldc, work, lwork)
	if !ok || !impl.reflects(m, n, k) {
		impl.Implementation.Dormqr(side, trans, m, n, k, a, lda, tau, c, ldc, work, lwork)
		return
	}
	q := factored{a: blas64.General{Rows: nq, Cols: k, Stride: lda, Data: a}, tau: tau, columns: true}
	q.multiply(side, trans, blas64.General{Rows: m, Cols: n, Stride: ldc, Data: c})
	work[0] = float64(nw*gonumBlock + gonumT)
}

// Dormlq multiplies C by the orthogonal matrix of Dgelqf as gonum's Dormlq does.
func (impl Implementation) Dormlq(side blas.Side, trans blas.Transpose, m, n, k int, a []float64, lda int, tau, c []float64, ldc int, work []float64, lwork int) {
	nq, nw := sizes(side, m, n)
	ok := holds(k, nq, a, lda) && len(tau) >= k && products(side, trans, m, n, k, c, ldc, work, lwork)
	if !ok || !impl.reflects(m, n, k) {
		impl.Implementation.Dormlq(side, trans, m, n, k, a, lda, tau, c, ldc, work, lwork)
		return
	}
	q := factored{a: blas64.General{Rows: k, Cols: nq, Stride: lda, Data: a}, tau: tau[:k]}
	if trans == blas.NoTrans { // the factors of Q are those of Dgeqrf in the opposite order
		trans = blas.Trans
	} else {
		trans = blas.NoTrans
	}
	q.multiply(side, trans, blas64.General{Rows: m, Cols: n, Stride: ldc, Data: c})
	work[0] = float64(nw*gonumBlock + gonumT)
}

const (
	ormFew = 4       // vectors up to which reflectors are applied one by one
	gonumT = 64 * 64 // elements of T in the work of gonum's routines
)

// sizes returns the order of Q and the other size of C.
func sizes(side blas.Side, m, n int) (nq, nw int) {
	if side == blas.Left {
		return m, n
	}
	return n, m
}

// products reports whether the arguments that Dormqr and Dormlq share are valid and C is not
// empty.
func products(side blas.Side, trans blas.Transpose, m, n, k int, c []float64, ldc int, work []float64, lwork int) bool {
	nq, nw := sizes(side, m, n)
	return (side == blas.Left || side == blas.Right) && (trans == blas.NoTrans || trans == blas.Trans) &&
		m > 0 && n > 0 && k <= nq && holds(m, n, c, ldc) && lwork >= nw && len(work) >= lwork
}

// factored is a product of elementary reflectors H₀ H₁ … as a factorization has left it:
// vᵢ in column i of a below the diagonal, or in row i behind it.
type factored struct {
	a       blas64.General
	tau     []float64
	columns bool
}

// block returns reflectors lo … hi−1, without t.
func (q factored) block(lo, hi int) *reflectors {
	var b *reflectors
	if q.columns {
		x := part(q.a, lo, lo, q.a.Rows, hi)
		b = newReflectors(hi-lo, x.Rows, q.tau[lo:hi])
		transpose(b.v, x)
	} else {
		x := part(q.a, lo, lo, hi, q.a.Cols)
		b = newReflectors(hi-lo, x.Cols, q.tau[lo:hi])
		copyRows(b.v, x)
	}
	unit(b.v)
	return b
}

// multiply replaces c by H₀ H₁ … c or by its transpose times c, or the same from the right.
func (q factored) multiply(side blas.Side, trans blas.Transpose, c blas64.General) {
	forward := side == blas.Left == (trans == blas.Trans)
	if side == blas.Left && c.Cols <= ormFew {
		x, mem := newScratch(c.Rows * c.Cols)
		defer mem.release()
		t := blas64.General{Rows: c.Cols, Cols: c.Rows, Stride: c.Rows, Data: x}
		transpose(t, c)
		q.reflect(forward, t)
		transpose(c, t)
		return
	}
	if side == blas.Right && c.Rows <= ormFew {
		q.reflect(forward, c)
		return
	}
	for lo := range q.blocks(forward, blockSize) {
		b := q.block(lo, min(lo+blockSize, len(q.tau)))
		b.form()
		if side == blas.Left {
			b.applyLeft(trans, part(c, lo, 0, c.Rows, c.Cols))
		} else {
			b.applyRight(trans, part(c, 0, lo, c.Rows, c.Cols))
		}
		b.release()
	}
}

// reflect applies the reflectors one by one, in ascending order or not, to the rows of c.
func (q factored) reflect(forward bool, c blas64.General) {
	for lo := range q.blocks(forward, leafSize) {
		b := q.block(lo, min(lo+leafSize, len(q.tau)))
		for p := range b.tau {
			i := p
			if !forward {
				i = len(b.tau) - 1 - p
			}
			v := b.v.Data[i*b.v.Stride:][i:b.v.Cols]
			if b.tau[i] == 0 {
				continue
			}
			for r := range c.Rows {
				x := c.Data[r*c.Stride:][lo+i : c.Cols]
				dense.Axpy(-b.tau[i]*dense.Dot(v, x), v, x)
			}
		}
		b.release()
	}
}

// blocks yields the first of each block of size reflectors, in ascending order or not.
func (q factored) blocks(forward bool, size int) func(yield func(int) bool) {
	n := (len(q.tau) + size - 1) / size
	return func(yield func(int) bool) {
		for i := range n {
			if !forward {
				i = n - 1 - i
			}
			if !yield(i * size) {
				return
			}
		}
	}
}
