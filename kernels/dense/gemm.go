package dense

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/internal/gemm"
)

// Gemm computes one of the products
//
//	c = alpha·op(a)·op(b) + beta·c
//
// where op(x) is x, or its transpose if tA or tB is blas.Trans or blas.ConjTrans. Order and
// meaning of the parameters are those of the BLAS.
//
// Shapes: op(a) is m×k, op(b) is k×n, c is m×n; row-major, any stride, any of the sizes may
// be 0. c must not overlap a or b; a and b may be the same matrix.
//
// Each element is one chain: it starts from beta·c[i,j], or from +0 if beta is 0, and
// becomes fma(a[i,p], alpha·b[p,j], ·) for p = 0, 1, … in this order, where both products
// with alpha and beta are rounded. Its error is at most γ(k+2)·(|alpha|·Σ|a[i,p]·b[p,j]| +
// |beta·c[i,j]|), γ(k) = k·u/(1−k·u), u = 2⁻⁵³. The bits, those of a NaN apart, are the
// same at every level, for any number of workers and in every run.
//
// As in the BLAS, alpha = 0 leaves a and b unread, and beta = 0 overwrites c, NaN included.
// Else NaN and infinities go through the chain as IEEE 754 has it.
//
// Gemm panics, before writing, if tA or tB is no transposition, if a shape does not match,
// or if c overlaps a or b. Large products use up to GOMAXPROCS goroutines; on one, Gemm
// allocates only until its packing buffers have been made, which calls share.
func Gemm(tA, tB blas.Transpose, alpha float64, a, b blas64.General, beta float64, c blas64.General) {
	checkMatrix(a)
	checkMatrix(b)
	checkMatrix(c)
	g := gemm.Product{
		M: a.Rows, K: a.Cols, N: b.Cols, Alpha: alpha, Beta: beta,
		A: a.Data, ARS: a.Stride, AKS: 1,
		B: b.Data, BKS: b.Stride, BCS: 1,
		C: c.Data, LDC: c.Stride,
	}
	if isTrans(tA) {
		g.M, g.K, g.ARS, g.AKS = g.K, g.M, g.AKS, g.ARS
	}
	k := b.Rows
	if isTrans(tB) {
		g.N, k, g.BKS, g.BCS = k, g.N, g.BCS, g.BKS
	}
	if k != g.K {
		panic("dense: op(a) and op(b) do not match")
	}
	if c.Rows != g.M || c.Cols != g.N {
		panic("dense: c has not the shape of the product")
	}
	if overlap(c, a) || overlap(c, b) {
		panic("dense: c overlaps a or b")
	}
	g.Run(0)
}

func isTrans(t blas.Transpose) bool {
	switch t {
	case blas.NoTrans:
		return false
	case blas.Trans, blas.ConjTrans:
		return true
	}
	panic("dense: unknown transposition")
}
