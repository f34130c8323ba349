package gonumblas

import "github.com/rapidhgn/rapidhgn/kernels/dense"

// Lengths from which on vectors without gaps are faster here, measured on Zen 4.
const (
	dotFrom  = 40
	axpyFrom = 16
	asumFrom = 8
	nrm2From = 8
	amaxFrom = 12
	rotFrom  = 8
	scalFrom = 64
	swapFrom = 16
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

// Dasum returns the sum of the magnitudes of x as gonum's Dasum does.
func (impl Implementation) Dasum(n int, x []float64, incX int) float64 {
	if n < asumFrom || incX != 1 || len(x) < n || !faster() {
		return impl.Implementation.Dasum(n, x, incX)
	}
	return dense.Asum(x[:n])
}

// Dnrm2 returns the Euclidean norm of x as gonum's Dnrm2 does.
func (impl Implementation) Dnrm2(n int, x []float64, incX int) float64 {
	if n < nrm2From || incX != 1 || len(x) < n || !faster() {
		return impl.Implementation.Dnrm2(n, x, incX)
	}
	return dense.Nrm2(x[:n])
}

// Idamax returns the index of the first element of x of the largest magnitude as gonum's
// Idamax does.
func (impl Implementation) Idamax(n int, x []float64, incX int) int {
	if n < amaxFrom || incX != 1 || len(x) < n || !faster() {
		return impl.Implementation.Idamax(n, x, incX)
	}
	return dense.Iamax(x[:n])
}

// Drot rotates x and y as gonum's Drot does.
func (impl Implementation) Drot(n int, x []float64, incX int, y []float64, incY int, c, s float64) {
	if n < rotFrom || incX != 1 || incY != 1 || len(x) < n || len(y) < n || !faster() {
		impl.Implementation.Drot(n, x, incX, y, incY, c, s)
		return
	}
	dense.Rot(x[:n], y[:n], c, s)
}

// Dscal multiplies x by alpha as gonum's Dscal does.
func (impl Implementation) Dscal(n int, alpha float64, x []float64, incX int) {
	if n < scalFrom || incX != 1 || alpha == 0 || len(x) < n || !faster() {
		impl.Implementation.Dscal(n, alpha, x, incX)
		return
	}
	dense.Scal(alpha, x[:n])
}

// Dswap exchanges x and y as gonum's Dswap does.
func (impl Implementation) Dswap(n int, x []float64, incX int, y []float64, incY int) {
	if n < swapFrom || incX != 1 || incY != 1 || len(x) < n || len(y) < n || !faster() {
		impl.Implementation.Dswap(n, x, incX, y, incY)
		return
	}
	dense.Swap(x[:n], y[:n])
}
