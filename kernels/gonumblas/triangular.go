package gonumblas

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/rapidhgn/rapidhgn/kernels/internal/gemm"
)

// leaf is the size of the triangles that are left to gonum. Larger ones are halved; what is
// beside the halves is a product.
const leaf = 8

// Sizes from which on halving is faster than gonum, measured on Zen 4: of the triangle on
// either side, and of the other dimension of B.
const (
	leftFrom   = 17
	rightFrom  = 32
	belowFrom  = 6  // columns of B
	besideFrom = 10 // rows of B
)

// triangle is op(A) of a triangular matrix A.
type triangle struct {
	ul   blas.Uplo
	t    blas.Transpose
	d    blas.Diag
	n    int
	a    []float64
	lda  int
	side blas.Side
}

// lower tells whether op(A) is a lower triangle.
func (t *triangle) lower() bool { return (t.ul == blas.Lower) == (t.t == blas.NoTrans) }

// halves returns the two triangles on the diagonal of op(A), and the strides and elements of
// the rectangle beside them.
func (t *triangle) halves() (first, second triangle, rect []float64, rs, cs int) {
	half := (t.n/2 + leaf - 1) / leaf * leaf
	first, second = *t, *t
	first.n, second.n = half, t.n-half
	second.a = t.a[half*t.lda+half:]
	if t.ul == blas.Lower {
		rect = t.a[half*t.lda:]
	} else {
		rect = t.a[half:]
	}
	rs, cs = t.lda, 1
	if t.t != blas.NoTrans {
		rs, cs = cs, rs
	}
	return first, second, rect, rs, cs
}

// update adds the product of the rectangle of op(A) and one part of B, n rows or columns
// long, times alpha, to beta times the other part.
func (t *triangle) update(rect []float64, rs, cs int, alpha float64, from []float64, inner int, beta float64, to []float64, outer, other, ldb int) {
	g := gemm.Product{
		M: outer, N: other, K: inner, Alpha: alpha, Beta: beta,
		A: rect, ARS: rs, AKS: cs, B: from, BKS: ldb, BCS: 1, C: to, LDC: ldb,
	}
	if t.side == blas.Right {
		g.M, g.N = other, outer
		g.A, g.ARS, g.AKS = from, ldb, 1
		g.B, g.BKS, g.BCS = rect, rs, cs
	}
	g.Run(0)
}

// solve sets B to alpha·op(A)⁻¹·B, or alpha·B·op(A)⁻¹. B has other columns, or rows.
func (t *triangle) solve(alpha float64, b []float64, other, ldb int) {
	if t.n <= leaf {
		m, n := t.n, other
		if t.side == blas.Right {
			m, n = n, m
		}
		gonum.Implementation{}.Dtrsm(t.side, t.ul, t.t, t.d, m, n, alpha, t.a, t.lda, b, ldb)
		return
	}
	first, second, rect, rs, cs := t.halves()
	b1, b2 := b, t.part(b, first.n, ldb)
	if t.lower() == (t.side == blas.Left) {
		first.solve(alpha, b1, other, ldb)
		t.update(rect, rs, cs, -1, b1, first.n, alpha, b2, second.n, other, ldb)
		second.solve(1, b2, other, ldb)
	} else {
		second.solve(alpha, b2, other, ldb)
		t.update(rect, rs, cs, -1, b2, second.n, alpha, b1, first.n, other, ldb)
		first.solve(1, b1, other, ldb)
	}
}

// multiply sets B to alpha·op(A)·B, or alpha·B·op(A). B has other columns, or rows.
func (t *triangle) multiply(alpha float64, b []float64, other, ldb int) {
	if t.n <= leaf {
		m, n := t.n, other
		if t.side == blas.Right {
			m, n = n, m
		}
		gonum.Implementation{}.Dtrmm(t.side, t.ul, t.t, t.d, m, n, alpha, t.a, t.lda, b, ldb)
		return
	}
	first, second, rect, rs, cs := t.halves()
	b1, b2 := b, t.part(b, first.n, ldb)
	if t.lower() == (t.side == blas.Left) {
		second.multiply(alpha, b2, other, ldb)
		t.update(rect, rs, cs, alpha, b1, first.n, 1, b2, second.n, other, ldb)
		first.multiply(alpha, b1, other, ldb)
	} else {
		first.multiply(alpha, b1, other, ldb)
		t.update(rect, rs, cs, alpha, b2, second.n, 1, b1, first.n, other, ldb)
		second.multiply(alpha, b2, other, ldb)
	}
}

