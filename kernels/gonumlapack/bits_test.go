package gonumlapack

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// TestBits checks that neither the number of workers nor the choice among the vector levels
// shows in a result.
func TestBits(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 24))
	square, tall := newMatrix(r, 150, 140), newMatrix(r, tall+100, 130)
	var first []float64
	for _, l := range simd.Available() {
		if l == simd.Generic {
			continue
		}
		for _, workers := range []int{1, 2, 5} {
			got := results(l, workers, square, tall)
			if first == nil {
				first = got
			}
			if i := kerneltest.FirstDifference(got, first); i >= 0 {
				t.Errorf("level %v, %d workers: element %d is %v, was %v", l, workers, i, got[i], first[i])
			}
		}
	}
}

// results returns all that is found about some matrices.
func results(l simd.Level, workers int, matrices ...blas64.General) []float64 {
	defer simd.SetActive(simd.SetActive(l))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(workers))
	var all []float64
	for _, a := range matrices {
		for _, f := range factorizations {
			b := cloned(a)
			tau := factorize(Implementation{}, f.columns, b)
			all = append(append(all, b.Data...), tau...)
		}
		if a.Rows < 200 {
			w, vectors, _ := eigen(Implementation{}, blas.Lower, part(a, 0, 0, a.Cols, a.Cols))
			all = append(append(all, w...), part(vectors, 0, 0, 1, a.Cols).Data...)
		}
		u, s, vt, _ := svd(Implementation{}, lapack.SVDStore, lapack.SVDStore, a)
		all = append(append(append(all, u.Data...), s...), vt.Data...)
	}
	return all
}
