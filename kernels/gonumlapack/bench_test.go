package gonumlapack

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/gonum"
	"gonum.org/v1/gonum/lapack/lapack64"
	"gonum.org/v1/gonum/mat"
)

// implementations are what benchmarks compare.
var implementations = []struct {
	name string
	impl lapack.Float64
}{{"ours", Implementation{}}, {"gonum", gonum.Implementation{}}}

// compare runs f, which does flops of work on a matrix that it may destroy, with each
// implementation behind lapack64.
func compare(b *testing.B, sizes string, flops float64, a blas64.General, f func(a blas64.General)) {
	for _, i := range implementations {
		b.Run(sizes+"/impl="+i.name, func(b *testing.B) {
			lapack64.Use(i.impl)
			defer lapack64.Use(gonum.Implementation{})
			x := cloned(a)
			b.ReportAllocs()
			for b.Loop() {
				copy(x.Data, a.Data)
				f(x)
			}
			b.ReportMetric(flops*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}

func shape(m, n int) string { return fmt.Sprintf("m=%d/n=%d", m, n) }

// reflectorFlops counts those of Dgeqrf.
func reflectorFlops(m, n int) float64 {
	k := float64(min(m, n))
	return 2*float64(m)*float64(n)*k - (float64(m)+float64(n))*k*k + 2*k*k*k/3
}

func BenchmarkDgeqrf(b *testing.B) {
	for _, s := range [][2]int{
		{50, 50}, {90, 90}, {100, 100}, {300, 300}, {1000, 1000},
		{1000, 10}, {4000, 20}, {20000, 8}, {20000, 64}, {20000, 256}, {60, 2000},
	} {
		m, n := s[0], s[1]
		a := newMatrix(rand.New(rand.NewPCG(1, 2)), m, n)
		tau, work := make([]float64, min(m, n)), make([]float64, 32*n)
		compare(b, shape(m, n), reflectorFlops(m, n), a, func(a blas64.General) { lapack64.Geqrf(a, tau, work, len(work)) })
	}
}

func BenchmarkDgelqf(b *testing.B) {
	for _, s := range [][2]int{{90, 90}, {300, 300}, {256, 20000}, {2000, 60}} {
		m, n := s[0], s[1]
		a := newMatrix(rand.New(rand.NewPCG(1, 2)), m, n)
		tau, work := make([]float64, min(m, n)), make([]float64, 32*m)
		compare(b, shape(m, n), reflectorFlops(m, n), a, func(a blas64.General) { lapack64.Gelqf(a, tau, work, len(work)) })
	}
}

func BenchmarkDorgqr(b *testing.B) {
	for _, s := range [][2]int{{50, 50}, {100, 100}, {1000, 10}, {1000, 1000}, {20000, 64}} {
		m, n := s[0], s[1]
		a := newMatrix(rand.New(rand.NewPCG(1, 2)), m, n)
		tau := factorize(gonum.Implementation{}, true, a)
		work := make([]float64, 32*n)
		compare(b, shape(m, n), reflectorFlops(m, n), a, func(a blas64.General) { lapack64.Orgqr(a, tau, work, len(work)) })
	}
}

func BenchmarkDormqr(b *testing.B) {
	for _, s := range [][3]int{{100, 100, 1}, {100, 100, 10}, {1000, 30, 1}, {1000, 30, 5}, {20000, 256, 1}, {20000, 256, 10}} {
		m, k, n := s[0], s[1], s[2]
		r := rand.New(rand.NewPCG(1, 2))
		a, c := newMatrix(r, m, k), newMatrix(r, m, n)
		tau := factorize(gonum.Implementation{}, true, a)
		work := make([]float64, 64*64+32*n)
		compare(b, fmt.Sprintf("%s/k=%d", shape(m, n), k), float64(4*m*n*k), c, func(c blas64.General) {
			lapack64.Ormqr(blas.Left, blas.Trans, a, tau, c, work, len(work))
		})
	}
}

func BenchmarkDgels(b *testing.B) {
	for _, s := range [][2]int{{90, 90}, {5000, 100}, {100, 500}} {
		m, n := s[0], s[1]
		r := rand.New(rand.NewPCG(1, 2))
		a, rhs := newMatrix(r, m, n), newMatrix(r, max(m, n), 2)
		x, work := cloned(rhs), make([]float64, 40*min(m, n))
		compare(b, shape(m, n), reflectorFlops(m, n), a, func(a blas64.General) {
			copy(x.Data, rhs.Data)
			lapack64.Gels(blas.NoTrans, a, x, work, len(work))
		})
	}
}

func BenchmarkDpotrf(b *testing.B) {
	for _, n := range []int{60, 90, 100, 300, 1000} {
		x := newMatrix(rand.New(rand.NewPCG(1, 2)), n, n)
		a := product(blas.Trans, blas.NoTrans, x, x)
		for _, ul := range []blas.Uplo{blas.Upper, blas.Lower} {
			compare(b, fmt.Sprintf("n=%d/uplo=%c", n, ul), float64(n)*float64(n)*float64(n)/3, a, func(a blas64.General) {
				lapack64.Potrf(blas64.Symmetric{Uplo: ul, N: n, Stride: a.Stride, Data: a.Data})
			})
		}
	}
}

func BenchmarkDpotrs(b *testing.B) {
	for _, n := range []int{20, 100, 500} {
		for _, nrhs := range []int{1, 20} {
			r := rand.New(rand.NewPCG(1, 2))
			a := newMatrix(r, n, n)
			for i := range n {
				a.Data[i*a.Stride+i] = float64(n)
			}
			t := blas64.Triangular{Uplo: blas.Upper, Diag: blas.NonUnit, N: n, Stride: a.Stride, Data: a.Data}
			compare(b, fmt.Sprintf("n=%d/nrhs=%d", n, nrhs), float64(2*n*n*nrhs), newMatrix(r, n, nrhs), func(x blas64.General) { lapack64.Potrs(t, x) })
		}
	}
}

func BenchmarkSVD(b *testing.B) {
	for _, s := range [][2]int{{40, 40}, {60, 60}, {100, 100}, {300, 20}, {400, 400}, {500, 400}, {4000, 400}, {400, 4000}} {
		for _, kind := range []mat.SVDKind{mat.SVDThin, mat.SVDNone} {
			m, n := s[0], s[1]
			a := newMatrix(rand.New(rand.NewPCG(1, 2)), m, n)
			k := float64(min(m, n))
			compare(b, fmt.Sprintf("%s/vectors=%v", shape(m, n), kind != mat.SVDNone), 4*float64(m)*float64(n)*k, a, func(a blas64.General) {
				var svd mat.SVD
				var dense mat.Dense
				dense.SetRawMatrix(a)
				svd.Factorize(&dense, kind)
			})
		}
	}
}

func BenchmarkEigenSym(b *testing.B) {
	for _, n := range []int{10, 20, 30, 40, 60, 100, 400, 1000} {
		x := newMatrix(rand.New(rand.NewPCG(1, 2)), n, n)
		a := product(blas.Trans, blas.NoTrans, x, x)
		compare(b, fmt.Sprintf("n=%d", n), 4*float64(n)*float64(n)*float64(n), a, func(a blas64.General) {
			var eigen mat.EigenSym
			eigen.Factorize(mat.NewSymDense(n, a.Data), true)
		})
	}
}

// BenchmarkQR is what users of gonum see.
func BenchmarkQR(b *testing.B) {
	for _, s := range [][2]int{{2000, 64}, {20000, 256}} {
		m, n := s[0], s[1]
		r := rand.New(rand.NewPCG(1, 2))
		rhs := newMatrix(r, m, 1)
		compare(b, shape(m, n), reflectorFlops(m, n), newMatrix(r, m, n), func(a blas64.General) {
			var qr mat.QR
			var dense, right, x mat.Dense
			dense.SetRawMatrix(a)
			right.SetRawMatrix(rhs)
			qr.Factorize(&dense)
			if err := qr.SolveTo(&x, false, &right); err != nil {
				b.Fatal(err)
			}
		})
	}
}
