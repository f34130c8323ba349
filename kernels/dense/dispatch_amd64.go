//go:build !purego

package dense

import (
	"github.com/rapidhgn/rapidhgn/asm"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

func dot(x, y []float64) float64 {
	simd.Reads(x)
	simd.Reads(y)
	switch simd.Active() {
	case simd.AVX512:
		return asm.DotAVX512(x, y)
	case simd.AVX2:
		return asm.DotAVX2(x, y)
	default:
		return dotGeneric(x, y)
	}
}

func axpy(alpha float64, x, y []float64) {
	simd.Reads(x)
	simd.Writes(y)
	switch simd.Active() {
	case simd.AVX512:
		asm.AxpyAVX512(alpha, x, y)
	case simd.AVX2:
		asm.AxpyAVX2(alpha, x, y)
	default:
		axpyGeneric(alpha, x, y)
	}
}

func asum(x []float64) float64 {
	simd.Reads(x)
	switch simd.Active() {
	case simd.AVX512:
		return asm.AsumAVX512(x)
	case simd.AVX2:
		return asm.AsumAVX2(x)
	default:
		return asumGeneric(x)
	}
}

func absMax(x []float64) float64 {
	simd.Reads(x)
	switch simd.Active() {
	case simd.AVX512:
		return asm.AbsMaxAVX512(x)
	case simd.AVX2:
		return asm.AbsMaxAVX2(x)
	default:
		return absMaxGeneric(x)
	}
}

func rot(x, y []float64, c, s float64) {
	simd.Writes(x)
	simd.Writes(y)
	switch simd.Active() {
	case simd.AVX512:
		asm.RotAVX512(x, y, c, s)
	case simd.AVX2:
		asm.RotAVX2(x, y, c, s)
	default:
		rotGeneric(x, y, c, s)
	}
}

func scal(alpha float64, x []float64) {
	simd.Writes(x)
	switch simd.Active() {
	case simd.AVX512, simd.AVX2:
		asm.ScalAVX2(alpha, x)
	default:
		scalGeneric(alpha, x)
	}
}

func mul(x, y []float64) {
	simd.Reads(x)
	simd.Writes(y)
	switch simd.Active() {
	case simd.AVX512, simd.AVX2:
		asm.MulAVX2(x, y)
	default:
		mulGeneric(x, y)
	}
}

func swap(x, y []float64) {
	simd.Writes(x)
	simd.Writes(y)
	switch simd.Active() {
	case simd.AVX512, simd.AVX2:
		asm.SwapAVX2(x, y)
	default:
		swapGeneric(x, y)
	}
}

func exp(dst, x []float64) {
	simd.Reads(x)
	simd.Writes(dst)
	switch simd.Active() {
	case simd.AVX512:
		asm.ExpAVX512(dst, x)
	case simd.AVX2:
		asm.ExpAVX2(dst, x)
	default:
		expGeneric(dst, x)
	}
}

func tanh(dst, x []float64) {
	simd.Reads(x)
	simd.Writes(dst)
	switch simd.Active() {
	case simd.AVX512:
		asm.TanhAVX512(dst, x)
	case simd.AVX2:
		asm.TanhAVX2(dst, x)
	default:
		tanhGeneric(dst, x)
	}
}

func tanhGrad(dst, grad, x []float64) {
	simd.Reads(x)
	simd.Writes(dst)
	simd.Writes(grad)
	switch simd.Active() {
	case simd.AVX512:
		asm.TanhGradAVX512(dst, grad, x)
	case simd.AVX2:
		asm.TanhGradAVX2(dst, grad, x)
	default:
		tanhGradGeneric(dst, grad, x)
	}
}

func sigmoid(dst, x []float64) {
	simd.Reads(x)
	simd.Writes(dst)
	switch simd.Active() {
	case simd.AVX512:
		asm.SigmoidAVX512(dst, x)
	case simd.AVX2:
		asm.SigmoidAVX2(dst, x)
	default:
		sigmoidGeneric(dst, x)
	}
}

func sigmoidGrad(dst, grad, x []float64) {
	simd.Reads(x)
	simd.Writes(dst)
	simd.Writes(grad)
	switch simd.Active() {
	case simd.AVX512:
		asm.SigmoidGradAVX512(dst, grad, x)
	case simd.AVX2:
		asm.SigmoidGradAVX2(dst, grad, x)
	default:
		sigmoidGradGeneric(dst, grad, x)
	}
}

func softplus(dst, x []float64) {
	simd.Reads(x)
	simd.Writes(dst)
	switch simd.Active() {
	case simd.AVX512:
		asm.SoftplusAVX512(dst, x)
	case simd.AVX2:
		asm.SoftplusAVX2(dst, x)
	default:
		softplusGeneric(dst, x)
	}
}

func softplusGrad(dst, grad, x []float64) {
	simd.Reads(x)
	simd.Writes(dst)
	simd.Writes(grad)
	switch simd.Active() {
	case simd.AVX512:
		asm.SoftplusGradAVX512(dst, grad, x)
	case simd.AVX2:
		asm.SoftplusGradAVX2(dst, grad, x)
	default:
		softplusGradGeneric(dst, grad, x)
	}
}

func gaussian(dst, x []float64) {
	simd.Reads(x)
	simd.Writes(dst)
	switch simd.Active() {
	case simd.AVX512:
		asm.GaussianAVX512(dst, x)
	case simd.AVX2:
		asm.GaussianAVX2(dst, x)
	default:
		gaussianGeneric(dst, x)
	}
}

func gaussianGrad(dst, grad, x []float64) {
	simd.Reads(x)
	simd.Writes(dst)
	simd.Writes(grad)
	switch simd.Active() {
	case simd.AVX512:
		asm.GaussianGradAVX512(dst, grad, x)
	case simd.AVX2:
		asm.GaussianGradAVX2(dst, grad, x)
	default:
		gaussianGradGeneric(dst, grad, x)
	}
}

// sin lets the reference do what the kernels stop at.
func sin(dst, x []float64) {
	simd.Reads(x)
	simd.Writes(dst)
	for len(x) > 0 {
		done := 0
		switch simd.Active() {
		case simd.AVX512:
			done = asm.SinAVX512(dst, x)
		case simd.AVX2:
			done = asm.SinAVX2(dst, x)
		}
		next := min(done+sinStep, len(x))
		sinGeneric(dst[done:next], x[done:next])
		dst, x = dst[next:], x[next:]
	}
}

// sinGrad lets the reference do what the kernels stop at.
func sinGrad(dst, grad, x []float64) {
	simd.Reads(x)
	simd.Writes(dst)
	simd.Writes(grad)
	for len(x) > 0 {
		done := 0
		switch simd.Active() {
		case simd.AVX512:
			done = asm.SinGradAVX512(dst, grad, x)
		case simd.AVX2:
			done = asm.SinGradAVX2(dst, grad, x)
		}
		next := min(done+sinStep, len(x))
		sinGradGeneric(dst[done:next], grad[done:next], x[done:next])
		dst, grad, x = dst[next:], grad[next:], x[next:]
	}
}

func affine(rows, cols, depth int, dst []float64, ld int, x []float64, ldx int, w []float64, ldw int, b []float64) {
	for i := 0; simd.Race && i < rows; i++ {
		simd.Reads(x[i*ldx:][:depth])
		simd.Writes(dst[i*ld:][:cols])
	}
	for k := 0; simd.Race && k < depth; k++ {
		simd.Reads(w[k*ldw:][:cols])
	}
	simd.Reads(b)
	switch simd.Active() {
	case simd.AVX512:
		asm.AffineAVX512(rows, cols, depth, &dst[0], ld, &x[0], ldx, &w[0], ldw, &b[0])
	case simd.AVX2:
		asm.AffineAVX2(rows, cols, depth, &dst[0], ld, &x[0], ldx, &w[0], ldw, &b[0])
	default:
		affineGeneric(rows, cols, depth, dst, ld, x, ldx, w, ldw, b)
	}
}
