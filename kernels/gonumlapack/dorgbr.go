package gonumlapack

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
)

// Dorgbr generates one of the orthogonal matrices of Dgebrd as gonum's Dorgbr does.
func (impl Implementation) Dorgbr(vect lapack.GenOrtho, m, n, k int, a []float64, lda int, tau, work []float64, lwork int) {
	q := vect == lapack.GenerateQ
	shape := q && m >= n && n >= min(m, k) || vect == lapack.GeneratePT && m <= n && m >= min(n, k)
	used := min(n, k) // reflectors that tau is to hold
	if q {
		used = min(m, k)
	}
	ok := shape && k >= 0 && holds(m, n, a, lda) && len(tau) >= used && lwork >= min(m, n) && len(work) >= lwork
	if !ok || !impl.reflects(m, n, used) {
		impl.Implementation.Dorgbr(vect, m, n, k, a, lda, tau, work, lwork)
		return
	}
	x := blas64.General{Rows: m, Cols: n, Stride: lda, Data: a}
	switch {
	case q && m >= k || !q && k < n:
		factored{a: x, tau: tau[:k], columns: q}.generate()
	case q:
		shiftColumns(x)
		factored{a: afterFirst(x), tau: tau[:m-1], columns: true}.generate()
	default:
		for i := n - 1; i > 0; i-- {
			copy(row(x, i)[i:], row(x, i-1)[i:])
		}
		factored{a: afterFirst(x), tau: tau[:n-1]}.generate()
	}
	impl.Implementation.Dorgbr(vect, m, n, k, a, lda, tau, work, -1)
}

// shiftColumns moves reflectors that begin below the second diagonal by one column, to where
// they begin below the first.
func shiftColumns(a blas64.General) {
	for i := 1; i < a.Rows; i++ {
		copy(row(a, i)[1:i+1], row(a, i)[:i])
	}
}

// Dorghr generates the orthogonal matrix of Dgehrd as gonum's Dorghr does.
func (impl Implementation) Dorghr(n, ilo, ihi int, a []float64, lda int, tau, work []float64, lwork int) {
	nh := ihi - ilo
	ok := 0 <= ilo && ilo < n && ihi >= min(ilo, n-1) && ihi < n && holds(n, n, a, lda) && len(tau) >= n-1 &&
		lwork >= max(1, nh) && len(work) >= lwork
	if !ok || !impl.reflects(nh, nh, nh) {
		impl.Implementation.Dorghr(n, ilo, ihi, a, lda, tau, work, lwork)
		return
	}
	impl.generateShifted(n, ilo, nh, a, lda, tau)
	work[0] = float64(nh * gonumBlock)
}

// Dorgtr generates the orthogonal matrix of Dsytrd as gonum's Dorgtr does. That of an upper
// triangle is gonum's, as Dorgql is.
func (impl Implementation) Dorgtr(uplo blas.Uplo, n int, a []float64, lda int, tau, work []float64, lwork int) {
	ok := uplo == blas.Lower && n > 0 && holds(n, n, a, lda) && len(tau) >= n-1 && lwork >= max(1, n-1) && len(work) >= lwork
	if !ok || !impl.reflects(n, n, n) {
		impl.Implementation.Dorgtr(uplo, n, a, lda, tau, work, lwork)
		return
	}
	impl.generateShifted(n, 0, n-1, a, lda, tau)
	work[0] = float64(max(1, n-1) * gonumBlock)
}

// generateShifted replaces an n×n matrix by the product of nh reflectors, of which number i
// begins in column first+i below the second diagonal.
func (impl Implementation) generateShifted(n, first, nh int, a []float64, lda int, tau []float64) {
	x := blas64.General{Rows: n, Cols: n, Stride: lda, Data: a}
	block := part(x, first, first, first+nh+1, first+nh+1)
	shiftColumns(block)
	rest := afterFirst(block)
	identity(part(x, 0, 0, first, n), 0)
	for _, side := range []blas64.General{
		part(x, first, 0, first+nh+1, first), part(x, first, first+nh+1, first+nh+1, n), part(x, first+nh+1, 0, n, first+nh+1),
	} {
		clearRows(side)
	}
	identity(part(x, first+nh+1, first+nh+1, n, n), 0)
	factored{a: rest, tau: tau[first : first+nh], columns: true}.generate()
}
