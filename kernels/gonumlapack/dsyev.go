package gonumlapack

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// Dsyev computes the eigenvalues and eigenvectors of a symmetric matrix as gonum's Dsyev
// does. Eigenvalues alone are left to gonum.
func (impl Implementation) Dsyev(jobz lapack.EVJob, uplo blas.Uplo, n int, a []float64, lda int, w, work []float64, lwork int) (ok bool) {
	valid := jobz == lapack.EVCompute && (uplo == blas.Upper || uplo == blas.Lower) && n > 1 &&
		holds(n, n, a, lda) && len(w) >= n && lwork >= 3*n-1 && len(work) >= lwork
	if !valid || !impl.ours(leastEigen, n, n, n) {
		return impl.Implementation.Dsyev(jobz, uplo, n, a, lda, w, work, lwork)
	}
	vectors := blas64.General{Rows: n, Cols: n, Stride: lda, Data: a}
	x, mem := newRows(n, n)
	defer mem.release()
	if uplo == blas.Upper {
		copyRows(x, vectors)
	} else {
		transpose(x, vectors)
	}
	largest := 0.0
	for i := range n {
		largest = math.Max(largest, largestIn(row(x, i)[i:]))
	}
	if !moderate(largest) {
		return impl.Implementation.Dsyev(jobz, uplo, n, a, lda, w, work, lwork)
	}
	transposeUpper(x, x)
	e, tau := work[:n-1], work[n:2*n-1]
	tridiagonalize(x, w[:n], e, tau)
	factored{a: part(x, 0, 1, n-1, n), tau: tau}.generate()
	for i := n - 1; i > 0; i-- { // the rows of Qᵀ: the first is that of an identity
		copy(row(x, i)[1:], row(x, i-1)[1:])
	}
	identity(part(x, 0, 0, 1, n), 0)
	identity(part(x, 1, 0, n, 1), -1)
	t := tridiagonal{d: w[:n], e: e, rows: &rotations{rows: x}}
	if ok = t.diagonalize(); ok {
		t.order()
	}
	transpose(vectors, x)
	impl.Implementation.Dsyev(jobz, uplo, n, a, lda, w, work, -1)
	return ok
}

// trdBlock is the number of rows that are reduced before the rest of a matrix is updated.
const trdBlock = 32

// tridiagonalize reduces the symmetric matrix a, of which both triangles are given, to the
// tridiagonal matrix Qᵀ a Q with diagonal d and off-diagonal e, where Q is H₀ H₁ …. It leaves
// the vector of Hᵢ in row i of a, from element i+1 on.
func tridiagonalize(a blas64.General, d, e, tau []float64) {
	n := a.Rows
	left, mem := newRows(2*trdBlock, n)
	defer mem.release()
	right, more := newRows(2*trdBlock, n)
	defer more.release()
	for i := 0; i < n-1; i += trdBlock {
		nb := min(trdBlock, n-1-i)
		p := tridiagonalPanel{a: part(a, i, i, n, n), left: part(left, 0, i, 2*nb, n), right: part(right, 0, i, 2*nb, n)}
		for k := range nb {
			d[i+k], e[i+k], tau[i+k] = p.reduce(k)
		}
		dense.Gemm(blas.Trans, blas.NoTrans, -1,
			part(p.left, 0, nb, 2*nb, n-i), part(p.right, 0, nb, 2*nb, n-i), 1, part(a, i+nb, i+nb, n, n))
	}
	d[n-1] = a.Data[(n-1)*a.Stride+n-1]
}

// tridiagonalPanel is what is left of a matrix when its first rows are reduced. Of those that
// have been, rest = a − leftᵀ right = a − Σ (v wᵀ + w vᵀ): rows 2k and 2k+1 of left are v and w
// of row k, those of right w and v.
type tridiagonalPanel struct {
	a, left, right blas64.General
}

// reduce reduces row k and returns its diagonal and off-diagonal elements, and tau.
func (p *tridiagonalPanel) reduce(k int) (d, e, tau float64) {
	x := row(p.a, k)[k:]
	for j := range 2 * k {
		dense.Axpy(-p.left.Data[j*p.left.Stride+k], row(p.right, j)[k:], x)
	}
	d = x[0]
	v := x[1:]
	e, tau = reflector(v)
	v[0] = 1

	// w = y − (tau/2)(yᵀv) v, y = tau·rest·v.
	w := row(p.left, 2*k+1)[k+1:]
	for r := range w {
		w[r] = dense.Dot(row(p.a, k+1+r)[k+1:], v)
	}
	for j := range 2 * k {
		dense.Axpy(-dense.Dot(row(p.right, j)[k+1:], v), row(p.left, j)[k+1:], w)
	}
	for r := range w {
		w[r] *= tau
	}
	dense.Axpy(-tau/2*dense.Dot(w, v), v, w)
	copy(row(p.left, 2*k)[k+1:], v)
	copy(row(p.right, 2*k)[k+1:], w)
	copy(row(p.right, 2*k+1)[k+1:], v)
	return d, e, tau
}
