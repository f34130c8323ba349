package dense

import "gonum.org/v1/gonum/blas/blas64"

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
// if act is unknown. It allocates only until the buffers have been made that w is
// rearranged in, which calls share; with d = 1 there are none.
func Features(dst, x, w blas64.General, b []float64, act Activation) {
	checkFeatures(x, w, b, act)
	checkResult(dst, x, w, b)
	l := newAffine(w, b)
	defer l.release()
	size := rowsInBlock(dst.Cols)
	for i := 0; i < dst.Rows; i += size {
		z := rowsFrom(dst, i, size)
		l.apply(z, rowsFrom(x, i, size))
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
	l := newAffine(w, b)
	defer l.release()
	size := rowsInBlock(dst.Cols)
	for i := 0; i < dst.Rows; i += size {
		z, slope := rowsFrom(dst, i, size), rowsFrom(grad, i, size)
		l.apply(z, rowsFrom(x, i, size))
		if z.Stride == z.Cols && slope.Stride == slope.Cols {
			z, slope = oneRow(z), oneRow(slope)
		}
		for k := range z.Rows {
			act.applyGrad(row(z, k), row(slope, k), row(z, k))
		}
	}
}

// featuresBlock is the number of elements that are computed before they are activated: 128
// KiB, which with as much of derivatives fits in L2.
const featuresBlock = 1 << 14

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
