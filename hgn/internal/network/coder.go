package network

import (
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// A coder is the layer of an encoder, σ(z) with z = W x + b, for all rows x of a batch,
// and what its derivatives need. A few inputs make many features: products with W
// are sums over columns of W, not over its rows.
type coder struct {
	columns blas64.General // Wᵀ
	stack   blas64.General // rates of σ(z) above σ(z)
	value   blas64.General // σ(z), the lower half of stack
	slope   blas64.General // σ′(z)
	curve   blas64.General // z, then σ″(z)
	bar     blas64.General // ∂H/∂σ(z)
	barZ    blas64.General // ∂H/∂z
	adj     blas64.General // derivative of the rate of H with respect to z
}

// forward computes values and slopes for the rows of x.
func (c *coder) forward(x, w blas64.General, b []float64, act dense.Activation) {
	resize(&c.columns, w.Cols, w.Rows)
	for k := range w.Rows {
		for a, v := range row(w, k) {
			c.columns.Data[a*w.Rows+k] = v
		}
	}
	resize(&c.stack, 2*x.Rows, w.Rows)
	c.value = rows(c.stack, x.Rows, 2*x.Rows)
	resize(&c.slope, x.Rows, w.Rows)
	resize(&c.curve, x.Rows, w.Rows)
	repeat(c.curve, b)
	c.project(c.curve, x)
	act.ApplyGrad(c.value.Data, c.slope.Data, c.curve.Data)
}

// project adds x Wᵀ to dst.
func (c *coder) project(dst, x blas64.General) {
	for i := range x.Rows {
		to := row(dst, i)
		for a, v := range row(x, i) {
			dense.Axpy(v, row(c.columns, a), to)
		}
	}
}

// backward writes bar∘σ′ into barZ and ∂H/∂x into dx.
func (c *coder) backward(dx blas64.General) {
	resize(&c.barZ, c.bar.Rows, c.bar.Cols)
	copy(c.barZ.Data, c.bar.Data)
	dense.Mul(c.slope.Data, c.barZ.Data)
	for i := range dx.Rows {
		for a := range dx.Cols {
			dx.Data[i*dx.Stride+a] = dense.Dot(row(c.columns, a), row(c.barZ, i))
		}
	}
}

// rates computes the rates of values from those of x, and what the curvature of σ adds
// to adj.
func (c *coder) rates(xDot blas64.General, act dense.Activation) {
	bend(c.curve.Data, c.value.Data, c.slope.Data, act)
	dot := rows(c.stack, 0, xDot.Rows)
	clear(dot.Data)
	c.project(dot, xDot)
	resize(&c.adj, xDot.Rows, c.bar.Cols)
	copy(c.adj.Data, c.bar.Data)
	dense.Mul(c.curve.Data, c.adj.Data)
	dense.Mul(dot.Data, c.adj.Data)
	dense.Mul(c.slope.Data, dot.Data)
}

// accumulate adds the derivatives of the rate of H with respect to W, b and, unless it
// is nil, θ to those given. back is the derivative with respect to values through the
// layers above, which it overwrites; w is a workspace.
func (c *coder) accumulate(toW *blas64.General, toB, toTheta []float64, x, xDot, back blas64.General, w *blas64.General) {
	for i := range xDot.Rows {
		if toTheta != nil {
			dense.Axpy(1, row(c.stack, i), toTheta)
		}
	}
	dense.Mul(c.slope.Data, back.Data)
	dense.Axpy(1, back.Data, c.adj.Data)
	resize(w, x.Cols, toW.Rows)
	clear(w.Data)
	for i := range x.Rows {
		z, adj := row(c.barZ, i), row(c.adj, i)
		dense.Axpy(1, adj, toB)
		for a, v := range row(x, i) {
			dense.Axpy(xDot.Data[i*xDot.Stride+a], z, row(*w, a))
			dense.Axpy(v, adj, row(*w, a))
		}
	}
	for k := range toW.Rows {
		for a := range toW.Cols {
			toW.Data[k*toW.Stride+a] += w.Data[a*w.Stride+k]
		}
	}
}

// bend replaces z by σ″(z), given σ(z) and σ′(z).
func bend(z, value, slope []float64, act dense.Activation) {
	switch act {
	case dense.Tanh: // −2σσ′
		copy(z, value)
		dense.Mul(slope, z)
		dense.Scal(-2, z)
	case dense.Sigmoid: // σ′ − 2σσ′
		copy(z, value)
		dense.Mul(slope, z)
		dense.Scal(-2, z)
		dense.Axpy(1, slope, z)
	case dense.Softplus: // σ′ − σ′²
		copy(z, slope)
		dense.Mul(z, z)
		dense.Scal(-1, z)
		dense.Axpy(1, slope, z)
	case dense.Sin: // −σ
		copy(z, value)
		dense.Scal(-1, z)
	case dense.Gaussian: // −2(σ + zσ′), as σ′ = −2zσ
		dense.Mul(slope, z)
		dense.Axpy(1, value, z)
		dense.Scal(-2, z)
	}
}
