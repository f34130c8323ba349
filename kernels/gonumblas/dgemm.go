package gonumblas

import (
	"gonum.org/v1/gonum/blas"

	"github.com/rapidhgn/rapidhgn/internal/simd"
	"github.com/rapidhgn/rapidhgn/kernels/internal/gemm"
)

// Sizes from which on the engine is faster than gonum, measured on Zen 4.
const (
	rankKFrom  = 12
	rankKDepth = 4
	rank2KFrom = 128 // elements of A and of B
)

// What few adds up: times, measured on Zen 4, in units of the one (0.11 ns) in which gonum
// goes through an element of a vector.
const (
	callCost    = 40   // to call an operation on vectors
	stridedCost = 6    // an element of a vector with gaps
	packCost    = 6    // to pack an element
	rowCost     = 3    // elements as dear as what a row of them takes beside
	smallCost   = 250  // to begin with a product whose operands lie on the stack
	engineCost  = 1300 // to begin with any other
)

const (
	fewest     = 16 // multiply-adds up to which gonum is faster, few aside
	stackLimit = 64 // elements of an operand that is rearranged on the stack
)

// Dgemm computes
//
//	C = alpha * op(A) * op(B) + beta * C
//
// as gonum's Dgemm does.
func (impl Implementation) Dgemm(tA, tB blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	if m == 2 && n == 2 && k == 2 && alpha != 0 && validTrans(tA) && validTrans(tB) &&
		tinyFits(2, 2, len(a), lda) && tinyFits(2, 2, len(b), ldb) && tinyFits(2, 2, len(c), ldc) &&
		apart(&a[0], lda+2, &c[0], ldc+2) && apart(&b[0], ldb+2, &c[0], ldc+2) {
		a00, a01, a10, a11 := alpha*a[0], alpha*a[1], alpha*a[lda], alpha*a[lda+1]
		if tA != blas.NoTrans {
			a01, a10 = a10, a01
		}
		b00, b01, b10, b11 := b[0], b[1], b[ldb], b[ldb+1]
		if tB != blas.NoTrans {
			b01, b10 = b10, b01
		}
		var c00, c01, c10, c11 float64
		if beta != 0 {
			c00, c01, c10, c11 = beta*c[0], beta*c[1], beta*c[ldc], beta*c[ldc+1]
		}
		c[0] = c00 + float64(a00*b00) + float64(a01*b10)
		c[1] = c01 + float64(a00*b01) + float64(a01*b11)
		c[ldc] = c10 + float64(a10*b00) + float64(a11*b10)
		c[ldc+1] = c11 + float64(a10*b01) + float64(a11*b11)
		return
	}
	if !faster() || tB != blas.NoTrans && (m*n*k <= fewest || m*n*(callCost+k) < smallCost) ||
		tB == blas.NoTrans && alpha != 1 && (m*n*k <= fewest || m*k*(callCost+n) < smallCost) {
		impl.Implementation.Dgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	direct := tiny(m) && tiny(n) && tiny(k) && simd.Active() != simd.Generic
	if direct && alpha == 1 && tA == blas.NoTrans && tB == blas.NoTrans &&
		tinyFits(m, k, len(a), lda) && tinyFits(k, n, len(b), ldb) && tinyFits(m, n, len(c), ldc) &&
		apart(&a[0], (m-1)*lda+k, &c[0], (m-1)*ldc+n) && apart(&b[0], (k-1)*ldb+n, &c[0], (m-1)*ldc+n) &&
		gemm.Small(m, n, k, &a[0], lda, 1, &b[0], ldb, &c[0], ldc, beta) {
		return
	}
	if few(tA, tB, m, n, k, alpha, ldc, direct) {
		impl.Implementation.Dgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	if direct && small(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) {
		return
	}
	impl.dgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
}

// few reports whether gonum has computed a product, by operations on vectors, before what
// precedes it here is done: packing above all. A direct one may need no more than the stack.
func few(tA, tB blas.Transpose, m, n, k int, alpha float64, ldc int, direct bool) bool {
	calls, length := m*k, n // for each element of A an addition to a row of C
	cost, packed := engineCost, n*(k+rowCost)
	switch {
	case tB != blas.NoTrans:
		if tA != blas.NoTrans {
			length *= stridedCost
		} else {
			calls, length = m*n, k // for each element of C an inner product
		}
		if m == 1 {
			return n < gemvRows || k < gemvFrom
		}
		if n == 1 && tA == blas.NoTrans {
			return ldc != 1 || m < gemvRows || k < gemvFrom
		}
		if direct && n > 1 && n*k <= stackLimit {
			cost = smallCost
		}
	case alpha != 1:
		if direct && m*k <= stackLimit {
			cost, packed = smallCost, m*(k+rowCost)
		} else if m == 1 {
			return k < gemvRows || n < gemvFrom
		}
	case direct:
		return false
	default:
		packed = 0
	}
	return int64(calls)*int64(callCost+length) < int64(cost)+packCost*int64(packed)
}

// small computes a small product with a transposed operand or with alpha, if all is in order
// and what has to be rearranged fits on the stack: A times alpha, as in gonum, or a transposed
// B times alpha. It reports whether it did.
func small(tA, tB blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) bool {
	if alpha == 0 || !validTrans(tA) || !validTrans(tB) || !tinyFits(m, n, len(c), ldc) {
		return false
	}
	rows, cols, ars, aks := m, k, lda, 1
	if tA != blas.NoTrans {
		rows, cols, ars, aks = k, m, 1, lda
	}
	if !tinyFits(rows, cols, len(a), lda) || !apart(&a[0], (rows-1)*lda+cols, &c[0], (m-1)*ldc+n) {
		return false
	}
	rows, cols = k, n
	if tB != blas.NoTrans {
		rows, cols = n, k
	}
	if !tinyFits(rows, cols, len(b), ldb) || !apart(&b[0], (rows-1)*ldb+cols, &c[0], (m-1)*ldc+n) {
		return false
	}
	if tB == blas.NoTrans && alpha == 1 {
		return gemm.Small(m, n, k, &a[0], ars, aks, &b[0], ldb, &c[0], ldc, beta)
	}
	var t [stackLimit]float64
	if tB == blas.NoTrans {
		if m*k > len(t) {
			return false
		}
		for i := range m {
			row := t[i*k:][:k]
			for p := range row {
				row[p] = alpha * a[i*ars+p*aks]
			}
		}
		return gemm.Small(m, n, k, &t[0], k, 1, &b[0], ldb, &c[0], ldc, beta)
	}
	if m == 1 || n == 1 || n*k > len(t) {
		return false
	}
	for i := range n {
		for p, v := range b[i*ldb:][:k] {
			t[p*n+i] = alpha * v
		}
	}
	return gemm.Small(m, n, k, &a[0], ars, aks, &t[0], n, &c[0], ldc, beta)
}

// dgemm is Dgemm where package dense is faster than gonum.
func (impl Implementation) dgemm(tA, tB blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	if !validTrans(tA) || !validTrans(tB) || !validOp(tA, m, k, a, lda) || !validOp(tB, k, n, b, ldb) || !valid(m, n, c, ldc) {
		impl.Implementation.Dgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		return
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
	switch {
	case m == 1 && tB != blas.NoTrans: // rows of B times the only row of op(A)
		impl.Dgemv(blas.NoTrans, n, k, alpha, b, ldb, a, aks, beta, c, 1)
		return
	case m == 1: // columns of B times it
		impl.Dgemv(blas.Trans, k, n, alpha, b, ldb, a, aks, beta, c, 1)
		return
	case n == 1 && tA == blas.NoTrans && tB != blas.NoTrans: // rows of A times the only column of op(B)
		impl.Dgemv(blas.NoTrans, m, k, alpha, a, lda, b, 1, beta, c, ldc)
		return
	}
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
	if n < rankKFrom || k < rankKDepth || n < rank2KFrom/k || !validUplo(ul) || !validTrans(t) || !validOp(t, n, k, a, lda) || !validOp(t, n, k, b, ldb) ||
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
