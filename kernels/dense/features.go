package dense

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"
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
// if act is unknown. It does not allocate.
func Features(dst, x, w blas64.General, b []float64, act Activation) {
	checkFeatures(x, w, b, act)
	checkResult(dst, x, w, b)
	featuresGeneric(dst, x, w, b, act)
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
	featuresGradGeneric(dst, grad, x, w, b, act)
}

func featuresGeneric(dst, x, w blas64.General, b []float64, act Activation) {
	for i := range dst.Rows {
		z := row(dst, i)
		affine(z, row(x, i), w, b)
		act.apply(z, z)
	}
}

func featuresGradGeneric(dst, grad, x, w blas64.General, b []float64, act Activation) {
	for i := range dst.Rows {
		z := row(dst, i)
		affine(z, row(x, i), w, b)
		act.applyGrad(z, row(grad, i), z)
	}
}

// affine sets z to w·x + b in the documented order.
func affine(z, x []float64, w blas64.General, b []float64) {
	copy(z, b)
	for k, v := range x {
		for j := range z {
			z[j] = math.FMA(v, w.Data[j*w.Stride+k], z[j])
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
