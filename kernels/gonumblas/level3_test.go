package gonumblas

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
	"github.com/rapidhgn/rapidhgn/kernels/internal/gemm"
)

// routines is what is tested here, level 1 and 2 included.
type routines interface {
	Dgemm(tA, tB blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int)
	Dsymm(s blas.Side, ul blas.Uplo, m, n int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int)
	Dsyrk(ul blas.Uplo, t blas.Transpose, n, k int, alpha float64, a []float64, lda int, beta float64, c []float64, ldc int)
	Dsyr2k(ul blas.Uplo, t blas.Transpose, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int)
	Dtrmm(s blas.Side, ul blas.Uplo, tA blas.Transpose, d blas.Diag, m, n int, alpha float64, a []float64, lda int, b []float64, ldb int)
	Dtrsm(s blas.Side, ul blas.Uplo, tA blas.Transpose, d blas.Diag, m, n int, alpha float64, a []float64, lda int, b []float64, ldb int)
	Dgemv(tA blas.Transpose, m, n int, alpha float64, a []float64, lda int, x []float64, incX int, beta float64, y []float64, incY int)
	Dger(m, n int, alpha float64, x []float64, incX int, y []float64, incY int, a []float64, lda int)
	Ddot(n int, x []float64, incX int, y []float64, incY int) float64
	Daxpy(n int, alpha float64, x []float64, incX int, y []float64, incY int)
}

var (
	transposes = []blas.Transpose{blas.NoTrans, blas.Trans, blas.ConjTrans}
	uplos      = []blas.Uplo{blas.Upper, blas.Lower}
	sides      = []blas.Side{blas.Left, blas.Right}
	diags      = []blas.Diag{blas.NonUnit, blas.Unit}
)

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// operand makes rows × cols numbers between guards, with NaN or the sentinel in the gaps.
func operand(r *rand.Rand, rows, cols, ld int, guard kerneltest.Guard) *kerneltest.Guarded {
	x := make([]float64, (rows-1)*ld+cols)
	for i := range x {
		x[i] = 2*r.Float64() - 1
		if i%ld >= cols {
			x[i] = math.Float64frombits(uint64(guard))
		}
	}
	return kerneltest.NewGuarded(x, r.IntN(8), guard)
}

// hide overwrites the triangle that a routine must not look at, and the diagonal if it is a
// unit one, of an n×n matrix.
func hide(a []float64, n, lda int, ul blas.Uplo, d blas.Diag) {
	for i := range n {
		for j := range n {
			if ul == blas.Upper && j < i || ul == blas.Lower && j > i || d == blas.Unit && i == j {
				a[i*lda+j] = math.NaN()
			}
		}
	}
}

// shape is a call whose operands are a, b and c, the last of which is the result.
type shape struct {
	name       string
	operands   [3]*kerneltest.Guarded // a and b may be absent
	rows, cols int                    // of the result
	ld         int
	depth      int // the number of products in an element
	call       func(impl routines, x [3][]float64)
	magnitude  func(impl routines, x [3][]float64) // the same with alpha and beta made positive
}

// check compares ours with gonum's. The difference of an element is at most the sum of the
// bounds of both, for which the call is repeated on absolute values.
func (s *shape) check(t *testing.T) {
	t.Helper()
	var ours, theirs, size [3][]float64
	for i, o := range s.operands {
		if o == nil {
			continue
		}
		ours[i], theirs[i], size[i] = o.V, slices.Clone(o.V), slices.Clone(o.V)
		for j, v := range size[i] {
			size[i][j] = math.Abs(v)
		}
	}
	s.call(gonum.Implementation{}, theirs)
	s.magnitude(gonum.Implementation{}, size)
	s.call(Implementation{}, ours)
	for i, o := range s.operands {
		if o != nil {
			o.Check(t, fmt.Sprintf("%s: operand %d", s.name, i))
		}
		if i < 2 && kerneltest.FirstDifference(ours[i], theirs[i]) >= 0 {
			t.Fatalf("%s: operand %d was modified", s.name, i)
		}
	}
	for i := range ours[2] {
		if i%s.ld >= s.cols {
			continue
		}
		tol := 2 * float64(s.depth+3) * 0x1p-53 * size[2][i]
		if math.IsNaN(tol) {
			tol = 0 // hidden, and the same afterwards
		}
		if !kerneltest.Close(ours[2][i], theirs[2][i], tol) {
			t.Fatalf("%s: element %d,%d: %v, gonum has %v ± %v", s.name, i/s.ld, i%s.ld, ours[2][i], theirs[2][i], tol)
		}
	}
}

var factors = []float64{0, 1, -0.7}

