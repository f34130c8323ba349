package lsq

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// The factor has the products of the rows, and gives the solution in other columns.
func TestFactorInOtherColumns(t *testing.T) {
	r := rand.New(rand.NewPCG(61, 62))
	random := func(rows, cols int) blas64.General {
		x := make([]float64, rows*cols)
		for i := range x {
			x[i] = r.NormFloat64()
		}
		return blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: x}
	}
	product := func(tA blas.Transpose, a, b blas64.General) blas64.General {
		c := blas64.General{Rows: a.Rows, Cols: b.Cols, Stride: b.Cols}
		if tA == blas.Trans {
			c.Rows = a.Cols
		}
		c.Data = make([]float64, c.Rows*c.Cols)
		dense.Gemm(tA, blas.NoTrans, 1, a, b, 0, c)
		return c
	}
	kerneltest.EachLevel(t, func(t *testing.T) {
		for _, rows := range []int{3, 100, 2000} {
			const cols, rhs, other = 11, 2, 7
			a, b, s := random(rows, cols), random(rows, rhs), random(cols, other)
			acc, want, got := New(cols, rhs), New(other, rhs), New(other, rhs)
			for _, err := range []error{acc.Append(a, b), want.Append(product(blas.NoTrans, a, s), b)} {
				if err != nil {
					t.Fatal(err)
				}
			}
			f, c, rest, err := acc.Factor()
			if err != nil {
				t.Fatal(err)
			}
			for i := range cols {
				for j := range i {
					if f.Data[i*f.Stride+j] != 0 {
						t.Fatalf("R[%d,%d] is not zero", i, j)
					}
				}
			}
			near := func(name string, x, y blas64.General) {
				t.Helper()
				for i, v := range x.Data {
					if !kerneltest.Close(v, y.Data[i], 1e-13*float64(rows)) {
						t.Fatalf("%d rows: %s[%d] is %v, want %v", rows, name, i, v, y.Data[i])
					}
				}
			}
			near("RᵀR", product(blas.Trans, f, f), product(blas.Trans, a, a))
			near("RᵀC", product(blas.Trans, f, c), product(blas.Trans, a, b))
			if err := got.Append(product(blas.NoTrans, f, s), c); err != nil {
				t.Fatal(err)
			}
			x, err := got.Solve(Options{})
			if err != nil {
				t.Fatal(err)
			}
			y, err := want.Solve(Options{})
			if err != nil {
				t.Fatal(err)
			}
			if rows > other {
				near("X", x.X, y.X)
			}
			for k, v := range rest {
				if total := math.Hypot(v, x.Residual[k]); !kerneltest.Close(total, y.Residual[k], 1e-12*(1+y.Residual[k])) {
					t.Fatalf("%d rows: residual %v, want %v", rows, total, y.Residual[k])
				}
			}
		}
		gram := NewGram(1, 1)
		if err := gram.Append(random(1000, 1), random(1000, 1)); err != nil {
			t.Fatal(err)
		}
		if x, _, _, err := gram.Factor(); err != nil || !(math.Abs(x.Data[0]*x.Data[0]-1000) < 300) {
			t.Fatalf("factor of a Gram matrix: %v, %v", x, err)
		}
		r, c, rest, err := New(3, 1).Factor()
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range append(append(r.Data, c.Data...), rest...) {
			if v != 0 {
				t.Fatal("the factor of no rows is not zero")
			}
		}
	})
}
