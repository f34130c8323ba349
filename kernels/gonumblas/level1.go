package gonumblas

import (
	"math"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// Lengths from which on vectors without gaps are faster here, measured on Zen 4.
const (
	dotFrom  = 13
	axpyFrom = 13
	asumFrom = 8
	nrm2From = 8
	amaxFrom = 13
	rotFrom  = 13
	scalFrom = 13
	swapFrom = 13
)

// shortBelow is the length below which what it costs to choose between the kernels of two
// levels shows.
const shortBelow = 64

// brief is the length up to which a loop on the spot takes less time than a call, measured on
// Zen 4. It does what gonum does, whatever the level.
const brief = 12

// briefDot is the same for an inner product, whose additions wait for one another.
const briefDot = 8

// isBrief reports whether n elements of a vector are such, without gaps, and there.
func isBrief(n, inc, length int) bool { return uint(n-1) < brief && inc == 1 && n <= length }

// Ddot returns the inner product of x and y as gonum's Ddot does.
func (impl Implementation) Ddot(n int, x []float64, incX int, y []float64, incY int) float64 {
	if n <= briefDot && isBrief(n, incX, len(x)) && isBrief(n, incY, len(y)) {
		var s0, s1, s2, s3 float64
		x, y := x[:n], y[:n]
		for len(x) >= 4 && len(y) >= 4 {
			v, w := (*[4]float64)(x), (*[4]float64)(y)
			s0 += float64(v[0] * w[0])
			s1 += float64(v[1] * w[1])
			s2 += float64(v[2] * w[2])
			s3 += float64(v[3] * w[3])
			x, y = x[4:], y[4:]
		}
		for i, v := range x {
			s0 += float64(v * y[i])
		}
		return (s0 + s1) + (s2 + s3)
	}
	if n < dotFrom || incX != 1 || incY != 1 || len(x) < n || len(y) < n || !faster() {
		return impl.Implementation.Ddot(n, x, incX, y, incY)
	}
	if n < shortBelow {
		return shortDot(x[:n], y[:n])
	}
	return dense.Dot(x[:n], y[:n])
}

// Daxpy adds alpha times x to y as gonum's Daxpy does.
func (impl Implementation) Daxpy(n int, alpha float64, x []float64, incX int, y []float64, incY int) {
	if isBrief(n, incX, len(x)) && isBrief(n, incY, len(y)) && alpha != 0 {
		x, y := x[:n], y[:n]
		for len(x) >= 4 && len(y) >= 4 {
			v, w := (*[4]float64)(x), (*[4]float64)(y)
			w[0] += float64(alpha * v[0])
			w[1] += float64(alpha * v[1])
			w[2] += float64(alpha * v[2])
			w[3] += float64(alpha * v[3])
			x, y = x[4:], y[4:]
		}
		for i, v := range x {
			y[i] += float64(alpha * v)
		}
		return
	}
	if n < axpyFrom || incX != 1 || incY != 1 || alpha == 0 || len(x) < n || len(y) < n || !faster() {
		impl.Implementation.Daxpy(n, alpha, x, incX, y, incY)
		return
	}
	if n < shortBelow {
		shortAxpy(alpha, x[:n], y[:n])
		return
	}
	dense.Axpy(alpha, x[:n], y[:n])
}

// Dasum returns the sum of the magnitudes of x as gonum's Dasum does.
func (impl Implementation) Dasum(n int, x []float64, incX int) float64 {
	if n < asumFrom && isBrief(n, incX, len(x)) {
		var s0, s1, s2, s3 float64
		x := x[:n]
		for len(x) >= 4 {
			v := (*[4]float64)(x)
			s0 += math.Abs(v[0])
			s1 += math.Abs(v[1])
			s2 += math.Abs(v[2])
			s3 += math.Abs(v[3])
			x = x[4:]
		}
		for _, v := range x {
			s0 += math.Abs(v)
		}
		return (s0 + s1) + (s2 + s3)
	}
	if n < asumFrom || incX != 1 || len(x) < n || !faster() {
		return impl.Implementation.Dasum(n, x, incX)
	}
	return dense.Asum(x[:n])
}

// Dnrm2 returns the Euclidean norm of x as gonum's Dnrm2 does.
func (impl Implementation) Dnrm2(n int, x []float64, incX int) float64 {
	if n == 1 && incX == 1 && len(x) > 0 {
		return math.Abs(x[0])
	}
	if n < nrm2From || incX != 1 || len(x) < n || !faster() {
		return impl.Implementation.Dnrm2(n, x, incX)
	}
	return dense.Nrm2(x[:n])
}

// Idamax returns the index of the first element of x of the largest magnitude as gonum's
// Idamax does.
func (impl Implementation) Idamax(n int, x []float64, incX int) int {
	if isBrief(n, incX, len(x)) {
		at, largest := 0, math.Abs(x[0])
		for i, v := range x[:n] {
			if size := math.Abs(v); size > largest {
				at, largest = i, size
			}
		}
		return at
	}
	if n < amaxFrom || incX != 1 || len(x) < n || !faster() {
		return impl.Implementation.Idamax(n, x, incX)
	}
	return dense.Iamax(x[:n])
}

// Drot rotates x and y as gonum's Drot does.
func (impl Implementation) Drot(n int, x []float64, incX int, y []float64, incY int, c, s float64) {
	if isBrief(n, incX, len(x)) && isBrief(n, incY, len(y)) {
		y := y[:n]
		for i, v := range x[:n] {
			w := y[i]
			x[i], y[i] = float64(c*v)+float64(s*w), float64(c*w)-float64(s*v)
		}
		return
	}
	if n < rotFrom || incX != 1 || incY != 1 || len(x) < n || len(y) < n || !faster() {
		impl.Implementation.Drot(n, x, incX, y, incY, c, s)
		return
	}
	dense.Rot(x[:n], y[:n], c, s)
}

// Dscal multiplies x by alpha as gonum's Dscal does.
func (impl Implementation) Dscal(n int, alpha float64, x []float64, incX int) {
	if isBrief(n, incX, len(x)) && alpha != 0 {
		x := x[:n]
		for len(x) >= 4 {
			v := (*[4]float64)(x)
			v[0] *= alpha
			v[1] *= alpha
			v[2] *= alpha
			v[3] *= alpha
			x = x[4:]
		}
		for i := range x {
			x[i] *= alpha
		}
		return
	}
	if n < scalFrom || incX != 1 || alpha == 0 || len(x) < n || !faster() {
		impl.Implementation.Dscal(n, alpha, x, incX)
		return
	}
	if n < shortBelow {
		shortScal(alpha, x[:n])
		return
	}
	dense.Scal(alpha, x[:n])
}

// Dswap exchanges x and y as gonum's Dswap does.
func (impl Implementation) Dswap(n int, x []float64, incX int, y []float64, incY int) {
	if isBrief(n, incX, len(x)) && isBrief(n, incY, len(y)) {
		x, y := x[:n], y[:n]
		for len(x) >= 4 && len(y) >= 4 {
			v, w := (*[4]float64)(x), (*[4]float64)(y)
			v[0], w[0] = w[0], v[0]
			v[1], w[1] = w[1], v[1]
			v[2], w[2] = w[2], v[2]
			v[3], w[3] = w[3], v[3]
			x, y = x[4:], y[4:]
		}
		for i, v := range x {
			x[i], y[i] = y[i], v
		}
		return
	}
	if n < swapFrom || incX != 1 || incY != 1 || len(x) < n || len(y) < n || !faster() {
		impl.Implementation.Dswap(n, x, incX, y, incY)
		return
	}
	if n < shortBelow {
		shortSwap(x[:n], y[:n])
		return
	}
	dense.Swap(x[:n], y[:n])
}
