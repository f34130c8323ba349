package dense

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
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
	g := newProduct(tA, tB, alpha, a, b, beta, c)
	if overlap(c, a) || overlap(c, b) {
		panic("dense: c overlaps a or b")
	}
	readsMatrix(a)
	readsMatrix(b)
	writesMatrix(c)
	g.run(0)
}

// gemmGeneric is the reference of Gemm.
func gemmGeneric(tA, tB blas.Transpose, alpha float64, a, b blas64.General, beta float64, c blas64.General) {
	g := newProduct(tA, tB, alpha, a, b, beta, c)
	for i := range g.m {
		for j := range g.n {
			sum := 0.0
			if beta != 0 {
				sum = beta * c.Data[i*c.Stride+j]
			}
			if alpha != 0 {
				for p := range g.k {
					scaled := alpha * g.b[p*g.bks+j*g.bcs]
					sum = math.FMA(g.a[i*g.ars+p*g.aks], scaled, sum)
				}
			}
			c.Data[i*c.Stride+j] = sum
		}
	}
}

// product is a product to be computed. Element i,p of op(a) is a[i·ars+p·aks], element p,j
// of op(b) is b[p·bks+j·bcs]; of the two strides of each one is 1.
type product struct {
	m, n, k  int
	alpha    float64
	a        []float64
	ars, aks int
	b        []float64
	bks, bcs int
	beta     float64
	c        []float64
	ldc      int
}

// newProduct panics as Gemm documents, overlap apart.
func newProduct(tA, tB blas.Transpose, alpha float64, a, b blas64.General, beta float64, c blas64.General) product {
	checkMatrix(a)
	checkMatrix(b)
	checkMatrix(c)
	g := product{
		m: a.Rows, k: a.Cols, n: b.Cols, alpha: alpha, beta: beta,
		a: a.Data, ars: a.Stride, aks: 1,
		b: b.Data, bks: b.Stride, bcs: 1,
		c: c.Data, ldc: c.Stride,
	}
	if isTrans(tA) {
		g.m, g.k = g.k, g.m
		g.ars, g.aks = g.aks, g.ars
	}
	rows := b.Rows
	if isTrans(tB) {
		rows, g.n = g.n, rows
		g.bks, g.bcs = g.bcs, g.bks
	}
	if rows != g.k {
		panic("dense: op(a) and op(b) do not match")
	}
	if c.Rows != g.m || c.Cols != g.n {
		panic("dense: c has not the shape of the product")
	}
	return g
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
