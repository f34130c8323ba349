package gonumblas

import (
	"gonum.org/v1/gonum/blas"

	"github.com/rapidhgn/rapidhgn/internal/simd"
	"github.com/rapidhgn/rapidhgn/kernels/internal/gemm"
)

// Sizes from which on the engine is faster than gonum, measured on Zen 4.
const (
	gemmTransFrom = 256 // multiply-adds if B is transposed, and has to be packed
	rankKFrom     = 12
	rankKDepth    = 4
	symmetricFrom = 6 // rows of B beside a symmetric matrix
)

// Dgemm computes
//
//	C = alpha * op(A) * op(B) + beta * C
//
// as gonum's Dgemm does.
func (impl Implementation) Dgemm(tA, tB blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	if !faster() {
		impl.Implementation.Dgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	direct := alpha == 1 && tiny(m) && tiny(n) && tiny(k) && simd.Active() != simd.Generic
	if direct && tA == blas.NoTrans && tB == blas.NoTrans &&
		tinyFits(m, k, len(a), lda) && tinyFits(k, n, len(b), ldb) && tinyFits(m, n, len(c), ldc) &&
		apart(&a[0], (m-1)*lda+k, &c[0], (m-1)*ldc+n) && apart(&b[0], (k-1)*ldb+n, &c[0], (m-1)*ldc+n) &&
		gemm.Small(m, n, k, &a[0], lda, 1, &b[0], ldb, &c[0], ldc, beta) {
		return
	}
	if direct && smallTrans(tA, tB, m, n, k, a, lda, b, ldb, beta, c, ldc) {
		return
	}
	impl.dgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
}

// smallTrans computes a small product with a transposed operand, if that is in order and B
// small enough to be transposed on the stack, and reports whether it did.
func smallTrans(tA, tB blas.Transpose, m, n, k int, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) bool {
	if !validTrans(tA) || !validTrans(tB) || !tinyFits(m, n, len(c), ldc) {
		return false
	}
	rows, cols, ars, aks := m, k, lda, 1
	if tA != blas.NoTrans {
		rows, cols, ars, aks = k, m, 1, lda
	}
	if !tinyFits(rows, cols, len(a), lda) || !apart(&a[0], (rows-1)*lda+cols, &c[0], (m-1)*ldc+n) {
		return false
	}
	if tB == blas.NoTrans {
		return tinyFits(k, n, len(b), ldb) && apart(&b[0], (k-1)*ldb+n, &c[0], (m-1)*ldc+n) &&
			gemm.Small(m, n, k, &a[0], ars, aks, &b[0], ldb, &c[0], ldc, beta)
	}
	var t [64]float64
	if n*k > len(t) || !tinyFits(n, k, len(b), ldb) || !apart(&b[0], (n-1)*ldb+k, &c[0], (m-1)*ldc+n) {
		return false
	}
	for j := range n {
		for p, v := range b[j*ldb:][:k] {
			t[p*n+j] = v
		}
	}
	return gemm.Small(m, n, k, &a[0], ars, aks, &t[0], n, &c[0], ldc, beta)
}

// dgemm is Dgemm where package dense is faster than gonum.
func (impl Implementation) dgemm(tA, tB blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	if !validTrans(tA) || !validTrans(tB) || !validOp(tA, m, k, a, lda) || !validOp(tB, k, n, b, ldb) ||
		!valid(m, n, c, ldc) || m == 1 && n == 1 && k == 1 {
		impl.Implementation.Dgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	if tB != blas.NoTrans {
		if m == 1 { // rows of B times the only row of op(A)
			inc := 1
			if tA != blas.NoTrans {
				inc = lda
			}
			impl.Dgemv(blas.NoTrans, n, k, alpha, b, ldb, a, inc, beta, c, 1)
			return
		}
		if m*n < gemmTransFrom/k {
			impl.Implementation.Dgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
			return
		}
	}
	ars, aks := lda, 1
	if tA != blas.NoTrans {
		ars, aks = aks, ars
	}
	bks, bcs := ldb, 1
	if tB != blas.NoTrans {
		bks, bcs = bcs, bks
	}
	refuse(extent(m, k, ars, aks, a), extent(m, n, ldc, 1, c))
	refuse(extent(k, n, bks, bcs, b), extent(m, n, ldc, 1, c))
	g := gemm.Product{
		M: m, N: n, K: k, Alpha: alpha, Beta: beta,
		A: a, ARS: ars, AKS: aks, B: b, BKS: bks, BCS: bcs, C: c, LDC: ldc,
	}
	g.Run(0)
}

// rankK returns the product op(A)·op(B)ᵀ of the BLAS's routines for symmetric updates.
func rankK(t blas.Transpose, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) gemm.Product {
	g := gemm.Product{
		M: n, N: n, K: k, Alpha: alpha, Beta: beta,
		A: a, ARS: lda, AKS: 1, B: b, BKS: 1, BCS: ldb, C: c, LDC: ldc,
	}
	if t != blas.NoTrans {
		g.ARS, g.AKS, g.BKS, g.BCS = g.AKS, g.ARS, g.BCS, g.BKS
	}
	return g
}

// Dsyrk computes one triangle of
//
//	C = alpha * A * Aᵀ + beta * C    C = alpha * Aᵀ * A + beta * C
//
// as gonum's Dsyrk does.
func (impl Implementation) Dsyrk(ul blas.Uplo, t blas.Transpose, n, k int, alpha float64, a []float64, lda int, beta float64, c []float64, ldc int) {
	if n < rankKFrom || k < rankKDepth || !validUplo(ul) || !validTrans(t) || !validOp(t, n, k, a, lda) ||
		!valid(n, n, c, ldc) || !faster() {
		impl.Implementation.Dsyrk(ul, t, n, k, alpha, a, lda, beta, c, ldc)
		return
	}
	g := rankK(t, n, k, alpha, a, lda, a, lda, beta, c, ldc)
	refuse(extent(n, k, g.ARS, g.AKS, a), extent(n, n, ldc, 1, c))
	g.RunTriangle(ul == blas.Upper, true, 0)
}

// Dsyr2k computes one triangle of
//
//	C = alpha * (A * Bᵀ + B * Aᵀ) + beta * C    C = alpha * (Aᵀ * B + Bᵀ * A) + beta * C
//
// as gonum's Dsyr2k does.
func (impl Implementation) Dsyr2k(ul blas.Uplo, t blas.Transpose, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	if n < rankKFrom || k < rankKDepth || !validUplo(ul) || !validTrans(t) || !validOp(t, n, k, a, lda) || !validOp(t, n, k, b, ldb) ||
		!valid(n, n, c, ldc) || !faster() {
		impl.Implementation.Dsyr2k(ul, t, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	g := rankK(t, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
	refuse(extent(n, k, g.ARS, g.AKS, a), extent(n, n, ldc, 1, c))
	refuse(extent(n, k, g.BCS, g.BKS, b), extent(n, n, ldc, 1, c))
	g.RunTriangle(ul == blas.Upper, false, 0)
	g = rankK(t, n, k, alpha, b, ldb, a, lda, 1, c, ldc)
	g.RunTriangle(ul == blas.Upper, false, 0)
}
