package gonumlapack

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/gonum"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
)

// TestCholesky compares factors and solutions with gonum's, on both sides of the thresholds,
// and checks that the other triangle is left alone.
func TestCholesky(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(17, 18))
		theirs := gonum.Implementation{}
		for _, impl := range []Implementation{{}, {always: true}} {
			for _, n := range []int{0, 1, 5, 31, 32, 33, 40, 64, 65, 90, 95, 131} {
				for _, ul := range []blas.Uplo{blas.Upper, blas.Lower} {
					what := fmt.Sprintf("order %d, %c", n, ul)
					a := newMatrix(r, n, n)
					a = product(blas.Trans, blas.NoTrans, a, a)
					got, want := cloned(a), cloned(a)
					if !impl.Dpotrf(ul, n, got.Data, max(1, got.Stride)) || !theirs.Dpotrf(ul, n, want.Data, max(1, want.Stride)) {
						t.Fatalf("%s: not positive definite", what)
					}
					// The matrix is near singular: compare products, not factors.
					for i := range n {
						for j := range n {
							if (j < i) == (ul == blas.Upper) && j != i && got.Data[i*got.Stride+j] != a.Data[i*a.Stride+j] {
								t.Fatalf("%s: changed the other triangle at %d, %d", what, i, j)
							}
						}
					}
					if d := difference(squared(got, ul), squared(want, ul)); !(d <= 10*float64(n)*eps*largest(a)) {
						t.Fatalf("%s: %v from gonum's", what, d)
					}
					for _, nrhs := range []int{0, 1, 3, 40} {
						checkSolved(t, what, impl, ul, want, newMatrix(r, n, nrhs))
					}
				}
			}
		}
	})
}

// squared returns the product of the triangle with its transpose that Dpotrf has factored.
func squared(a blas64.General, ul blas.Uplo) blas64.General {
	tri := cloned(a)
	for i := range a.Rows {
		for j := range a.Cols {
			if j != i && (j < i) == (ul == blas.Upper) {
				tri.Data[i*a.Stride+j] = 0
			}
		}
	}
	if ul == blas.Upper {
		return product(blas.Trans, blas.NoTrans, tri, tri)
	}
	return product(blas.NoTrans, blas.Trans, tri, tri)
}

func checkSolved(t *testing.T, what string, impl Implementation, ul blas.Uplo, a, b blas64.General) {
	t.Helper()
	n, nrhs := b.Rows, b.Cols
	// Solutions may be as far apart as the condition of a makes them: compare what a gives
	// back, row by row of the triangle.
	for _, trans := range []blas.Transpose{blas.NoTrans, blas.Trans} {
		x := cloned(b)
		if !impl.Dtrtrs(ul, trans, blas.NonUnit, n, nrhs, a.Data, max(1, a.Stride), x.Data, x.Stride) {
			t.Fatalf("%s: singular", what)
		}
		for i := range n {
			for c := range nrhs {
				sum, size := 0.0, math.Abs(b.Data[i*b.Stride+c])
				for j := range n {
					p, q := i, j
					if trans == blas.Trans {
						p, q = j, i
					}
					if p != q && (q < p) == (ul == blas.Upper) {
						continue
					}
					v := a.Data[p*a.Stride+q] * x.Data[j*x.Stride+c]
					sum, size = sum+v, size+math.Abs(v)
				}
				if d := math.Abs(sum - b.Data[i*b.Stride+c]); !(d <= 4*float64(n)*eps*size) {
					t.Fatalf("%s: solution %d %c: row %d is off by %v", what, c, trans, i, d)
				}
			}
		}
	}
	first, second := blas.Trans, blas.NoTrans
	if ul == blas.Lower {
		first, second = second, first
	}
	x, y := cloned(b), cloned(b)
	impl.Dpotrs(ul, n, nrhs, a.Data, max(1, a.Stride), x.Data, x.Stride)
	for _, trans := range []blas.Transpose{first, second} {
		impl.Dtrtrs(ul, trans, blas.NonUnit, n, nrhs, a.Data, max(1, a.Stride), y.Data, y.Stride)
	}
	if i := kerneltest.FirstDifference(x.Data, y.Data); i >= 0 {
		t.Fatalf("%s: Dpotrs differs from two Dtrtrs at %d: %v and %v", what, i, x.Data[i], y.Data[i])
	}
}

// TestNotDefinite checks that a matrix that is not positive definite is refused.
func TestNotDefinite(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		for _, bad := range []float64{0, -1, math.NaN()} {
			for _, ul := range []blas.Uplo{blas.Upper, blas.Lower} {
				for _, at := range []int{0, 31, 64, 99} {
					a := blas64.General{Rows: 100, Cols: 100, Stride: 100, Data: make([]float64, 100*100)}
					identity(a, 0)
					a.Data[at*100+at] = bad
					if (Implementation{always: true}).Dpotrf(ul, 100, a.Data, 100) {
						t.Errorf("%v at %d of %c: factored", bad, at, ul)
					}
				}
			}
		}
	})
}

// TestSingular checks that a triangle with a zero on the diagonal is refused.
func TestSingular(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		a := make([]float64, 40*40)
		identity(blas64.General{Rows: 40, Cols: 40, Stride: 40, Data: a}, 0)
		a[7*41] = 0
		b := make([]float64, 40*3)
		if (Implementation{}).Dtrtrs(blas.Upper, blas.NoTrans, blas.NonUnit, 40, 3, a, 40, b, 3) {
			t.Error("solved")
		}
		if !(Implementation{}).Dtrtrs(blas.Upper, blas.NoTrans, blas.Unit, 40, 3, a, 40, b, 3) {
			t.Error("refused, with a diagonal that does not count")
		}
	})
}
