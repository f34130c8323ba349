package hgn

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
	"github.com/rapidhgn/rapidhgn/kernels/lsq"
)

// features returns the problem of q in the coefficients of the features, whatever columns
// the rows had: with the factor [R C; 0 T] of the rows it is that of [R S, C; 0 T], where
// the features are the columns times S.
func (w *pairWork) features(eq *equations) (*lsq.Accumulator, error) {
	compressed := false
	for i := range eq.blocks {
		compressed = compressed || eq.blocks[i].compression != nil
	}
	if !compressed {
		return eq.q, nil
	}
	r, c, rest, err := eq.q.Factor()
	if err != nil {
		return nil, err
	}
	z := restore(r, eq.blocks)
	if w.full == nil || w.full.Cols() != z.Cols {
		w.full = lsq.New(z.Cols, 1)
	}
	w.full.Reset(0)
	if err := w.full.Append(z, c); err != nil {
		return nil, err
	}
	last := blas64.General{Rows: 1, Cols: z.Cols, Stride: z.Cols, Data: make([]float64, z.Cols)}
	err = w.full.Append(last, blas64.General{Rows: 1, Cols: 1, Stride: 1, Data: rest})
	return w.full, err
}

// restore returns rows in the features of the columns in blocks that have the factor r: R T.
func restore(r blas64.General, blocks []columns) blas64.General {
	count := 0
	for i := range blocks {
		count += len(blocks[i].w)
	}
	z := blas64.General{Rows: r.Rows, Cols: count, Stride: count, Data: make([]float64, r.Rows*count)}
	first := 0
	for i := range blocks {
		b := &blocks[i]
		from, to := r, z
		from.Cols, from.Data = b.count, r.Data[b.first:]
		to.Cols, to.Data = len(b.w), z.Data[first:]
		if b.compression != nil {
			dense.Gemm(blas.NoTrans, blas.NoTrans, 1, from, b.t, 0, to)
		} else {
			for k := range r.Rows {
				copy(to.Data[k*to.Stride:][:to.Cols], from.Data[k*from.Stride:][:to.Cols])
			}
		}
		first += len(b.w)
	}
	return z
}
