package gonumblas

import "gonum.org/v1/gonum/blas"

// Dtrmv and Dtrsv leave triangles of vectorBlock rows on the diagonal to gonum; what is beside
// them goes to Dgemv. They do so for matrices of at least vectorFrom rows, measured on Zen 4.
const (
	vectorBlock = 16
	vectorFrom  = 64
)

// Dtrmv computes one of
//
//	x = A * x    x = Aᵀ * x
//
// where A is triangular, as gonum's Dtrmv does.
func (impl Implementation) Dtrmv(ul blas.Uplo, tA blas.Transpose, d blas.Diag, n int, a []float64, lda int, x []float64, incX int) {
	if n == 1 && incX == 1 && validUplo(ul) && validTrans(tA) && validDiag(d) && lda > 0 && len(a) > 0 && len(x) > 0 {
		if d == blas.NonUnit {
			x[0] *= a[0]
		}
		return
	}
	if n < vectorFrom || incX != 1 || !validUplo(ul) || !validTrans(tA) || !validDiag(d) || !valid(n, n, a, lda) || len(x) < n || !faster() {
		impl.Implementation.Dtrmv(ul, tA, d, n, a, lda, x, incX)
		return
	}
	impl.dtrmv(ul, tA, d, n, a, lda, x)
}

// dtrmv is Dtrmv where it is faster than gonum.
func (impl Implementation) dtrmv(ul blas.Uplo, tA blas.Transpose, d blas.Diag, n int, a []float64, lda int, x []float64) {
	each(n, (ul == blas.Upper) == (tA == blas.NoTrans), func(i, w int) {
		if tA != blas.NoTrans {
			impl.beside(ul, tA, n, 1, a, lda, x, i, w)
		}
		impl.Implementation.Dtrmv(ul, tA, d, w, a[i*lda+i:], lda, x[i:], 1)
		if tA == blas.NoTrans {
			impl.beside(ul, tA, n, 1, a, lda, x, i, w)
		}
	})
}

// Dtrsv solves one of
//
//	A * y = x    Aᵀ * y = x
//
// where A is triangular, for y, which takes the place of x, as gonum's Dtrsv does.
func (impl Implementation) Dtrsv(ul blas.Uplo, tA blas.Transpose, d blas.Diag, n int, a []float64, lda int, x []float64, incX int) {
	if n == 1 && incX == 1 && validUplo(ul) && validTrans(tA) && validDiag(d) && lda > 0 && len(a) > 0 && len(x) > 0 {
		if d == blas.NonUnit {
			x[0] /= a[0]
		}
		return
	}
	if n < vectorFrom || incX != 1 || !validUplo(ul) || !validTrans(tA) || !validDiag(d) || !valid(n, n, a, lda) || len(x) < n || !faster() {
		impl.Implementation.Dtrsv(ul, tA, d, n, a, lda, x, incX)
		return
	}
	impl.dtrsv(ul, tA, d, n, a, lda, x)
}

// dtrsv is Dtrsv where it is faster than gonum.
func (impl Implementation) dtrsv(ul blas.Uplo, tA blas.Transpose, d blas.Diag, n int, a []float64, lda int, x []float64) {
	each(n, (ul == blas.Lower) == (tA == blas.NoTrans), func(i, w int) {
		if tA == blas.NoTrans {
			impl.beside(ul, tA, n, -1, a, lda, x, i, w)
		}
		impl.Implementation.Dtrsv(ul, tA, d, w, a[i*lda+i:], lda, x[i:], 1)
		if tA != blas.NoTrans {
			impl.beside(ul, tA, n, -1, a, lda, x, i, w)
		}
	})
}

// each calls f with the first row and the number of rows of each block, in ascending order or
// in descending.
func each(n int, ascending bool, f func(i, w int)) {
	for done := 0; done < n; done += vectorBlock {
		i := done
		if !ascending {
			i = (n - 1 - done) / vectorBlock * vectorBlock
		}
		f(i, min(vectorBlock, n-i))
	}
}

// beside adds alpha times the product of what the triangle has of rows i … i+w beside the
// diagonal: with the rest of x to this part of it, or transposed, with this part to the rest.
func (impl Implementation) beside(ul blas.Uplo, tA blas.Transpose, n int, alpha float64, a []float64, lda int, x []float64, i, w int) {
	from, to := 0, i
	if ul == blas.Upper {
		from, to = i+w, n
	}
	if from == to {
		return
	}
	part, rest := x[i:i+w], x[from:to]
	if tA == blas.NoTrans {
		impl.Dgemv(tA, w, to-from, alpha, a[i*lda+from:], lda, rest, 1, 1, part, 1)
	} else {
		impl.Dgemv(tA, w, to-from, alpha, a[i*lda+from:], lda, part, 1, 1, rest, 1)
	}
}
