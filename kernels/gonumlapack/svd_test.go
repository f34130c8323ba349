package gonumlapack

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/gonum"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
)

type svder interface {
	Dgesvd(jobU, jobVT lapack.SVDJob, m, n int, a []float64, lda int, s, u []float64, ldu int, vt []float64, ldvt int, work []float64, lwork int) (ok bool)
}

// svd decomposes a copy of a. Of u and vt it returns as much as the jobs give.
func svd(impl svder, jobU, jobVT lapack.SVDJob, a blas64.General) (u blas64.General, s []float64, vt blas64.General, ok bool) {
	a = cloned(a)
	m, n := a.Rows, a.Cols
	k := min(m, n)
	cols, _ := wanted(jobU, m, k)
	rows, _ := wanted(jobVT, n, k)
	u = blas64.General{Rows: m, Cols: cols, Stride: cols + 1, Data: make([]float64, m*(cols+1))}
	vt = blas64.General{Rows: rows, Cols: n, Stride: n + 2, Data: make([]float64, rows*(n+2))}
	s = make([]float64, k)
	work := make([]float64, 1)
	impl.Dgesvd(jobU, jobVT, m, n, a.Data, a.Stride, s, u.Data, u.Stride, vt.Data, vt.Stride, work, -1)
	work = make([]float64, int(work[0]))
	ok = impl.Dgesvd(jobU, jobVT, m, n, a.Data, a.Stride, s, u.Data, u.Stride, vt.Data, vt.Stride, work, len(work))
	return u, s, vt, ok
}

var jobs = []lapack.SVDJob{lapack.SVDAll, lapack.SVDStore, lapack.SVDNone}

// svdShapes holds shapes of every path of Dgesvd: taller and wider than 1.6 and not.
var svdShapes = [][2]int{{1, 1}, {2, 1}, {5, 5}, {12, 10}, {33, 20}, {40, 40}, {70, 66}, {150, 50}, {300, 9}}

func TestSVD(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(11, 12))
		for _, shape := range svdShapes {
			if shape[0] > 100 && !thorough() {
				continue
			}
			for name, kind := range kinds {
				for _, s := range [][2]int{shape, {shape[1], shape[0]}} {
					a := newMatrix(r, s[0], s[1])
					kind(r, a)
					checkSVD(t, fmt.Sprintf("%d×%d %s", s[0], s[1], name), Implementation{always: true}, a)
				}
			}
		}
	})
}

func checkSVD(t *testing.T, what string, impl svder, a blas64.General) {
	t.Helper()
	k := min(a.Rows, a.Cols)
	norm := largest(a)
	size := float64(max(a.Rows, a.Cols)) * eps
	_, want, _, _ := svd(gonum.Implementation{}, lapack.SVDNone, lapack.SVDNone, a)
	for _, jobU := range jobs {
		for _, jobVT := range jobs {
			what := fmt.Sprintf("%s, jobs %c %c", what, jobU, jobVT)
			u, s, vt, ok := svd(impl, jobU, jobVT, a)
			if !ok {
				t.Fatalf("%s: failed", what)
			}
			for i := range s {
				if !(math.Abs(s[i]-want[i]) <= 10*size*want[0]) || i > 0 && s[i] > s[i-1] {
					t.Fatalf("%s: s[%d] = %v, gonum has %v", what, i, s[i], want[i])
				}
			}
			for _, q := range []blas64.General{product(blas.Trans, blas.NoTrans, u, u), product(blas.NoTrans, blas.Trans, vt, vt)} {
				one := cloned(q)
				identity(one, 0)
				if d := difference(q, one); !(d <= 10*size) {
					t.Fatalf("%s: vectors are off orthogonal by %v", what, d)
				}
			}
			if jobU == lapack.SVDNone || jobVT == lapack.SVDNone {
				continue
			}
			us := cloned(part(u, 0, 0, a.Rows, k))
			for i := range us.Rows {
				for j := range k {
					us.Data[i*us.Stride+j] *= s[j]
				}
			}
			if d := difference(product(blas.NoTrans, blas.NoTrans, us, part(vt, 0, 0, k, a.Cols)), a); !(d <= 30*size*norm) {
				t.Fatalf("%s: residual %v, of norm %v", what, d, norm)
			}
		}
	}
}

// TestSVDLikeGonum compares singular vectors with gonum's where they are well determined, but
// for the sign of a pair, which rounding can turn.
func TestSVDLikeGonum(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(13, 14))
		for _, shape := range svdShapes {
			for _, s := range [][2]int{shape, {shape[1], shape[0]}} {
				a := newMatrix(r, s[0], s[1])
				for j := range a.Cols { // apart
					blas64.Scal(math.Pow(1.2, float64(j)), blas64.Vector{N: a.Rows, Data: a.Data[j:], Inc: a.Stride})
				}
				u, _, vt, _ := svd(Implementation{always: true}, lapack.SVDStore, lapack.SVDStore, a)
				wantU, sv, wantVT, _ := svd(gonum.Implementation{}, lapack.SVDStore, lapack.SVDStore, a)
				gap := math.Inf(1)
				for i := 1; i < len(sv); i++ {
					gap = min(gap, (sv[i-1]-sv[i])/sv[0])
				}
				if len(sv) > 1 {
					gap = min(gap, sv[len(sv)-1]/sv[0])
				}
				for i := range sv {
					if u.Data[i]*wantU.Data[i] < 0 {
						blas64.Scal(-1, blas64.Vector{N: a.Rows, Data: u.Data[i:], Inc: u.Stride})
						blas64.Scal(-1, blas64.Vector{N: a.Cols, Data: row(vt, i), Inc: 1})
					}
				}
				tol := 100 * float64(max(a.Rows, a.Cols)) * eps / min(gap, 1)
				if d := max(difference(u, wantU), difference(vt, wantVT)); !(d <= tol) && tol < 1 {
					t.Errorf("%d×%d: vectors %v from gonum's, %v allowed", s[0], s[1], d, tol)
				}
			}
		}
	})
}

// TestSVDNotANumber checks that what gonum cannot decompose is not decomposed.
func TestSVDNotANumber(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(15, 16))
		for _, bad := range []float64{math.NaN(), math.Inf(1)} {
			for _, shape := range [][2]int{{60, 55}, {90, 30}, {20, 70}} {
				a := newMatrix(r, shape[0], shape[1])
				a.Data[5*a.Stride+3] = bad
				for _, job := range jobs[1:] {
					got, want := outcome(Implementation{always: true}, job, a), outcome(gonum.Implementation{}, job, a)
					if got != want {
						t.Errorf("%v with %v, job %c: %v, gonum has %v", shape, bad, job, got, want)
					}
				}
			}
		}
	})
}

// outcome returns what Dgesvd does: true, false, or what it panics with.
func outcome(impl svder, job lapack.SVDJob, a blas64.General) (result any) {
	defer func() {
		if r := recover(); r != nil {
			result = r
		}
	}()
	_, _, _, ok := svd(impl, job, job, a)
	return ok
}
