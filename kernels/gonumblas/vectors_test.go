package gonumblas

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas/gonum"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
)

// TestLevel1 compares the routines for one vector, or two of the same length, with gonum's, on
// both sides of the sizes from which on they are ours, and with gaps.
func TestLevel1(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(5, 6))
		ours, theirs := Implementation{}, gonum.Implementation{}
		for n := range 150 {
			for _, inc := range []int{1, 2} {
				size := max(1, n*inc)
				x, y := kerneltest.Rand(r, size), kerneltest.Rand(r, size)
				wantX, wantY := slices.Clone(x), slices.Clone(y)
				same := func(name string, got, want, tol float64) {
					t.Helper()
					if !kerneltest.Close(got, want, tol) {
						t.Fatalf("%s n=%d inc=%d: %v, gonum has %v", name, n, inc, got, want)
					}
				}
				largest := max(math.Abs(x[theirs.Idamax(size, x, 1)]), math.Abs(y[theirs.Idamax(size, y, 1)]))
				sum := theirs.Dasum(n, x, inc)
				same("Dasum", ours.Dasum(n, x, inc), sum, float64(n)*0x1p-52*sum)
				same("Dnrm2", ours.Dnrm2(n, x, inc), theirs.Dnrm2(n, x, inc), float64(n)*0x1p-52*sum)
				same("Idamax", float64(ours.Idamax(n, x, inc)), float64(theirs.Idamax(n, x, inc)), 0)
				ours.Drot(n, x, inc, y, inc, 0.6, -0.8)
				theirs.Drot(n, wantX, inc, wantY, inc, 0.6, -0.8)
				ours.Dswap(n, x, inc, y, inc)
				theirs.Dswap(n, wantX, inc, wantY, inc)
				ours.Dscal(n, 3, x, inc)
				theirs.Dscal(n, 3, wantX, inc)
				for i := range x {
					same("Drot, Dswap, Dscal: x", x[i], wantX[i], 12*largest*0x1p-53)
					same("Drot, Dswap: y", y[i], wantY[i], 12*largest*0x1p-53)
				}
			}
		}
	})
}

// TestTriangleVector compares Dtrmv with gonum's, and multiplies what Dtrsv solved by gonum's
// Dtrmv. The half of A that is no part of the triangle is NaN.
func TestTriangleVector(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(7, 8))
		ours, theirs := Implementation{}, gonum.Implementation{}
		for round := range 150 {
			n := 1 + r.IntN(20)
			if round%3 > 0 {
				n = vectorFrom - 3 + r.IntN(3*vectorBlock)
			}
			ul, tA, d := pick(r, uplos), pick(r, transposes), pick(r, diags)
			lda := n + r.IntN(3)
			a := operand(r, n, n, lda, kerneltest.NaN)
			for i := range n {
				theirs.Dscal(n, 1/float64(n), a.V[i*lda:], 1)
				a.V[i*lda+i]++
			}
			hide(a.V, n, lda, ul, d)
			size := slices.Clone(a.V)
			for i, v := range size {
				size[i] = math.Abs(v)
			}
			x0 := kerneltest.Rand(r, n)
			compare := func(name string, got, want, start []float64) {
				t.Helper()
				bound := make([]float64, n)
				for i, v := range start {
					bound[i] = math.Abs(v)
				}
				theirs.Dtrmv(ul, tA, d, n, size, lda, bound, 1)
				for i := range got {
					if tol := 2 * float64(n+3) * 0x1p-53 * bound[i]; !kerneltest.Close(got[i], want[i], tol) {
						t.Fatalf("%s %c%c%c n=%d: element %d is %v, want %v ± %v", name, ul, tA, d, n, i, got[i], want[i], tol)
					}
				}
			}
			x := kerneltest.NewGuarded(x0, (round+3)%8, kerneltest.Sentinel)
			want := slices.Clone(x0)
			ours.Dtrmv(ul, tA, d, n, a.V, lda, x.V, 1)
			theirs.Dtrmv(ul, tA, d, n, a.V, lda, want, 1)
			compare("Dtrmv", x.V, want, x0)

			copy(x.V, x0)
			ours.Dtrsv(ul, tA, d, n, a.V, lda, x.V, 1)
			product := slices.Clone(x.V)
			theirs.Dtrmv(ul, tA, d, n, a.V, lda, product, 1)
			compare("Dtrsv", product, x0, x.V)
			a.Check(t, "a")
			x.Check(t, "x")
		}
	})
}
