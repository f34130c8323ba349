package gonumlapack

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/gonum"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
)

const eps = 0x1p-52

// shapes holds shapes on both sides of every threshold of QR factorizations.
var shapes = [][2]int{
	{1, 1}, {2, 1}, {3, 3}, {5, 2}, {8, 8}, {9, 7}, {17, 16}, {40, 33}, {64, 64}, {65, 65}, {129, 100},
	{300, 72}, {1500, 20}, {3000, 7}, {2100, 140}, {7, 3}, {1, 60},
}

// kinds makes the matrices that factorizations are tested with.
var kinds = map[string]func(r *rand.Rand, a blas64.General){
	"random": func(r *rand.Rand, a blas64.General) {},
	"graded": func(r *rand.Rand, a blas64.General) {
		for i := range a.Rows {
			for j := range a.Cols {
				a.Data[i*a.Stride+j] *= math.Pow(10, -16*float64(j)/float64(a.Cols))
			}
		}
	},
	"rows": func(r *rand.Rand, a blas64.General) {
		for i := 0; i < a.Rows; i += 3 {
			blas64.Scal(1e8, blas64.Vector{N: a.Cols, Data: a.Data[i*a.Stride:], Inc: 1})
		}
	},
	"rank": func(r *rand.Rand, a blas64.General) { // twice the same columns, and one of zeros
		for i := range a.Rows {
			row := a.Data[i*a.Stride:][:a.Cols]
			copy(row[a.Cols/2:], row)
			row[a.Cols/3] = 0
		}
	},
	"zero":     func(r *rand.Rand, a blas64.General) { clearRows(a) },
	"tiny":     func(r *rand.Rand, a blas64.General) { scaleRows(a, 0x1p-1000) },
	"huge":     func(r *rand.Rand, a blas64.General) { scaleRows(a, 0x1p1000) },
	"identity": func(r *rand.Rand, a blas64.General) { identity(a, 0) },
}

func scaleRows(a blas64.General, s float64) {
	for i := range a.Rows {
		for j := range a.Cols {
			a.Data[i*a.Stride+j] *= s
		}
	}
}

// newMatrix returns a random m×n matrix with some elements behind each row.
func newMatrix(r *rand.Rand, m, n int) blas64.General {
	a := blas64.General{Rows: m, Cols: n, Stride: n + 3, Data: make([]float64, m*(n+3))}
	for i := range a.Data {
		a.Data[i] = r.NormFloat64()
	}
	return a
}

func newRand() *rand.Rand { return rand.New(rand.NewPCG(25, 26)) }

func cloned(a blas64.General) blas64.General {
	a.Data = slices.Clone(a.Data)
	return a
}

// difference returns the largest |a − b|, NaN if one of them is.
func difference(a, b blas64.General) float64 {
	most := 0.0
	for i := range a.Rows {
		for j := range a.Cols {
			most = math.Max(most, math.Abs(a.Data[i*a.Stride+j]-b.Data[i*b.Stride+j]))
		}
	}
	return most
}

// largest returns the largest magnitude in a.
func largest(a blas64.General) float64 {
	return difference(a, blas64.General{Stride: 0, Data: make([]float64, a.Cols)})
}

// product returns op(a)·op(b) by gonum.
func product(tA, tB blas.Transpose, a, b blas64.General) blas64.General {
	c := blas64.General{Rows: a.Rows, Cols: b.Cols}
	if tA != blas.NoTrans {
		c.Rows = a.Cols
	}
	if tB != blas.NoTrans {
		c.Cols = b.Rows
	}
	c.Stride = max(1, c.Cols)
	c.Data = make([]float64, c.Rows*c.Stride)
	blas64.Gemm(tA, tB, 1, a, b, 0, c)
	return c
}

// factorizations are Dgeqrf with what belongs to it, and Dgelqf on the transpose.
var factorizations = []struct {
	name    string
	columns bool
}{{"QR", true}, {"LQ", false}}

type lapacker interface {
	Dgeqrf(m, n int, a []float64, lda int, tau, work []float64, lwork int)
	Dgelqf(m, n int, a []float64, lda int, tau, work []float64, lwork int)
	Dorgqr(m, n, k int, a []float64, lda int, tau, work []float64, lwork int)
	Dorglq(m, n, k int, a []float64, lda int, tau, work []float64, lwork int)
	Dormqr(side blas.Side, trans blas.Transpose, m, n, k int, a []float64, lda int, tau, c []float64, ldc int, work []float64, lwork int)
	Dormlq(side blas.Side, trans blas.Transpose, m, n, k int, a []float64, lda int, tau, c []float64, ldc int, work []float64, lwork int)
}

