package dense

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// TestGemm compares with a literal transcription of the documentation. The tests of package
// gemm go further.
func TestGemm(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		transposes := []blas.Transpose{blas.NoTrans, blas.Trans, blas.ConjTrans}
		for range 200 {
			tA, tB := transposes[r.IntN(3)], transposes[r.IntN(3)]
			m, n, k := r.IntN(20), r.IntN(40), r.IntN(30)
			alpha, beta := []float64{0, 1, -0.7}[r.IntN(3)], []float64{0, 1, -0.7}[r.IntN(3)]
			matrix := func(t blas.Transpose, rows, cols int) blas64.General {
				if t != blas.NoTrans {
					rows, cols = cols, rows
				}
				stride := max(1, cols+r.IntN(3))
				return blas64.General{Rows: rows, Cols: cols, Stride: stride, Data: kerneltest.Rand(r, rows*stride)}
			}
			at := func(t blas.Transpose, a blas64.General, i, j int) float64 {
				if t != blas.NoTrans {
					i, j = j, i
				}
				return a.Data[i*a.Stride+j]
			}
			a, b, c := matrix(tA, m, k), matrix(tB, k, n), matrix(blas.NoTrans, m, n)
			want := slices.Clone(c.Data)
			for i := range m {
				for j := range n {
					sum := beta * want[i*c.Stride+j]
					if beta == 0 {
						sum = 0
					}
					for p := range k {
						if alpha != 0 {
							sum = math.FMA(at(tA, a, i, p), float64(alpha*at(tB, b, p, j)), sum)
						}
					}
					want[i*c.Stride+j] = sum
				}
			}
			Gemm(tA, tB, alpha, a, b, beta, c)
			if i := kerneltest.FirstDifference(c.Data, want); i >= 0 {
				t.Fatalf("tA=%c tB=%c m=%d n=%d k=%d alpha=%v beta=%v: element %d: %v, want %v",
					tA, tB, m, n, k, alpha, beta, i, c.Data[i], want[i])
			}
		}
	})
}

func TestGemmPanics(t *testing.T) {
	data := make([]float64, 100)
	matrix := func(rows, cols, at int) blas64.General {
		return blas64.General{Rows: rows, Cols: cols, Stride: 10, Data: data[at:]}
	}
	const no, tr = blas.NoTrans, blas.Trans
	mustPanic(t, "dense: op(a) and op(b) do not match", func() { Gemm(no, no, 1, matrix(2, 3, 0), matrix(2, 3, 3), 0, matrix(2, 3, 6)) })
	mustPanic(t, "dense: op(a) and op(b) do not match", func() { Gemm(no, tr, 1, matrix(2, 3, 0), matrix(3, 2, 3), 0, matrix(2, 3, 6)) })
	mustPanic(t, "dense: c has not the shape of the product", func() { Gemm(tr, no, 1, matrix(2, 3, 0), matrix(2, 3, 3), 0, matrix(2, 3, 6)) })
	mustPanic(t, "dense: unknown transposition", func() { Gemm('X', no, 1, matrix(2, 3, 0), matrix(3, 2, 3), 0, matrix(2, 2, 6)) })
	mustPanic(t, "dense: unknown transposition", func() { Gemm(no, 0, 1, matrix(2, 3, 0), matrix(3, 2, 3), 0, matrix(2, 2, 6)) })
	mustPanic(t, "dense: c overlaps a or b", func() { Gemm(no, no, 1, matrix(3, 3, 0), matrix(3, 3, 5), 0, matrix(3, 3, 22)) })
	mustPanic(t, "dense: c overlaps a or b", func() { Gemm(no, no, 1, matrix(3, 3, 5), matrix(3, 3, 0), 0, matrix(3, 3, 2)) })
	mustPanic(t, "dense: data shorter than the matrix", func() { Gemm(no, no, 1, matrix(3, 3, 0), matrix(3, 3, 3), 0, matrix(3, 3, 80)) })
	if slices.ContainsFunc(data, func(x float64) bool { return x != 0 }) {
		t.Error("written before the panic")
	}
	for i := range data {
		data[i] = 1
	}
	square := matrix(3, 3, 0) // a and b may be one matrix, c beside them in its rows
	Gemm(no, no, 1, square, square, 0, matrix(3, 3, 3))
	if data[3] != 3 || data[25] != 3 || data[6] != 1 {
		t.Errorf("got %v", data[:30])
	}
}

func BenchmarkGemm(b *testing.B) {
	for _, s := range [][3]int{
		{4, 4, 4}, {8, 8, 8}, {16, 16, 16}, {32, 32, 32}, {64, 64, 64}, {256, 256, 256}, {1024, 1024, 1024},
		{1e5, 64, 4}, {1e5, 64, 16}, {1e5, 256, 16}, {1e5, 256, 64}, // layers
	} {
		m, n, k := s[0], s[1], s[2]
		matrix := func(rows, cols int) blas64.General {
			x := kerneltest.Rand(rand.New(rand.NewPCG(1, 1)), rows*cols)
			return blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: x}
		}
		x, y, z := matrix(m, k), matrix(k, n), matrix(m, n)
		run := func(name string, gemm func()) {
			b.Run(fmt.Sprintf("m=%d/n=%d/k=%d/%s", m, n, k, name), func(b *testing.B) {
				b.SetBytes(8 * int64(m*k+k*n+m*n)) // read a and b, write c
				b.ReportAllocs()
				for b.Loop() {
					gemm()
				}
				b.ReportMetric(2*float64(m*n*k)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
		run("impl=gonum", func() {
			gonum.Implementation{}.Dgemm(blas.NoTrans, blas.NoTrans, m, n, k, 1, x.Data, k, y.Data, n, 0, z.Data, n)
		})
		eachLevel(func(l simd.Level) {
			run("level="+l.String(), func() { Gemm(blas.NoTrans, blas.NoTrans, 1, x, y, 0, z) })
		})
	}
}