// part returns B from row n on, or from column n on if op(A) is on its right.
func (t *triangle) part(b []float64, n, ldb int) []float64 {
	if t.side == blas.Left {
		n *= ldb
	}
	return b[n:]
}

// Dtrsm solves one of
//
//	op(A) * X = alpha * B    X * op(A) = alpha * B
//
// for X, which takes the place of B, as gonum's Dtrsm does.
func (impl Implementation) Dtrsm(s blas.Side, ul blas.Uplo, tA blas.Transpose, d blas.Diag, m, n int, alpha float64, a []float64, lda int, b []float64, ldb int) {
	if !worth(s, m, n) || !faster() {
		impl.Implementation.Dtrsm(s, ul, tA, d, m, n, alpha, a, lda, b, ldb)
		return
	}
	impl.dtrsm(s, ul, tA, d, m, n, alpha, a, lda, b, ldb)
}

// dtrsm is Dtrsm where it is faster than gonum.
func (impl Implementation) dtrsm(s blas.Side, ul blas.Uplo, tA blas.Transpose, d blas.Diag, m, n int, alpha float64, a []float64, lda int, b []float64, ldb int) {
	t, ok := newTriangle(s, ul, tA, d, m, n, alpha, a, lda, b, ldb)
	if !ok {
		impl.Implementation.Dtrsm(s, ul, tA, d, m, n, alpha, a, lda, b, ldb)
		return
	}
	t.solve(alpha, b, m+n-t.n, ldb)
}

// Dtrmm computes one of
//
//	B = alpha * op(A) * B    B = alpha * B * op(A)
//
// as gonum's Dtrmm does.
func (impl Implementation) Dtrmm(s blas.Side, ul blas.Uplo, tA blas.Transpose, d blas.Diag, m, n int, alpha float64, a []float64, lda int, b []float64, ldb int) {
	if !worth(s, m, n) || !faster() {
		impl.Implementation.Dtrmm(s, ul, tA, d, m, n, alpha, a, lda, b, ldb)
		return
	}
	impl.dtrmm(s, ul, tA, d, m, n, alpha, a, lda, b, ldb)
}

// dtrmm is Dtrmm where it is faster than gonum.
func (impl Implementation) dtrmm(s blas.Side, ul blas.Uplo, tA blas.Transpose, d blas.Diag, m, n int, alpha float64, a []float64, lda int, b []float64, ldb int) {
	t, ok := newTriangle(s, ul, tA, d, m, n, alpha, a, lda, b, ldb)
	if !ok {
		impl.Implementation.Dtrmm(s, ul, tA, d, m, n, alpha, a, lda, b, ldb)
		return
	}
	t.multiply(alpha, b, m+n-t.n, ldb)
}

// worth reports whether B is large enough, and the side valid.
func worth(s blas.Side, m, n int) bool {
	return s == blas.Left && m >= leftFrom && n >= belowFrom || s == blas.Right && n >= rightFrom && m >= besideFrom
}

// newTriangle returns op(A), and whether all arguments are valid.
func newTriangle(s blas.Side, ul blas.Uplo, tA blas.Transpose, d blas.Diag, m, n int, alpha float64, a []float64, lda int, b []float64, ldb int) (triangle, bool) {
	size := m
	if s == blas.Right {
		size = n
	}
	ok := validUplo(ul) && validTrans(tA) && validDiag(d) && alpha != 0 &&
		valid(size, size, a, lda) && valid(m, n, b, ldb)
	if ok {
		refuse(extent(size, size, lda, 1, a), extent(m, n, ldb, 1, b))
	}
	return triangle{ul: ul, t: tA, d: d, n: size, a: a, lda: lda, side: s}, ok
}
