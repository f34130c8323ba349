package gonumblas

import (
	"math"

	"gonum.org/v1/gonum/blas"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// Numbers of columns from which on the kernels are faster than gonum's, measured on Zen 4.
const (
	gemvFrom = 32
	gemvAny  = 48 // even if rows are left over, of fewer than gemvMany
	gemvMany = 8
	gerFrom  = 128
)

// fewElements is the number of elements of a matrix up to which loops on the spot take less
// time than calls, measured on Zen 4. They do what gonum does, whatever the level.
const fewElements = 4

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
	if n < gemvFrom || !faster() {
		lenX, lenY := n, m
		if tA != blas.NoTrans {
			lenX, lenY = m, n
		}
		if m*n > fewElements || alpha == 0 || !validTrans(tA) || !fits(m, n, len(a), lda) ||
			incX != 1 || incY != 1 || len(x) < lenX || len(y) < lenY {
			impl.Implementation.Dgemv(tA, m, n, alpha, a, lda, x, incX, beta, y, incY)
			return
		}
		x, y = x[:lenX], y[:lenY]
		for i, v := range y {
			if v *= beta; beta == 0 {
				v = 0
			}
			y[i] = v
		}
		for i := range m {
			row := a[i*lda:][:n]
			if tA == blas.NoTrans {
				sum := 0.0
				for j, v := range row {
					sum += float64(v * x[j])
				}
				y[i] += float64(alpha * sum)
				continue
			}
			t := alpha * x[i]
			for j, v := range row {
				y[j] += float64(t * v)
			}
		}
		return
	}
	impl.dgemv(tA, m, n, alpha, a, lda, x, incX, beta, y, incY)
}

// dgemv is Dgemv where it may not be gonum's.
func (impl Implementation) dgemv(tA blas.Transpose, m, n int, alpha float64, a []float64, lda int, x []float64, incX int, beta float64, y []float64, incY int) {
	lenX, lenY := n, m
	if tA != blas.NoTrans {
		lenX, lenY = m, n
	}
	if n < gemvAny && m < gemvMany && m%gemvRows != 0 || alpha == 0 || !validTrans(tA) || !valid(m, n, a, lda) || incX != 1 || incY != 1 ||
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
	if uint(m*n-1) < fewElements && alpha != 0 && incX == 1 && incY == 1 && len(x) >= m && len(y) >= n && fits(m, n, len(a), lda) {
		y := y[:n]
		for i, v := range x[:m] {
			t, row := alpha*v, a[i*lda:][:n]
			for j, w := range y {
				row[j] += float64(t * w)
			}
		}
		return
	}
	if n < gerFrom || alpha == 0 || !valid(m, n, a, lda) || incX != 1 || incY != 1 || len(x) < m || len(y) < n || !faster() {
		impl.Implementation.Dger(m, n, alpha, x, incX, y, incY, a, lda)
		return
	}
	for i, v := range x[:m] {
		dense.Axpy(alpha*v, y[:n], a[i*lda:][:n])
	}
}
