package lsq

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"

	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// BenchmarkAppend factors chunks on one goroutine, counting 2mn². Beside it the Gram matrix,
// counting as much, and gonum's QR of the same matrix.
func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{4, 16, 40, 64, 128, 256, 512, 1024} {
		m := max(1, 512/n) * ChunkRows(n)
		r := rand.New(rand.NewPCG(1, 2))
		x, y := random(r, m, n), random(r, m, 1)
		flops := 2 * float64(m) * float64(n*n)
		for _, l := range simd.Available() {
			for impl, a := range map[string]*Accumulator{"lsq": New(n, 1), "gram": NewGram(n, 1)} {
				b.Run(fmt.Sprintf("m=%d/n=%d/impl=%s/level=%v", m, n, impl, l), func(b *testing.B) {
					defer simd.SetActive(simd.SetActive(l))
					a.Workers = 1
					b.SetBytes(int64(8 * m * (n + 1)))
					b.ReportAllocs()
					bestRate(b, flops, func() {
						a.Reset(0)
						if err := a.Append(x, y); err != nil {
							b.Fatal(err)
						}
					})
				})
			}
		}
		if n == 64 {
			b.Run(fmt.Sprintf("m=%d/n=%d/impl=gonum", m, n), func(b *testing.B) {
				dense := mat.NewDense(m, n, x.Data)
				var qr mat.QR
				bestRate(b, flops, func() { qr.Factorize(dense) })
			})
		}
	}
}

// BenchmarkSolve finds the solution from the factor, of full rank and of rank n/2.
func BenchmarkSolve(b *testing.B) {
	for _, n := range []int{16, 64, 128, 256} {
		r := rand.New(rand.NewPCG(1, 2))
		full, y := random(r, 2*n, n), random(r, 2*n, 1)
		half := newGeneral(2*n, n)
		left, right := random(r, 2*n, n/2), random(r, n/2, n)
		blas64.Gemm(blas.NoTrans, blas.NoTrans, 1, left, right, 0, half)
		for _, c := range []struct {
			name string
			x    blas64.General
			opt  Options
		}{{"full", full, Options{}}, {"half", half, Options{}}, {"half+ridge", half, Options{Ridge: 1e-16}}} {
			b.Run(fmt.Sprintf("n=%d/rank=%s", n, c.name), func(b *testing.B) {
				a := appended(b, New(n, 1), c.x, y, 2*n)
				for b.Loop() {
					if _, err := a.Solve(c.opt); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		if n == 64 || n == 128 {
			b.Run(fmt.Sprintf("n=%d/impl=gonum", n), func(b *testing.B) {
				dense := mat.NewDense(2*n, n, full.Data)
				var svd mat.SVD
				for b.Loop() {
					svd.Factorize(dense, mat.SVDThin)
				}
			})
		}
	}
}

// BenchmarkTrain is a training of 160 frames of 8 bodies with 64 features, from rows to
// solution on one goroutine.
func BenchmarkTrain(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	x, y := random(r, 3072, 64), random(r, 3072, 1)
	for b.Loop() {
		a := New(64, 1)
		a.Workers = 1
		if err := a.Append(x, y); err != nil {
			b.Fatal(err)
		}
		if _, err := a.Solve(Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMemory streams 10⁷ rows of 64 columns and reports the most memory the heap held
// beyond what it had before.
func BenchmarkMemory(b *testing.B) {
	const m, n, call = 10_000_000, 64, 1000
	r := rand.New(rand.NewPCG(1, 2))
	x, y := random(r, call, n), random(r, call, 1)
	var base, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&base)
	most := uint64(0)
	for b.Loop() {
		a := New(n, 1)
		for at := 0; at < m; at += call {
			if err := a.Append(x, y); err != nil {
				b.Fatal(err)
			}
			if at%(100*call) == 0 {
				runtime.ReadMemStats(&now)
				most = max(most, now.HeapInuse)
			}
		}
		if _, err := a.Solve(Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(most-min(base.HeapInuse, most))/1e6, "peak-MB")
}
