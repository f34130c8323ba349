//go:build !amd64 || purego

package dense

func dot(x, y []float64) float64 { return dotGeneric(x, y) }

func axpy(alpha float64, x, y []float64) { axpyGeneric(alpha, x, y) }

func asum(x []float64) float64 { return asumGeneric(x) }

func absMax(x []float64) float64 { return absMaxGeneric(x) }

func rot(x, y []float64, c, s float64) { rotGeneric(x, y, c, s) }

func scal(alpha float64, x []float64) { scalGeneric(alpha, x) }

func mul(x, y []float64) { mulGeneric(x, y) }

func swap(x, y []float64) { swapGeneric(x, y) }

func exp(dst, x []float64) { expGeneric(dst, x) }

func tanh(dst, x []float64) { tanhGeneric(dst, x) }

func tanhGrad(dst, grad, x []float64) { tanhGradGeneric(dst, grad, x) }

func sigmoid(dst, x []float64) { sigmoidGeneric(dst, x) }

func sigmoidGrad(dst, grad, x []float64) { sigmoidGradGeneric(dst, grad, x) }

func softplus(dst, x []float64) { softplusGeneric(dst, x) }

func softplusGrad(dst, grad, x []float64) { softplusGradGeneric(dst, grad, x) }

func gaussian(dst, x []float64) { gaussianGeneric(dst, x) }

func gaussianGrad(dst, grad, x []float64) { gaussianGradGeneric(dst, grad, x) }

func sin(dst, x []float64) { sinGeneric(dst, x) }

func sinGrad(dst, grad, x []float64) { sinGradGeneric(dst, grad, x) }

func affine(rows, cols, depth int, dst []float64, ld int, x []float64, ldx int, w []float64, ldw int, b []float64) {
	affineGeneric(rows, cols, depth, dst, ld, x, ldx, w, ldw, b)
}
