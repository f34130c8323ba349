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

type gelser interface {
	Dgels(trans blas.Transpose, m, n, nrhs int, a []float64, lda int, b []float64, ldb int, work []float64, lwork int) bool
}

// gels returns the solution, or a residual with it, for copies of a and b.
func gels(impl gelser, trans blas.Transpose, a, b blas64.General) (blas64.General, bool) {
	a, b = cloned(a), cloned(b)
	k := min(a.Rows, a.Cols)
	work := make([]float64, max(1, k+32*max(k, b.Cols)))
	ok := impl.Dgels(trans, a.Rows, a.Cols, b.Cols, a.Data, a.Stride, b.Data, b.Stride, work, len(work))
	return b, ok
}

// TestGels compares solutions with gonum's for matrices that are far from singular, and
// those of scaled problems with them.
func TestGels(t *testing.T) {
	impl, theirs := Implementation{always: true}, gonum.Implementation{}
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(19, 20))
		for _, shape := range [][2]int{{0, 3}, {1, 1}, {3, 3}, {9, 4}, {40, 40}, {70, 66}, {150, 30}} {
			for _, s := range [][2]int{shape, {shape[1], shape[0]}} {
				for _, nrhs := range []int{0, 1, ormFew + 1} {
					for _, trans := range []blas.Transpose{blas.NoTrans, blas.Trans} {
						what := fmt.Sprintf("%d×%d %c, %d", s[0], s[1], trans, nrhs)
						a, b := newMatrix(r, s[0], s[1]), newMatrix(r, max(s[0], s[1]), nrhs)
						for i := range min(s[0], s[1]) {
							a.Data[i*a.Stride+i] += 4 * math.Sqrt(float64(max(s[0], s[1])))
						}
						n := a.Cols // rows of the solution
						if trans != blas.NoTrans {
							n = a.Rows
						}
						got, ok := gels(impl, trans, a, b)
						want, okWant := gels(theirs, trans, a, b)
						tol := 100 * float64(max(s[0], s[1])) * eps * largest(want)
						if d := difference(part(got, 0, 0, n, nrhs), part(want, 0, 0, n, nrhs)); ok != okWant || !(d <= tol) {
							t.Fatalf("%s: %v, %v from gonum's", what, ok, d)
						}
						for _, e := range []float64{-1000, 1000} {
							x, _ := gels(impl, trans, scaledBy(a, math.Exp2(e)), b)
							x = part(x, 0, 0, n, nrhs)
							scaleRows(x, math.Exp2(e/2))
							scaleRows(x, math.Exp2(e/2))
							if d := difference(x, part(got, 0, 0, n, nrhs)); !(d <= tol) {
								t.Fatalf("%s: %v off when A is scaled by 2^%v", what, d, e)
							}
							x, _ = gels(impl, trans, a, scaledBy(b, math.Exp2(e)))
							x = part(x, 0, 0, n, nrhs)
							scaleRows(x, math.Exp2(-e))
							if d := difference(x, part(got, 0, 0, n, nrhs)); !(d <= tol) {
								t.Fatalf("%s: %v off when B is scaled by 2^%v", what, d, e)
							}
						}
					}
				}
			}
		}
	})
}

func scaledBy(a blas64.General, s float64) blas64.General {
	a = cloned(a)
	scaleRows(a, s)
	return a
}

// TestGelsSingular checks the two ends of what a matrix without full rank can do.
func TestGelsSingular(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(21, 22))
		a, b := newMatrix(r, 50, 40), newMatrix(r, 50, 2)
		clearRows(a)
		x, ok := gels(Implementation{always: true}, blas.NoTrans, a, b)
		if !ok || largest(x) != 0 {
			t.Errorf("a zero matrix: %v, %v", ok, largest(x))
		}
		identity(a, 0)
		a.Data[39*a.Stride+39] = 0
		if _, ok := gels(Implementation{always: true}, blas.NoTrans, a, b); ok {
			t.Error("a zero column: solved")
		}
	})
}
