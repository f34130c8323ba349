package gonumlapack

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// applyLeft replaces c by H c, or by Hᵀ c.
func (b *reflectors) applyLeft(trans blas.Transpose, c blas64.General) {
	if c.Rows == 0 || c.Cols == 0 {
		return
	}
	k := b.v.Rows
	x, mem := newScratch(2 * k * c.Cols)
	defer mem.release()
	w := blas64.General{Rows: k, Cols: c.Cols, Stride: c.Cols, Data: x[:k*c.Cols]}
	tw := blas64.General{Rows: k, Cols: c.Cols, Stride: c.Cols, Data: x[k*c.Cols:]}
	dense.Gemm(blas.NoTrans, blas.NoTrans, 1, b.v, c, 0, w)
	dense.Gemm(trans, blas.NoTrans, 1, b.t, w, 0, tw)
	dense.Gemm(blas.Trans, blas.NoTrans, -1, b.v, tw, 1, c)
}

// applyRight replaces c by c H, or by c Hᵀ.
func (b *reflectors) applyRight(trans blas.Transpose, c blas64.General) {
	if c.Rows == 0 || c.Cols == 0 {
		return
	}
	k := b.v.Rows
	x, mem := newScratch(2 * k * c.Rows)
	defer mem.release()
	w := blas64.General{Rows: c.Rows, Cols: k, Stride: k, Data: x[:k*c.Rows]}
	wt := blas64.General{Rows: c.Rows, Cols: k, Stride: k, Data: x[k*c.Rows:]}
	dense.Gemm(blas.NoTrans, blas.Trans, 1, c, b.v, 0, w)
	dense.Gemm(blas.NoTrans, trans, 1, w, b.t, 0, wt)
	dense.Gemm(blas.NoTrans, blas.NoTrans, -1, wt, b.v, 1, c)
}
