package gonumlapack

import (
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
)

func TestRotate(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(7, 8))
		special := kerneltest.Special()
		for _, cols := range []int{8, 16, 24, 32, 72} {
			for _, n := range []int{1, 2, 7} {
				for _, step := range []int{1, -1} {
					for off := range 8 {
						ld := cols + off
						x := kerneltest.Rand(r, n*ld+cols)
						if off == 3 {
							x[r.IntN(len(x))] = special[r.IntN(len(special))]
						}
						c, s := kerneltest.Rand(r, n), kerneltest.Rand(r, n)
						at := 0
						if step < 0 {
							at = n * ld
						}
						want := slices.Clone(x)
						rotateGeneric(n, c, s, want, at, step*ld, cols)
						cg, sg := kerneltest.NewGuarded(c, off, kerneltest.NaN), kerneltest.NewGuarded(s, off, kerneltest.NaN)
						a := kerneltest.NewGuarded(x, off, kerneltest.Sentinel)
						rotate(n, cg.V, sg.V, a.V, at, step*ld, cols)
						a.Check(t, "a")
						if i := kerneltest.FirstDifference(a.V, want); i >= 0 {
							t.Fatalf("n=%d cols=%d step=%d off=%d: a[%d] = %v, want %v", n, cols, step, off, i, a.V[i], want[i])
						}
					}
				}
			}
		}
	})
}

// TestRotateGeneric rotates by angles whose cosine and sine are exact.
func TestRotateGeneric(t *testing.T) {
	a := []float64{1, 10, 2, 20, 3, 30}
	rotateGeneric(2, []float64{0, 0.6}, []float64{1, 0.8}, a, 0, 2, 2)
	if want := []float64{2, 20, 0.6*-1 + 0.8*3, 0.6*-10 + 0.8*30, 0.6*3 + 0.8*1, 0.6*30 + 0.8*10}; !slices.EqualFunc(a, want, near) {
		t.Errorf("downwards: %v, want %v", a, want)
	}
	a = []float64{3, 2, 1}
	rotateGeneric(2, []float64{0, 0.6}, []float64{1, 0.8}, a, 2, -1, 1)
	if want := []float64{0.6*3 + 0.8*1, 0.6*-1 + 0.8*3, 2}; !slices.EqualFunc(a, want, near) {
		t.Errorf("upwards: %v, want %v", a, want)
	}
}

func near(x, y float64) bool { return kerneltest.Close(x, y, 1e-14) }

func TestTranspose(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(9, 10))
		for _, m := range []int{0, 1, 7, 8, 9, 16, 63, 64, 65, 130} {
			for _, n := range []int{0, 1, 3, 4, 5, 8, 63, 64, 68, 131} {
				off := (m + n) % 8
				src := blas64.General{Rows: m, Cols: n, Stride: n + off + 1, Data: kerneltest.Rand(r, m*(n+off+1))}
				from := kerneltest.NewGuarded(src.Data, off, kerneltest.NaN)
				src.Data = from.V
				dst := blas64.General{Rows: n, Cols: m, Stride: m + 8 - off, Data: kerneltest.Rand(r, n*(m+8-off))}
				want := slices.Clone(dst.Data)
				to := kerneltest.NewGuarded(dst.Data, off, kerneltest.Sentinel)
				dst.Data = to.V
				for i := range m {
					for j := range n {
						want[j*dst.Stride+i] = src.Data[i*src.Stride+j]
					}
				}
				transpose(dst, src)
				to.Check(t, "dst")
				if i := kerneltest.FirstDifference(dst.Data, want); i >= 0 {
					t.Fatalf("%d×%d: element %d is %v, want %v", m, n, i, dst.Data[i], want[i])
				}
			}
		}
	})
}