func newGemm(r *rand.Rand, m, n, k int) *shape {
	tA, tB, alpha, beta := pick(r, transposes), pick(r, transposes), pick(r, factors[1:]), pick(r, factors)
	rowsA, colsA, rowsB, colsB := m, k, k, n
	if tA != blas.NoTrans {
		rowsA, colsA = colsA, rowsA
	}
	if tB != blas.NoTrans {
		rowsB, colsB = colsB, rowsB
	}
	lda, ldb, ldc := colsA+r.IntN(4), colsB+r.IntN(4), n+r.IntN(4)
	call := func(alpha, beta float64) func(routines, [3][]float64) {
		return func(impl routines, x [3][]float64) {
			impl.Dgemm(tA, tB, m, n, k, alpha, x[0], lda, x[1], ldb, beta, x[2], ldc)
		}
	}
	return &shape{
		name:     fmt.Sprintf("Dgemm tA=%c tB=%c m=%d n=%d k=%d alpha=%v beta=%v", tA, tB, m, n, k, alpha, beta),
		operands: [3]*kerneltest.Guarded{operand(r, rowsA, colsA, lda, kerneltest.NaN), operand(r, rowsB, colsB, ldb, kerneltest.NaN), operand(r, m, n, ldc, kerneltest.Sentinel)},
		rows:     m, cols: n, ld: ldc, depth: k,
		call: call(alpha, beta), magnitude: call(math.Abs(alpha), math.Abs(beta)),
	}
}

func newRankK(r *rand.Rand, n, k int, second bool) *shape {
	ul, t, alpha, beta := pick(r, uplos), pick(r, transposes), pick(r, factors[1:]), pick(r, factors)
	rows, cols := n, k
	if t != blas.NoTrans {
		rows, cols = cols, rows
	}
	lda, ldb, ldc := cols+r.IntN(4), cols+r.IntN(4), n+r.IntN(4)
	call := func(alpha, beta float64) func(routines, [3][]float64) {
		return func(impl routines, x [3][]float64) {
			if second {
				impl.Dsyr2k(ul, t, n, k, alpha, x[0], lda, x[1], ldb, beta, x[2], ldc)
			} else {
				impl.Dsyrk(ul, t, n, k, alpha, x[0], lda, beta, x[2], ldc)
			}
		}
	}
	s := &shape{
		name:     fmt.Sprintf("Dsyrk (or 2k: %v) ul=%c t=%c n=%d k=%d alpha=%v beta=%v", second, ul, t, n, k, alpha, beta),
		operands: [3]*kerneltest.Guarded{operand(r, rows, cols, lda, kerneltest.NaN), operand(r, rows, cols, ldb, kerneltest.NaN), operand(r, n, n, ldc, kerneltest.Sentinel)},
		rows:     n, cols: n, ld: ldc, depth: 2 * k,
		call: call(alpha, beta), magnitude: call(math.Abs(alpha), math.Abs(beta)),
	}
	hide(s.operands[2].V, n, ldc, ul, blas.NonUnit)
	return s
}

func newSymm(r *rand.Rand, m, n int) *shape {
	side, ul, alpha, beta := pick(r, sides), pick(r, uplos), pick(r, factors[1:]), pick(r, factors)
	size := m
	if side == blas.Right {
		size = n
	}
	lda, ldb, ldc := size+r.IntN(4), n+r.IntN(4), n+r.IntN(4)
	call := func(alpha, beta float64) func(routines, [3][]float64) {
		return func(impl routines, x [3][]float64) {
			impl.Dsymm(side, ul, m, n, alpha, x[0], lda, x[1], ldb, beta, x[2], ldc)
		}
	}
	s := &shape{
		name:     fmt.Sprintf("Dsymm s=%c ul=%c m=%d n=%d alpha=%v beta=%v", side, ul, m, n, alpha, beta),
		operands: [3]*kerneltest.Guarded{operand(r, size, size, lda, kerneltest.NaN), operand(r, m, n, ldb, kerneltest.NaN), operand(r, m, n, ldc, kerneltest.Sentinel)},
		rows:     m, cols: n, ld: ldc, depth: size,
		call: call(alpha, beta), magnitude: call(math.Abs(alpha), math.Abs(beta)),
	}
	hide(s.operands[0].V, size, lda, ul, blas.NonUnit)
	return s
}

