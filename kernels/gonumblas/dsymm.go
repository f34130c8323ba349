package gonumblas

import (
	"sync"

	"gonum.org/v1/gonum/blas"

	"github.com/rapidhgn/rapidhgn/kernels/internal/gemm"
)

// symmetricBlock is the size of the blocks on the diagonal of a symmetric matrix, which are
// completed in a buffer. Beside them, what is stored is multiplied as it is.
const symmetricBlock = 256

// Sizes from which on this is faster than gonum, measured on Zen 4: rows of B to the left of a
// symmetric matrix, and what precedes the product in units of few.
const (
	symmetricFrom = 6
	symmetricCost = 1100
)

var symmetricBuffers = sync.Pool{New: func() any { return new([symmetricBlock * symmetricBlock]float64) }}

// Dsymm computes one of
//
//	C = alpha * A * B + beta * C    C = alpha * B * A + beta * C
//
// where A is symmetric, as gonum's Dsymm does.
func (impl Implementation) Dsymm(s blas.Side, ul blas.Uplo, m, n int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	size := m
	if s == blas.Right {
		size = n
	}
	brief := int64(size)*int64(m)*int64(callCost+n) < symmetricCost+2*int64(m)*int64(n)
	if brief || s == blas.Right && m < symmetricFrom || !faster() {
		impl.Implementation.Dsymm(s, ul, m, n, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	impl.dsymm(s, ul, m, n, alpha, a, lda, b, ldb, beta, c, ldc)
}

// dsymm is Dsymm where it is faster than gonum.
func (impl Implementation) dsymm(s blas.Side, ul blas.Uplo, m, n int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	size := m
	if s == blas.Right {
		size = n
	}
	if !validSide(s) || !validUplo(ul) || !valid(size, size, a, lda) || !valid(m, n, b, ldb) || !valid(m, n, c, ldc) {
		impl.Implementation.Dsymm(s, ul, m, n, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	refuse(extent(size, size, lda, 1, a), extent(m, n, ldc, 1, c))
	refuse(extent(m, n, ldb, 1, b), extent(m, n, ldc, 1, c))
	full := symmetricBuffers.Get().(*[symmetricBlock * symmetricBlock]float64)
	defer symmetricBuffers.Put(full)
	for i := 0; i < size; i += symmetricBlock {
		w := min(symmetricBlock, size-i)
		complete(full[:], a[i*lda+i:], lda, w, ul == blas.Upper)
		// Rows i … i+w of A are a block before the diagonal, the diagonal, a block behind it.
		before, brs, bcs := a[i*lda:], lda, 1
		behind, hrs, hcs := a, 1, lda
		if i+w < size {
			behind = a[(i+w)*lda+i:]
		}
		if ul == blas.Upper {
			before, brs, bcs = a[i:], 1, lda
			if i+w < size {
				behind, hrs, hcs = a[i*lda+i+w:], lda, 1
			}
		}
		scale := beta
		multiply := func(x []float64, rs, cs, from, k int) {
			if k == 0 {
				return
			}
			g := gemm.Product{K: k, Alpha: alpha, Beta: scale, LDC: ldc}
			if s == blas.Left {
				g.M, g.N, g.C = w, n, c[i*ldc:]
				g.A, g.ARS, g.AKS = x, rs, cs
				g.B, g.BKS, g.BCS = b[from*ldb:], ldb, 1
			} else {
				g.M, g.N, g.C = m, w, c[i:]
				g.A, g.ARS, g.AKS = b[from:], ldb, 1
				g.B, g.BKS, g.BCS = x, cs, rs
			}
			g.Run(0)
			scale = 1
		}
		multiply(before, brs, bcs, 0, i)
		multiply(full[:], symmetricBlock, 1, i, w)
		multiply(behind, hrs, hcs, min(i+w, size-1), size-i-w)
	}
}

// complete copies a symmetric block, of which a holds one triangle, to full.
func complete(full, a []float64, lda, n int, upper bool) {
	for i := range n {
		from, to := 0, i+1
		if upper {
			from, to = i, n
		}
		for j := from; j < to; j++ {
			v := a[i*lda+j]
			full[i*symmetricBlock+j], full[j*symmetricBlock+i] = v, v
		}
	}
}
