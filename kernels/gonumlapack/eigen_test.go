package gonumlapack

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/gonum"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
)

// eigen returns the eigenvalues of a symmetric matrix and the vectors as columns. The other
// triangle is NaN to the routine.
func eigen(impl interface {
	Dsyev(jobz lapack.EVJob, uplo blas.Uplo, n int, a []float64, lda int, w, work []float64, lwork int) bool
}, uplo blas.Uplo, a blas64.General) (w []float64, vectors blas64.General, ok bool) {
	vectors = cloned(a)
	for i := range a.Rows {
		for j := range a.Cols {
			if i != j && i > j == (uplo == blas.Upper) {
				vectors.Data[i*a.Stride+j] = math.NaN()
			}
		}
	}
	w = make([]float64, a.Rows)
	work := make([]float64, 1)
	impl.Dsyev(lapack.EVCompute, uplo, a.Rows, vectors.Data, a.Stride, w, work, -1)
	work = make([]float64, int(work[0]))
	ok = impl.Dsyev(lapack.EVCompute, uplo, a.Rows, vectors.Data, a.Stride, w, work, len(work))
	return w, vectors, ok
}

func TestDsyev(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		for _, n := range []int{2, 3, 7, 33, 60, 99} {
			for name, kind := range kinds {
				a := newMatrix(newRand(), n, n)
				kind(nil, a)
				for i := range n { // symmetric
					for j := range i {
						a.Data[i*a.Stride+j] = a.Data[j*a.Stride+i]
					}
				}
				for _, uplo := range []blas.Uplo{blas.Upper, blas.Lower} {
					checkEigen(t, fmt.Sprintf("%s of order %d, %c", name, n, uplo), uplo, a)
				}
			}
		}
	})
}

func checkEigen(t *testing.T, what string, uplo blas.Uplo, a blas64.General) {
	t.Helper()
	n := a.Rows
	w, v, ok := eigen(Implementation{always: true}, uplo, a)
	want, _, _ := eigen(gonum.Implementation{}, uplo, a)
	if !ok || !slices.IsSorted(w) {
		t.Fatalf("%s: ok %v, eigenvalues %v", what, ok, w)
	}
	size := 0.0
	for _, x := range want {
		size = math.Max(size, math.Abs(x))
	}
	tol := 10 * float64(n) * eps * size
	for i := range w {
		if !(math.Abs(w[i]-want[i]) <= tol) {
			t.Fatalf("%s: eigenvalue %d is %v, gonum has %v", what, i, w[i], want[i])
		}
	}
	if size == 0 {
		size = 1
	}
	scaled := cloned(a) // a V and V Λ, where they do not overflow
	scaleRows(scaled, 1/size)
	left, right := product(blas.NoTrans, blas.NoTrans, scaled, v), cloned(v)
	for i := range n {
		for j := range n {
			right.Data[i*right.Stride+j] *= w[j] / size
		}
	}
	if d := difference(left, right); !(d <= 10*float64(n)*eps) {
		t.Fatalf("%s: A V differs from V Λ by %v", what, d)
	}
	gram := product(blas.Trans, blas.NoTrans, v, v)
	one := cloned(gram)
	identity(one, 0)
	if d := difference(gram, one); !(d <= 10*float64(n)*eps) {
		t.Fatalf("%s: VᵀV is off the identity by %v", what, d)
	}
	for i := range n {
		if behind := v.Data[i*v.Stride+n:][:v.Stride-n]; !slices.Equal(behind, a.Data[i*a.Stride+n:][:a.Stride-n]) {
			t.Fatalf("%s: wrote behind row %d", what, i)
		}
	}
}

// TestDsteqr takes matrices that split, that are graded either way, and of close eigenvalues.
func TestDsteqr(t *testing.T) {
	matrices := map[string]func(i int) (d, e float64){
		"Wilkinson":  func(i int) (d, e float64) { return math.Abs(float64(i) - 50), 1 },
		"Laplace":    func(int) (d, e float64) { return 2, -1 },
		"ascending":  func(i int) (d, e float64) { x := math.Pow(10, float64(i)/6-8); return x, x / 2 },
		"descending": func(i int) (d, e float64) { x := math.Pow(10, 8-float64(i)/6); return x, x / 2 },
		"split":      func(i int) (d, e float64) { return float64(i % 7), float64(i%5) * 1e-9 },
		"zeros":      func(i int) (d, e float64) { return 0, float64(i % 2) },
		"tiny":       func(i int) (d, e float64) { return float64(i) * 0x1p-1060, 0x1p-1050 },
	}
	kerneltest.EachLevel(t, func(t *testing.T) {
		const n = 101
		for name, m := range matrices {
			d, e, z := make([]float64, n), make([]float64, n), make([]float64, n*n)
			for i := range d {
				d[i], e[i] = m(i)
			}
			e = e[:n-1]
			full := blas64.General{Rows: n, Cols: n, Stride: n, Data: make([]float64, n*n)}
			for i := range n {
				full.Data[i*n+i] = d[i]
				if i > 0 {
					full.Data[i*n+i-1], full.Data[(i-1)*n+i] = e[i-1], e[i-1]
				}
			}
			size := 2 * largest(full)
			if !(Implementation{always: true}).Dsteqr(lapack.EVTridiag, n, d, e, z, n, make([]float64, 2*n)) || !slices.IsSorted(d) {
				t.Fatalf("%s: failed: %v", name, d)
			}
			v := blas64.General{Rows: n, Cols: n, Stride: n, Data: z}
			left, right := product(blas.NoTrans, blas.NoTrans, full, v), cloned(v)
			for i := range n {
				for j := range n {
					right.Data[i*n+j] *= d[j]
				}
			}
			if r := difference(left, right); !(r <= 10*n*eps*size+n*0x1p-1074) {
				t.Errorf("%s: T Z differs from Z Λ by %v", name, r)
			}
			gram, one := product(blas.Trans, blas.NoTrans, v, v), cloned(v)
			identity(one, 0)
			if r := difference(gram, one); !(r <= 10*n*eps) {
				t.Errorf("%s: ZᵀZ is off the identity by %v", name, r)
			}
		}
	})
}
