package dense

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/internal/gemm"
)

// Features evaluates random features of the rows of x:
//
//	dst[i,j] = act(z[i,j]),  z[i,j] = Σₖ x[i,k]·w[j,k] + b[j]
//
// Shapes: x is n×d, w is m×d, b has length m, dst is n×m; row-major, any stride, any of the
// sizes may be 0. dst must not overlap x, w or b. Quantities are dimensionless.
//
// z is summed in the order z = b[j], then z = fma(x[i,k], w[j,k], z) for k = 0, 1, …. Each
// element is within 2 ulp of the exact activation of the z so computed. A NaN in row i of
// x gives NaN in row i of dst, one in row j of w or in b[j] gives NaN in column j, and
// nowhere else. The bits, those of a NaN apart, are the same at every level and in every run.
//
// Features panics, before writing, if a shape does not match, if dst overlaps an input, or
// if act is unknown. It allocates only until the packing buffers of the product have been
// made, which calls share; with d = 1 there are none.
func Features(dst, x, w blas64.General, b []float64, act Activation) {
	checkFeatures(x, w, b, act)
	checkResult(dst, x, w, b)
	size := rowsInBlock(dst.Cols)
	for i := 0; i < dst.Rows; i += size {
		z := rowsFrom(dst, i, size)
		preactivations(z, rowsFrom(x, i, size), w, b)
		if z.Stride == z.Cols {
			z = oneRow(z)
		}
		for k := range z.Rows {
			act.apply(row(z, k), row(z, k))
		}
	}
}

// FeaturesGrad does what Features does, to the bit, and evaluates the derivative of the
// activation beside it:
//
//	grad[i,j] = act′(z[i,j])
//
// grad has the shape of dst and overlaps neither dst nor an input. Each of its elements is
// within 2 ulp of the exact derivative at the z computed. NaN, bits, panics and allocation
// are as with Features, for grad too.
func FeaturesGrad(dst, grad, x, w blas64.General, b []float64, act Activation) {
	checkFeatures(x, w, b, act)
	checkResult(dst, x, w, b)
	checkResult(grad, x, w, b)
	if overlap(dst, grad) {
		panic("dense: dst and grad overlap")
	}
	size := rowsInBlock(dst.Cols)
	for i := 0; i < dst.Rows; i += size {
		z, slope := rowsFrom(dst, i, size), rowsFrom(grad, i, size)
		preactivations(z, rowsFrom(x, i, size), w, b)
		if z.Stride == z.Cols && slope.Stride == slope.Cols {
			z, slope = oneRow(z), oneRow(slope)
		}
		for k := range z.Rows {
			act.applyGrad(row(z, k), row(slope, k), row(z, k))
		}
	}
}

// featuresBlock is the number of elements that are computed before they are activated, 64
// KiB: with as many derivatives they fit in L2, and they are so many that the product, which
// rearranges w for each block, has work.
const featuresBlock = 1 << 13

// rowsInBlock returns the number of rows of cols elements in a block.
func rowsInBlock(cols int) int { return max(1, featuresBlock/max(1, cols)) }

// rowsFrom returns size rows of a from row i on, or what there is of them.
func rowsFrom(a blas64.General, i, size int) blas64.General {
	if a.Cols > 0 {
		a.Data = a.Data[i*a.Stride:]
	}
	a.Rows = min(size, a.Rows-i)
	return a
}

// oneRow returns the rows of a, which follow each other without a gap, as one.
func oneRow(a blas64.General) blas64.General {
	a.Rows, a.Cols = 1, a.Rows*a.Cols
	return a
}

// preactivations sets z to x·wᵀ + b in the documented order.
func preactivations(z, x, w blas64.General, b []float64) {
	if z.Cols == 0 {
		return
	}
	if x.Cols == 1 && w.Stride == 1 {
		affine(z.Rows, z.Data, z.Stride, x.Data, x.Stride, w.Data[:z.Cols], b)
		return
	}
	for i := range z.Rows {
		copy(row(z, i), b)
	}
	product := gemm.Product{
		M: z.Rows, N: z.Cols, K: x.Cols, Alpha: 1, Beta: 1,
		A: x.Data, ARS: x.Stride, AKS: 1,
		B: w.Data, BKS: 1, BCS: w.Stride,
		C: z.Data, LDC: z.Stride,
	}
	product.Run(1)
}

// affineGeneric sets dst[i·ld+j] to fma(x[i·incX], w[j], b[j]) for all j and i < rows.
func affineGeneric(rows int, dst []float64, ld int, x []float64, incX int, w, b []float64) {
	for i := range rows {
		z, v := dst[i*ld:][:len(w)], x[i*incX]
		for j, w := range w {
			z[j] = math.FMA(v, w, b[j])
		}
	}
}

// row returns row i of a, empty if a has no columns.
func row(a blas64.General, i int) []float64 {
	if a.Cols == 0 {
		return nil
	}
	return a.Data[i*a.Stride:][:a.Cols:a.Cols]
}

func checkFeatures(x, w blas64.General, b []float64, act Activation) {
	checkMatrix(x)
	checkMatrix(w)
	if x.Cols != w.Cols {
		panic("dense: x.Cols != w.Cols")
	}
	if len(b) != w.Rows {
		panic("dense: len(b) != w.Rows")
	}
	act.check()
}

// checkResult checks a matrix that takes one element for each row of x and of w.
func checkResult(dst, x, w blas64.General, b []float64) {
	checkMatrix(dst)
	if dst.Rows != x.Rows || dst.Cols != w.Rows {
		panic("dense: shape of the result is not x.Rows × w.Rows")
	}
	if overlap(dst, x) || overlap(dst, w) || overlap(dst, blas64.General{Rows: 1, Cols: len(b), Stride: len(b), Data: b}) {
		panic("dense: the result overlaps an input")
	}
}
