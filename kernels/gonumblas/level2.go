package gonumblas

import (
	"math"

	"gonum.org/v1/gonum/blas"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// Numbers of columns from which on the kernels are faster than gonum's, measured on Zen 4.
const (
	gemvFrom = 24
	gemvAny  = 48 // even if rows are left over, of fewer than gemvMany
	gemvMany = 8
	gerFrom  = 128
)

const (
	gemvRows  = 4       // rows that the kernels work on at a time
	gemvChunk = 1 << 17 // elements of A that one call, which cannot be interrupted, goes through
)

// Dgemv computes one of
//
//	y = alpha * A * x + beta * y    y = alpha * Aᵀ * x + beta * y
//
// as gonum's Dgemv does.
func (impl Implementation) Dgemv(tA blas.Transpose, m, n int, alpha float64, a []float64, lda int, x []float64, incX int, beta float64, y []float64, incY int) {
	lenX, lenY := n, m
	if tA != blas.NoTrans {
		lenX, lenY = m, n
	}
	if n < gemvFrom || n < gemvAny && m < gemvMany && m%gemvRows != 0 || alpha == 0 || !validTrans(tA) || !valid(m, n, a, lda) || incX != 1 || incY != 1 ||
		len(x) < lenX || len(y) < lenY || !faster() {
		impl.Implementation.Dgemv(tA, m, n, alpha, a, lda, x, incX, beta, y, incY)
		return
	}
	x, y = x[:lenX], y[:lenY]
	if beta == 0 {
		clear(y)
	} else if beta != 1 {
		for i := range y {
			y[i] *= beta
		}
	}
	done := 0
	for whole := m / gemvRows * gemvRows; done < whole; {
		some := min(whole-done, max(1, gemvChunk/n/gemvRows)*gemvRows)
		if tA == blas.NoTrans {
			gemvDot(some, a[done*lda:], lda, x, y[done:], alpha)
		} else {
			gemvAxpy(some, a[done*lda:], lda, x[done:], y, alpha)
		}
		done += some
	}
	for i := done; i < m; i++ {
		if row := a[i*lda:][:n]; tA == blas.NoTrans {
			y[i] += alpha * dense.Dot(row, x)
		} else {
			dense.Axpy(alpha*x[i], row, y)
		}
	}
}

// gemvDotGeneric adds alpha times the inner products of x with m rows of a to y.
func gemvDotGeneric(m int, a []float64, lda int, x, y []float64, alpha float64) {
	for i := range m {
		y[i] = math.FMA(alpha, dense.Dot(a[i*lda:][:len(x)], x), y[i])
	}
}

// gemvAxpyGeneric adds m rows of a, times alpha and the elements of x, to y.
func gemvAxpyGeneric(m int, a []float64, lda int, x, y []float64, alpha float64) {
	for i, v := range x[:m] {
		dense.Axpy(alpha*v, a[i*lda:][:len(y)], y)
	}
}

// Dger computes
//
//	A += alpha * x * yᵀ
//
// as gonum's Dger does.
func (impl Implementation) Dger(m, n int, alpha float64, x []float64, incX int, y []float64, incY int, a []float64, lda int) {
	if n < gerFrom || alpha == 0 || !valid(m, n, a, lda) || incX != 1 || incY != 1 || len(x) < m || len(y) < n || !faster() {
		impl.Implementation.Dger(m, n, alpha, x, incX, y, incY, a, lda)
		return
	}
	for i, v := range x[:m] {
		dense.Axpy(alpha*v, y[:n], a[i*lda:][:n])
	}
}
