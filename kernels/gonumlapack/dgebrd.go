package gonumlapack

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// Dgebrd reduces an m×n matrix A to bidiagonal form as gonum's Dgebrd does.
func (impl Implementation) Dgebrd(m, n int, a []float64, lda int, d, e, tauQ, tauP, work []float64, lwork int) {
	k := min(m, n)
	ok := k > 0 && holds(m, n, a, lda) && len(d) >= k && len(e) >= k-1 && len(tauQ) >= k && len(tauP) >= k &&
		lwork >= max(m, n) && len(work) >= lwork
	if !ok || !impl.ours(leastReduced, m, n, k) {
		impl.Implementation.Dgebrd(m, n, a, lda, d, e, tauQ, tauP, work, lwork)
		return
	}
	bidiagonalize(blas64.General{Rows: m, Cols: n, Stride: lda, Data: a}, d[:k], e[:k-1], tauQ[:k], tauP[:k])
	work[0] = float64((m + n) * gonumBlock)
}

// brdBlock is the number of columns and rows that are reduced before the rest of the matrix
// is updated.
const brdBlock = 32

// bidiagonalize leaves in a, and beside it, what Dgebrd does.
func bidiagonalize(a blas64.General, d, e, tauQ, tauP []float64) {
	if a.Rows >= a.Cols {
		reduce(a, d, e, tauQ, tauP)
		return
	}
	t, mem := newRows(a.Cols, a.Rows)
	defer mem.release()
	transpose(t, a)
	reduce(t, d, e, tauP, tauQ)
	transpose(a, t)
}

// reduce is bidiagonalize for a with no more columns than rows.
func reduce(a blas64.General, d, e, tauQ, tauP []float64) {
	m, n := a.Rows, a.Cols
	left, mem := newRows(2*brdBlock, m)
	defer mem.release()
	right, more := newRows(2*brdBlock, n)
	defer more.release()
	for i := 0; i < n; i += brdBlock {
		nb := min(brdBlock, n-i)
		p := bidiagonalPanel{a: part(a, i, i, m, n), left: part(left, 0, i, 2*nb, m), right: part(right, 0, i, 2*nb, n)}
		p.reduce(nb, d[i:], e[min(i, len(e)):], tauQ[i:], tauP[i:])
		if i+nb < n {
			dense.Gemm(blas.Trans, blas.NoTrans, -1,
				part(p.left, 0, nb, 2*nb, m-i), part(p.right, 0, nb, 2*nb, n-i), 1, part(a, i+nb, i+nb, m, n))
		}
	}
}

// bidiagonalPanel is what is left of a matrix when its first columns and rows are reduced. Of
// those that have been, rest = a − leftᵀ right, where row 2k of left is the reflector of
// column k and row 2k+1 of right that of row k.
type bidiagonalPanel struct {
	a, left, right blas64.General
}

func (p *bidiagonalPanel) reduce(nb int, d, e, tauQ, tauP []float64) {
	m, n := p.a.Rows, p.a.Cols
	for i := range nb {
		v, y := row(p.left, 2*i), row(p.right, 2*i)
		x, u := row(p.left, 2*i+1), row(p.right, 2*i+1)

		for r := i; r < m; r++ {
			v[r] = p.a.Data[r*p.a.Stride+i]
		}
		for k := range 2 * i {
			dense.Axpy(-p.right.Data[k*p.right.Stride+i], row(p.left, k)[i:], v[i:])
		}
		d[i], tauQ[i] = reflector(v[i:])
		v[i] = 1
		p.a.Data[i*p.a.Stride+i] = d[i]
		for r := i + 1; r < m; r++ {
			p.a.Data[r*p.a.Stride+i] = v[r]
		}
		if i+1 == n {
			tauP[i] = 0
			clear(x)
			clear(u)
			clear(y)
			return
		}

		// y = tau (rest of a)ᵀ v.
		clear(y)
		for r := i; r < m; r++ {
			dense.Axpy(v[r], p.a.Data[r*p.a.Stride:][i+1:n], y[i+1:])
		}
		for k := range 2 * i {
			dense.Axpy(-dense.Dot(row(p.left, k)[i:], v[i:]), row(p.right, k)[i+1:], y[i+1:])
		}
		for c := i + 1; c < n; c++ {
			y[c] *= tauQ[i]
		}

		copy(u[i+1:], p.a.Data[i*p.a.Stride:][i+1:n])
		for k := range 2*i + 1 {
			dense.Axpy(-p.left.Data[k*p.left.Stride+i], row(p.right, k)[i+1:], u[i+1:])
		}
		e[i], tauP[i] = reflector(u[i+1:])
		u[i+1] = 1
		copy(p.a.Data[i*p.a.Stride:][i+1:n], u[i+1:])
		p.a.Data[i*p.a.Stride+i+1] = e[i]

		// x = tau (rest of a) u.
		clear(x)
		for r := i + 1; r < m; r++ {
			x[r] = dense.Dot(p.a.Data[r*p.a.Stride:][i+1:n], u[i+1:])
		}
		for k := range 2*i + 1 {
			dense.Axpy(-dense.Dot(row(p.right, k)[i+1:], u[i+1:]), row(p.left, k)[i+1:], x[i+1:])
		}
		for r := i + 1; r < m; r++ {
			x[r] *= tauP[i]
		}
	}
}