func factorize(impl lapacker, columns bool, a blas64.General) []float64 {
	tau := make([]float64, min(a.Rows, a.Cols))
	work := make([]float64, 32*max(1, a.Rows, a.Cols))
	if columns {
		impl.Dgeqrf(a.Rows, a.Cols, a.Data, a.Stride, tau, work, len(work))
	} else {
		impl.Dgelqf(a.Rows, a.Cols, a.Data, a.Stride, tau, work, len(work))
	}
	return tau
}

func generate(impl lapacker, columns bool, q blas64.General, tau []float64) {
	work := make([]float64, 32*max(1, q.Rows, q.Cols))
	if columns {
		impl.Dorgqr(q.Rows, q.Cols, len(tau), q.Data, q.Stride, tau, work, len(work))
	} else {
		impl.Dorglq(q.Rows, q.Cols, len(tau), q.Data, q.Stride, tau, work, len(work))
	}
}

func multiply(impl lapacker, columns bool, side blas.Side, trans blas.Transpose, a blas64.General, tau []float64, c blas64.General) {
	work := make([]float64, 64*64+32*max(1, c.Rows, c.Cols))
	if columns {
		impl.Dormqr(side, trans, c.Rows, c.Cols, len(tau), a.Data, a.Stride, tau, c.Data, c.Stride, work, len(work))
	} else {
		impl.Dormlq(side, trans, c.Rows, c.Cols, len(tau), a.Data, a.Stride, tau, c.Data, c.Stride, work, len(work))
	}
}

// TestFactorization compares factors with gonum's and checks residuals and orthogonality.
func TestFactorization(t *testing.T) {
	impl, theirs := Implementation{always: true}, gonum.Implementation{}
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for _, f := range factorizations {
			for _, shape := range shapes {
				if shape[0] > 200 && !thorough() {
					continue
				}
				for name, kind := range kinds {
					if shape[0] > 200 && name != "graded" && name != "rank" {
						continue
					}
					m, n := shape[0], shape[1]
					if !f.columns {
						m, n = n, m
					}
					for range 2 { // and its transpose
						a := newMatrix(r, m, n)
						kind(r, a)
						what := fmt.Sprintf("%s of %d×%d %s", f.name, m, n, name)
						checkFactorization(t, what, impl, theirs, f.columns, a)
						m, n = n, m
					}
				}
			}
		}
	})
}

// TestTall factors a matrix whose reflectors are made in blocks of another size.
func TestTall(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		for _, f := range factorizations {
			a := newMatrix(newRand(), tall+1, tallBlock+8)
			if !f.columns {
				a = newMatrix(newRand(), tallBlock+8, tall+1)
			}
			checkFactorization(t, "tall "+f.name, Implementation{}, gonum.Implementation{}, f.columns, a)
		}
	})
}

