package dense

import (
	"math"
	"sync"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/internal/gemm"
)

// affineDepth is the largest number of inputs for which the kernel of affine maps is used;
// from there on the engine of products, which goes through its operands less often, is
// faster.
const affineDepth = 32

// affineMap is the map x → w·x + b of the rows of a matrix.
type affineMap struct {
	w      blas64.General
	b      []float64
	wT     []float64 // wᵀ without gaps, if the kernel is used
	buffer *[]float64
}

var affineBuffers = sync.Pool{New: func() any { return new([]float64) }}

// newAffine returns a map that is to be released.
func newAffine(w blas64.General, b []float64) affineMap {
	m := affineMap{w: w, b: b}
	switch {
	case w.Cols == 1 && w.Stride == 1:
		m.wT = w.Data
	case w.Cols <= affineDepth:
		m.buffer = affineBuffers.Get().(*[]float64)
		if size := w.Rows * w.Cols; cap(*m.buffer) < size {
			*m.buffer = make([]float64, size)
		}
		m.wT = (*m.buffer)[:w.Rows*w.Cols]
		for j := range w.Rows {
			for k, v := range row(w, j) {
				m.wT[k*w.Rows+j] = v
			}
		}
	}
	return m
}

func (m *affineMap) release() {
	if m.buffer != nil {
		affineBuffers.Put(m.buffer)
	}
}

// apply sets the rows of z to the map of the rows of x: z[i,j] = b[j], then z[i,j] =
// fma(x[i,k], w[j,k], z[i,j]) for k = 0, 1, ….
func (m *affineMap) apply(z, x blas64.General) {
	if z.Rows == 0 || z.Cols == 0 {
		return
	}
	if x.Cols > 0 && m.wT != nil {
		affine(z.Rows, z.Cols, x.Cols, z.Data, z.Stride, x.Data, x.Stride, m.wT, z.Cols, m.b)
		return
	}
	for i := range z.Rows {
		copy(row(z, i), m.b)
	}
	product := gemm.Product{
		M: z.Rows, N: z.Cols, K: x.Cols, Alpha: 1, Beta: 1,
		A: x.Data, ARS: x.Stride, AKS: 1,
		B: m.w.Data, BKS: 1, BCS: m.w.Stride,
		C: z.Data, LDC: z.Stride,
	}
	product.Run(1)
}

// affineGeneric sets the rows×cols matrix dst to b[j] + Σₖ x[i·ldx+k]·w[k·ldw+j], k < depth,
// in the order of affineMap.apply.
func affineGeneric(rows, cols, depth int, dst []float64, ld int, x []float64, ldx int, w []float64, ldw int, b []float64) {
	for i := range rows {
		z := dst[i*ld:][:cols]
		copy(z, b)
		for k, v := range x[i*ldx:][:depth] {
			for j, w := range w[k*ldw:][:cols] {
				z[j] = math.FMA(v, w, z[j])
			}
		}
	}
}
