package gonumblas

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
)

// TestVectors compares the routines for vectors with gonum's, with operands between guards
// and, in turn, at the end of a page.
func TestVectors(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(3, 4))
		var few [][2]int // sizes around those computed on the spot
		for m := 1; m <= 6; m++ {
			for n := 1; m*n <= 6; n++ {
				few = append(few, [2]int{m, n})
			}
		}
		combinations := len(transposes) * len(factors) * len(factors)
		first := len(few) * combinations
		for round := range first + 400 {
			m, n := 1+r.IntN(20), 1+r.IntN(70)
			if round%20 == 0 {
				n = 120 + r.IntN(20)
			}
			tA, alpha, beta := pick(r, transposes), pick(r, factors), pick(r, factors)
			if round < first {
				m, n = few[round/combinations][0], few[round/combinations][1]
				tA, alpha, beta = transposes[round%3], factors[round/3%3], factors[round/9%3]
			}
			lda := n + r.IntN(4)
			lenX, lenY := n, m
			if tA != blas.NoTrans {
				lenX, lenY = m, n
			}
			operands := [3]*kerneltest.Guarded{
				operand(r, m, n, lda, kerneltest.NaN), operand(r, 1, lenX, lenX, kerneltest.NaN), operand(r, 1, lenY, lenY, kerneltest.Sentinel),
			}
			if beta == 0 {
				operands[2].V[r.IntN(lenY)] = math.NaN()
			}
			var ours, theirs, size [3][]float64
			for i, o := range operands {
				ours[i], theirs[i], size[i] = o.V, slices.Clone(o.V), slices.Clone(o.V)
				for j, v := range size[i] {
					size[i][j] = math.Abs(v)
				}
				if round%2 == 0 {
					ours[i] = kerneltest.PageEnd(t, o.V)
				}
			}
			check := func(name string, result int, products int) {
				t.Helper()
				for i, o := range operands {
					o.Check(t, name)
					for j := range ours[i] {
						tol := 0.0
						if i == result {
							tol = 2 * float64(products+3) * 0x1p-53 * size[i][j]
						}
						if math.IsNaN(tol) {
							tol = 0 // a gap
						}
						if !kerneltest.Close(ours[i][j], theirs[i][j], tol) {
							t.Fatalf("%s tA=%c m=%d n=%d alpha=%v beta=%v: operand %d, element %d: %v, gonum has %v ± %v",
								name, tA, m, n, alpha, beta, i, j, ours[i][j], theirs[i][j], tol)
						}
					}
				}
			}
			impl, gonum := Implementation{}, gonum.Implementation{}
			impl.Dgemv(tA, m, n, alpha, ours[0], lda, ours[1], 1, beta, ours[2], 1)
			gonum.Dgemv(tA, m, n, alpha, theirs[0], lda, theirs[1], 1, beta, theirs[2], 1)
			gonum.Dgemv(tA, m, n, math.Abs(alpha), size[0], lda, size[1], 1, math.Abs(beta), size[2], 1)
			check("Dgemv", 2, lenX)

			row, column := 1, 2 // the operands of m and of n elements
			if tA == blas.NoTrans {
				row, column = 2, 1
			}
			copy(ours[2], theirs[2])
			impl.Dger(m, n, alpha, ours[row], 1, ours[column], 1, ours[0], lda)
			gonum.Dger(m, n, alpha, theirs[row], 1, theirs[column], 1, theirs[0], lda)
			gonum.Dger(m, n, math.Abs(alpha), size[row], 1, size[column], 1, size[0], lda)
			check("Dger", 0, 1)

			x, y := ours[column], ours[0][:n]
			got, want := impl.Ddot(n, x, 1, y, 1), gonum.Ddot(n, theirs[column], 1, theirs[0][:n], 1)
			for i := range y {
				size[0][i] = math.Abs(y[i])
				size[column][i] = math.Abs(x[i])
			}
			if tol := 2 * float64(n+1) * 0x1p-53 * gonum.Ddot(n, size[column], 1, size[0], 1); !kerneltest.Close(got, want, tol) {
				t.Fatalf("Ddot n=%d: %v, gonum has %v ± %v", n, got, want, tol)
			}
			copy(theirs[0], ours[0])
			impl.Daxpy(n, alpha, x, 1, y, 1)
			gonum.Daxpy(n, alpha, theirs[column], 1, theirs[0], 1)
			gonum.Daxpy(n, math.Abs(alpha), size[column], 1, size[0], 1)
			check("Daxpy", 0, 1)
		}
	})
}

// FuzzDgemv compares the kernels of Dgemv with their references, which order sums otherwise.
func FuzzDgemv(f *testing.F) {
	f.Add(uint64(1), uint8(7), uint8(70), uint8(2), 0.5)
	f.Fuzz(func(t *testing.T, seed uint64, m, n, gap uint8, alpha float64) {
		rows, cols := gemvRows*(1+int(m)%4), 1+int(n)
		if !(math.Abs(alpha) < 0x1p100) {
			return
		}
		r := rand.New(rand.NewPCG(seed, 0))
		ld := cols + int(gap)%4
		kerneltest.EachLevel(t, func(t *testing.T) {
			a := operand(r, rows, cols, ld, kerneltest.NaN)
			x, y := operand(r, 1, cols, cols, kerneltest.NaN), operand(r, 1, rows, rows, kerneltest.Sentinel)
			u, v := operand(r, 1, rows, rows, kerneltest.NaN), operand(r, 1, cols, cols, kerneltest.Sentinel)
			wantY, wantV := slices.Clone(y.V), slices.Clone(v.V)
			gemvDot(rows, a.V, ld, x.V, y.V, alpha)
			gemvDotGeneric(rows, a.V, ld, x.V, wantY, alpha)
			gemvAxpy(rows, a.V, ld, u.V, v.V, alpha)
			gemvAxpyGeneric(rows, a.V, ld, u.V, wantV, alpha)
			for _, g := range []*kerneltest.Guarded{a, x, y, u, v} {
				g.Check(t, "Dgemv")
			}
			tol := func(n int) float64 { return 2 * float64(n+3) * 0x1p-53 * (math.Abs(alpha)*float64(n) + 1) }
			for i := range wantY {
				if !kerneltest.Close(y.V[i], wantY[i], tol(cols)) {
					t.Fatalf("m=%d n=%d: y[%d] = %v, want %v", rows, cols, i, y.V[i], wantY[i])
				}
			}
			for i := range wantV {
				if !kerneltest.Close(v.V[i], wantV[i], tol(rows)) {
					t.Fatalf("m=%d n=%d: transposed: y[%d] = %v, want %v", rows, cols, i, v.V[i], wantV[i])
				}
			}
		})
	})
}