func checkFactorization(t *testing.T, what string, impl, theirs lapacker, columns bool, a blas64.General) {
	t.Helper()
	got, want := cloned(a), cloned(a)
	tau := factorize(impl, columns, got)
	factorize(theirs, columns, want)
	norm := largest(a)
	scale := float64(max(a.Rows, a.Cols)) * eps * norm
	k := len(tau)

	// Q is min(m,n) columns or rows of an orthogonal matrix, the other factor a triangle.
	q := blas64.General{Rows: a.Rows, Cols: k, Stride: max(1, k)}
	tri := blas64.General{Rows: k, Cols: a.Cols, Stride: a.Cols}
	if !columns {
		q, tri = tri, q
	}
	q.Data, tri.Data = make([]float64, q.Rows*q.Stride), make([]float64, tri.Rows*tri.Stride)
	copyRows(q, part(got, 0, 0, q.Rows, q.Cols))
	copyRows(tri, part(got, 0, 0, tri.Rows, tri.Cols))
	for i := range tri.Rows {
		for j := range tri.Cols {
			if columns && j < i || !columns && j > i {
				tri.Data[i*tri.Stride+j] = 0
			}
		}
	}
	generate(impl, columns, q, tau)
	var whole, gram blas64.General
	if columns {
		whole, gram = product(blas.NoTrans, blas.NoTrans, q, tri), product(blas.Trans, blas.NoTrans, q, q)
	} else {
		whole, gram = product(blas.NoTrans, blas.NoTrans, tri, q), product(blas.NoTrans, blas.Trans, q, q)
	}
	if d := difference(whole, a); !(d <= 10*scale) {
		t.Fatalf("%s: residual %v, of norm %v", what, d, norm)
	}
	one := cloned(gram)
	identity(one, 0)
	if d := difference(gram, one); !(d <= 10*float64(max(a.Rows, a.Cols))*eps) {
		t.Fatalf("%s: QᵀQ is off the identity by %v", what, d)
	}
	for i := range a.Rows { // behind the rows
		if !slices.Equal(got.Data[i*a.Stride+a.Cols:][:a.Stride-a.Cols], a.Data[i*a.Stride+a.Cols:][:a.Stride-a.Cols]) {
			t.Fatalf("%s: wrote behind row %d", what, i)
		}
	}
	if k > 0 && norm > 0 && math.Signbit(tri.Data[0]) != math.Signbit(want.Data[0]) {
		t.Fatalf("%s: the triangle begins with %v, gonum's with %v", what, tri.Data[0], want.Data[0])
	}
}

// TestLikeGonum compares all that a factorization leaves with gonum's, on matrices that are
// so far from singular that this is rounding alone.
func TestLikeGonum(t *testing.T) {
	impl, theirs := Implementation{always: true}, gonum.Implementation{}
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(3, 4))
		for _, f := range factorizations {
			for _, shape := range shapes {
				if shape[0] > 200 && !thorough() {
					continue
				}
				for _, s := range [][2]int{shape, {shape[1], shape[0]}} {
					m, n := s[0], s[1]
					a := newMatrix(r, m, n)
					for i := range min(m, n) {
						a.Data[i*a.Stride+i] += 4 * math.Sqrt(float64(max(m, n)))
					}
					what := fmt.Sprintf("%s of %d×%d", f.name, m, n)
					got, want := cloned(a), cloned(a)
					tau, tauWant := factorize(impl, f.columns, got), factorize(theirs, f.columns, want)
					tol := 20 * float64(max(m, n)) * eps
					for i := range tau {
						if !(math.Abs(tau[i]-tauWant[i]) <= tol) {
							t.Fatalf("%s: tau[%d] = %v, gonum has %v", what, i, tau[i], tauWant[i])
						}
					}
					if d := difference(got, want); !(d <= tol*largest(want)) {
						t.Fatalf("%s: %v from gonum's", what, d)
					}
					for _, side := range []blas.Side{blas.Left, blas.Right} {
						for _, trans := range []blas.Transpose{blas.NoTrans, blas.Trans} {
							for _, few := range []int{1, ormFew, ormFew + 1, 30} {
								nq := m
								if !f.columns {
									nq = n
								}
								c := newMatrix(r, nq, few)
								if side == blas.Right {
									c = newMatrix(r, few, nq)
								}
								d := cloned(c)
								multiply(impl, f.columns, side, trans, want, tauWant, c)
								multiply(theirs, f.columns, side, trans, want, tauWant, d)
								if e := difference(c, d); !(e <= tol*largest(d)) {
									t.Fatalf("%s: product %c %c with %d: %v from gonum's", what, side, trans, few, e)
								}
							}
						}
					}
				}
			}
		}
	})
}

// TestNotANumber checks that NaN and infinities leave no number in what they reach in gonum.
func TestNotANumber(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(5, 6))
		for _, bad := range []float64{math.NaN(), math.Inf(1)} {
			for _, f := range factorizations {
				a := newMatrix(r, 90, 80)
				a.Data[50*a.Stride+40] = bad
				got, want := cloned(a), cloned(a)
				tau, tauWant := factorize(Implementation{always: true}, f.columns, got), factorize(gonum.Implementation{}, f.columns, want)
				for i := range tau {
					if math.IsNaN(tauWant[i]) != math.IsNaN(tau[i]) {
						t.Fatalf("%s with %v: tau[%d] = %v, gonum has %v", f.name, bad, i, tau[i], tauWant[i])
					}
				}
			}
		}
	})
}
