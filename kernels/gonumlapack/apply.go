package gonumlapack

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// applyAtOnce is the number of columns, or rows, that reflectors are applied to at once, so
// that the products with them stay in cache.
const applyAtOnce = 1024

// applyLeft replaces c by H c, or by Hᵀ c.
func (b *reflectors) applyLeft(trans blas.Transpose, c blas64.General) {
	if c.Rows == 0 {
		return
	}
	k := b.v.Rows
	x, mem := newScratch(2 * k * min(applyAtOnce, c.Cols))
	defer mem.release()
	for j := 0; j < c.Cols; j += applyAtOnce {
		n := min(applyAtOnce, c.Cols-j)
		w := blas64.General{Rows: k, Cols: n, Stride: n, Data: x[:k*n]}
		tw := blas64.General{Rows: k, Cols: n, Stride: n, Data: x[k*n:]}
		cols := part(c, 0, j, c.Rows, j+n)
		dense.Gemm(blas.NoTrans, blas.NoTrans, 1, b.v, cols, 0, w)
		dense.Gemm(trans, blas.NoTrans, 1, b.t, w, 0, tw)
		dense.Gemm(blas.Trans, blas.NoTrans, -1, b.v, tw, 1, cols)
	}
}

// applyRight replaces c by c H, or by c Hᵀ.
func (b *reflectors) applyRight(trans blas.Transpose, c blas64.General) {
	if c.Cols == 0 {
		return
	}
	k := b.v.Rows
	x, mem := newScratch(2 * k * min(applyAtOnce, c.Rows))
	defer mem.release()
	for i := 0; i < c.Rows; i += applyAtOnce {
		m := min(applyAtOnce, c.Rows-i)
		w := blas64.General{Rows: m, Cols: k, Stride: k, Data: x[:k*m]}
		wt := blas64.General{Rows: m, Cols: k, Stride: k, Data: x[k*m:]}
		rows := part(c, i, 0, i+m, c.Cols)
		dense.Gemm(blas.NoTrans, blas.Trans, 1, rows, b.v, 0, w)
		dense.Gemm(blas.NoTrans, trans, 1, w, b.t, 0, wt)
		dense.Gemm(blas.NoTrans, blas.NoTrans, -1, wt, b.v, 1, rows)
	}
}
