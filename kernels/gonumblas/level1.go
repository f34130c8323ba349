package gonumblas

import "github.com/rapidhgn/rapidhgn/kernels/dense"

// Lengths from which on vectors without gaps are faster here, measured on Zen 4.
const (
	dotFrom  = 32
	axpyFrom = 16
)

// Ddot returns the inner product of x and y as gonum's Ddot does.
func (impl Implementation) Ddot(n int, x []float64, incX int, y []float64, incY int) float64 {
	if n < dotFrom || incX != 1 || incY != 1 || len(x) < n || len(y) < n || !faster() {
		return impl.Implementation.Ddot(n, x, incX, y, incY)
	}
	return dense.Dot(x[:n], y[:n])
}

// Daxpy adds alpha times x to y as gonum's Daxpy does.
func (impl Implementation) Daxpy(n int, alpha float64, x []float64, incX int, y []float64, incY int) {
	if n < axpyFrom || incX != 1 || incY != 1 || alpha == 0 || len(x) < n || len(y) < n || !faster() {
		impl.Implementation.Daxpy(n, alpha, x, incX, y, incY)
		return
	}
	dense.Axpy(alpha, x[:n], y[:n])
}