func newTrmm(r *rand.Rand, m, n int) *shape {
	side, ul, tA, d, alpha := pick(r, sides), pick(r, uplos), pick(r, transposes), pick(r, diags), pick(r, factors)
	size := m
	if side == blas.Right {
		size = n
	}
	lda, ldb := size+r.IntN(4), n+r.IntN(4)
	call := func(alpha float64) func(routines, [3][]float64) {
		return func(impl routines, x [3][]float64) { impl.Dtrmm(side, ul, tA, d, m, n, alpha, x[0], lda, x[2], ldb) }
	}
	s := &shape{
		name:     fmt.Sprintf("Dtrmm s=%c ul=%c tA=%c d=%c m=%d n=%d alpha=%v", side, ul, tA, d, m, n, alpha),
		operands: [3]*kerneltest.Guarded{operand(r, size, size, lda, kerneltest.NaN), nil, operand(r, m, n, ldb, kerneltest.Sentinel)},
		rows:     m, cols: n, ld: ldb, depth: size,
		call: call(alpha), magnitude: call(math.Abs(alpha)),
	}
	hide(s.operands[0].V, size, lda, ul, d)
	return s
}

// TestLevel3 compares with gonum at random, over sizes around those of tiles, halves and
// blocks.
func TestLevel3(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		rounds := 400
		if gemm.UnderRace {
			rounds = 30 // it is slow
		}
		size := func() int { return 1 + r.IntN(70) }
		for range rounds {
			newGemm(r, size(), size(), pick(r, []int{1, 2, 7, 16, 20, 33})).check(t)
			thin := [3]int{size(), 2 * size(), pick(r, []int{1, 1, 2, 3})}
			r.Shuffle(len(thin), func(i, j int) { thin[i], thin[j] = thin[j], thin[i] })
			newGemm(r, thin[0], thin[1], thin[2]).check(t)
			newRankK(r, size(), 1+r.IntN(40), false).check(t)
			newRankK(r, size(), 1+r.IntN(40), true).check(t)
			newSymm(r, size(), size()).check(t)
			newTrmm(r, size(), size()).check(t)
			checkTrsm(t, r, size(), size())
		}
		for size := range 27 { // all from 1 to 3
			for range 40 {
				newGemm(r, 1+size%3, 1+size/3%3, 1+size/9).check(t)
			}
		}
		for _, n := range []int{255, 256, 257, 300} { // around a block
			newSymm(r, n, 5).check(t)
			newSymm(r, 5, n).check(t)
			newTrmm(r, n, 9).check(t)
			checkTrsm(t, r, 9, n)
		}
		newGemm(r, 383+r.IntN(4), 383+r.IntN(4), 255+r.IntN(4)).check(t)
		newRankK(r, 130, 300, r.IntN(2) > 0).check(t)
	})
}

// checkTrsm checks the residual op(A)·X − alpha·B, which substitution in any order keeps
// within γ(n)·|op(A)|·|X| element by element.
func checkTrsm(t *testing.T, r *rand.Rand, m, n int) {
	t.Helper()
	side, ul, tA, d, alpha := pick(r, sides), pick(r, uplos), pick(r, transposes), pick(r, diags), pick(r, factors)
	name := fmt.Sprintf("Dtrsm s=%c ul=%c tA=%c d=%c m=%d n=%d alpha=%v", side, ul, tA, d, m, n, alpha)
	size := m
	if side == blas.Right {
		size = n
	}
	lda, ldb := size+r.IntN(4), n+r.IntN(4)
	a, x := operand(r, size, size, lda, kerneltest.NaN), operand(r, m, n, ldb, kerneltest.Sentinel)
	for i := range size {
		for j := range size {
			a.V[i*lda+j] /= float64(size) // so that X does not grow
		}
		a.V[i*lda+i] = 1 + r.Float64()
	}
	hide(a.V, size, lda, ul, d)
	b, before := slices.Clone(x.V), slices.Clone(a.V)
	Implementation{}.Dtrsm(side, ul, tA, d, m, n, alpha, a.V, lda, x.V, ldb)
	a.Check(t, name+": a")
	x.Check(t, name+": b")
	if kerneltest.FirstDifference(a.V, before) >= 0 {
		t.Fatalf("%s: a was modified", name)
	}
	product, bound := slices.Clone(x.V), slices.Clone(x.V)
	for i := range bound {
		bound[i] = math.Abs(bound[i])
	}
	absolute := slices.Clone(before)
	for i := range absolute {
		absolute[i] = math.Abs(absolute[i])
	}
	gonum.Implementation{}.Dtrmm(side, ul, tA, d, m, n, 1, before, lda, product, ldb)
	gonum.Implementation{}.Dtrmm(side, ul, tA, d, m, n, 1, absolute, lda, bound, ldb)
	for i := range m {
		for j := range n {
			at := i*ldb + j
			tol := 2 * float64(size+3) * 0x1p-53 * (bound[at] + math.Abs(alpha*b[at]))
			if !kerneltest.Close(product[at], alpha*b[at], tol) {
				t.Fatalf("%s: element %d,%d of op(A)·X: %v, want %v ± %v", name, i, j, product[at], alpha*b[at], tol)
			}
		}
	}
}
