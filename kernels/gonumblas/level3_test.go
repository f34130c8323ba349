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

// TestPanics compares the panics with gonum's, argument by argument.
func TestPanics(t *testing.T) {
	const n = 20
	x := func() []float64 { return make([]float64, n*n) }
	type sizes struct {
		m, n, k, lda, ldb, ldc int
		a, b, c                int // what is missing
	}
	message := func(impl routines, call func(routines)) (value any) {
		defer func() { value = recover() }()
		call(impl)
		return "no panic"
	}
	no, up, left, non := blas.NoTrans, blas.Upper, blas.Left, blas.NonUnit
	calls := map[string]func(routines){}
	add := func(name string, f func(routines)) { calls[name] = f }
	bad := []sizes{
		{m: -1, n: n, k: n, lda: n, ldb: n, ldc: n}, {m: n, n: -1, k: n, lda: n, ldb: n, ldc: n},
		{m: n, n: n, k: -1, lda: n, ldb: n, ldc: n}, {m: n, n: n, k: n, lda: n - 1, ldb: n, ldc: n},
		{m: n, n: n, k: n, lda: n, ldb: n - 1, ldc: n}, {m: n, n: n, k: n, lda: n, ldb: n, ldc: n - 1},
		{m: n, n: n, k: n, lda: n, ldb: n, ldc: n, a: 1}, {m: n, n: n, k: n, lda: n, ldb: n, ldc: n, b: 1},
		{m: n, n: n, k: n, lda: n, ldb: n, ldc: n, c: 1}, {m: 0, n: n, k: n, lda: 0, ldb: n, ldc: n},
		{m: 0, n: n, k: n, lda: n, ldb: n, ldc: n, a: n * n, c: n * n}, {m: n, n: n, k: 0, lda: n, ldb: n, ldc: n, a: n * n},
		{m: n, n: n, k: n, lda: math.MaxInt, ldb: n, ldc: n},
	}
	for _, n := range []int{1, 2} { // what is computed on the spot
		all := n * n
		for _, s := range []sizes{{m: -1, n: n, k: n}, {m: n, n: -1, k: n}, {m: n, n: n, k: -1}, {m: n, n: n, k: n, lda: -1},
			{m: n, n: n, k: n, ldb: -1}, {m: n, n: n, k: n, ldc: -1}, {m: n, n: n, k: n, a: 1}, {m: n, n: n, k: n, b: 1},
			{m: n, n: n, k: n, c: 1}, {m: n, n: n, k: n, a: all, b: all, c: all}, {m: 0, n: n, k: n, a: all, c: all}} {
			s.lda, s.ldb, s.ldc = s.lda+n, s.ldb+n, s.ldc+n
			s.a, s.b, s.c = len(x())-all+s.a, len(x())-all+s.b, len(x())-all+s.c
			bad = append(bad, s)
		}
	}
	for i, s := range bad {
		a, b, c := x()[s.a:], x()[s.b:], x()[s.c:]
		add(fmt.Sprint("Dgemm ", i), func(p routines) { p.Dgemm(no, no, s.m, s.n, s.k, 1, a, s.lda, b, s.ldb, 0, c, s.ldc) })
		add(fmt.Sprint("Dsyrk ", i), func(p routines) { p.Dsyrk(up, no, s.m, s.k, 1, a, s.lda, 0, c, s.ldc) })
		add(fmt.Sprint("Dsyr2k ", i), func(p routines) { p.Dsyr2k(up, no, s.m, s.k, 1, a, s.lda, b, s.ldb, 0, c, s.ldc) })
		add(fmt.Sprint("Dsymm ", i), func(p routines) { p.Dsymm(left, up, s.m, s.n, 1, a, s.lda, b, s.ldb, 0, c, s.ldc) })
		add(fmt.Sprint("Dtrmm ", i), func(p routines) { p.Dtrmm(left, up, no, non, s.m, s.n, 1, a, s.lda, b, s.ldb) })
		add(fmt.Sprint("Dtrsm ", i), func(p routines) { p.Dtrsm(left, up, no, non, s.m, s.n, 1, a, s.lda, b, s.ldb) })
	}
	a, b, c := x(), x(), x()
	const long = 130
	for i, s := range [][5]int{{-1, long, long, 1, 1}, {3, -1, long, 1, 1}, {3, long, long - 1, 1, 1}, {3, long, long, 0, 1},
		{3, long, long, 1, 0}, {3, long, long, 40, 1}, {3, long, long, 1, 300}, {300, long, long, 1, 1}, {3, long, long, -1, -1}, {0, 0, 0, 1, 1}} {
		x, y, big := make([]float64, long), make([]float64, long), make([]float64, 3*long)
		add(fmt.Sprint("Dgemv ", i), func(p routines) { p.Dgemv(no, s[0], s[1], 1, big, s[2], x, s[3], 0, y, s[4]) })
		add(fmt.Sprint("Dgemv T ", i), func(p routines) { p.Dgemv(blas.Trans, s[0], s[1], 1, big, s[2], x, s[3], 0, y, s[4]) })
		add(fmt.Sprint("Dger ", i), func(p routines) { p.Dger(s[0], s[1], 1, x, s[3], y, s[4], big, s[2]) })
		add(fmt.Sprint("Ddot ", i), func(p routines) { p.Ddot(s[1], x, s[3], y, s[4]) })
		add(fmt.Sprint("Ddot, short ", i), func(p routines) { p.Ddot(s[1], x[:50], s[3], y, s[4]) })
		add(fmt.Sprint("Daxpy ", i), func(p routines) { p.Daxpy(s[1], 1, x, s[3], y, s[4]) })
		add(fmt.Sprint("Daxpy, short ", i), func(p routines) { p.Daxpy(s[1], 1, x, s[3], y[:50], s[4]) })
	}
	for n := range 4 { // and vectors
		for i, s := range [][5]int{{n, n, n, 1, 1}, {n, n, n, 0, 1}, {n, n, n, 1, 0}, {n, n, n, -1, -1}, {n, n, n - 1, 1, 1}, {1, n, n, 1, 1}, {n, 1, 1, 1, 1}, {-1, n, n, 1, 1}, {n, -1, 1, 1, 1}} {
			for short := range 4 {
				size := [3]int{n * n, n, n}
				if short < 3 && n > 0 {
					size[short]--
				}
				a, x, y := make([]float64, size[0]), make([]float64, size[1]), make([]float64, size[2])
				name := fmt.Sprint(" of ", n, ", ", i, ", short ", short)
				add("Dgemv"+name, func(p routines) { p.Dgemv(no, s[0], s[1], 1, a, s[2], x, s[3], 0, y, s[4]) })
				add("Dgemv T"+name, func(p routines) { p.Dgemv(blas.Trans, s[0], s[1], 1, a, s[2], x, s[3], 0, y, s[4]) })
				add("Dger"+name, func(p routines) { p.Dger(s[0], s[1], 1, x, s[3], y, s[4], a, s[2]) })
				add("Ddot"+name, func(p routines) { p.Ddot(s[1], x, s[3], y, s[4]) })
				add("Daxpy"+name, func(p routines) { p.Daxpy(s[1], 1, x, s[3], y, s[4]) })
			}
		}
	}
	add("Dgemv tA", func(p routines) { p.Dgemv('X', n, n, 1, a, n, b, 1, 0, c, 1) })
	add("Dgemm tA", func(p routines) { p.Dgemm('X', no, n, n, n, 1, a, n, b, n, 0, c, n) })
	add("Dgemm tB", func(p routines) { p.Dgemm(no, 'X', n, n, n, 1, a, n, b, n, 0, c, n) })
	add("Dsyrk ul", func(p routines) { p.Dsyrk('X', no, n, n, 1, a, n, 0, c, n) })
	add("Dsyrk t", func(p routines) { p.Dsyrk(up, 'X', n, n, 1, a, n, 0, c, n) })
	add("Dsyr2k ul", func(p routines) { p.Dsyr2k('X', no, n, n, 1, a, n, b, n, 0, c, n) })
	add("Dsyr2k t", func(p routines) { p.Dsyr2k(up, 'X', n, n, 1, a, n, b, n, 0, c, n) })
	add("Dsymm s", func(p routines) { p.Dsymm('X', up, n, n, 1, a, n, b, n, 0, c, n) })
	add("Dsymm ul", func(p routines) { p.Dsymm(left, 'X', n, n, 1, a, n, b, n, 0, c, n) })
	for name, f := range map[string]func(routines, blas.Side, blas.Uplo, blas.Transpose, blas.Diag){
		"Dtrmm": func(p routines, s blas.Side, ul blas.Uplo, t blas.Transpose, d blas.Diag) {
			p.Dtrmm(s, ul, t, d, n, n, 1, a, n, b, n)
		},
		"Dtrsm": func(p routines, s blas.Side, ul blas.Uplo, t blas.Transpose, d blas.Diag) {
			p.Dtrsm(s, ul, t, d, n, n, 1, a, n, b, n)
		},
	} {
		add(name+" s", func(p routines) { f(p, 'X', up, no, non) })
		add(name+" ul", func(p routines) { f(p, left, 'X', no, non) })
		add(name+" t", func(p routines) { f(p, left, up, 'X', non) })
		add(name+" d", func(p routines) { f(p, left, up, no, 'X') })
	}
	kerneltest.EachLevel(t, func(t *testing.T) {
		for name, call := range calls {
			want := message(gonum.Implementation{}, call)
			if got := message(Implementation{}, call); got != want {
				t.Errorf("%s: panic value %v, gonum has %v", name, got, want)
			}
		}
	})
}

// TestAlias makes sure that results that share elements with operands are refused, and that
// blocks of one matrix are not.
func TestAlias(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		if !faster() {
			t.Skip("gonum does not look")
		}
		const ld = 30
		n := 9
		x := make([]float64, ld*ld)
		refused := func(f func()) (yes bool) {
			defer func() { yes = recover() == "gonumblas: the result shares elements with an operand" }()
			f()
			return
		}
		gemm := func(a, lda, b, ldb, c, ldc int) func() {
			return func() {
				Implementation{}.Dgemm(blas.NoTrans, blas.NoTrans, n, n, n, 1, x[a:], lda, x[b:], ldb, 0, x[c:], ldc)
			}
		}
		for _, f := range []func(){gemm(0, ld, 9, ld, 8, ld), gemm(0, ld, 9, ld, 0, ld), gemm(9, ld, 0, ld, 17, ld),
			gemm(0, ld, 9, ld, 30*5+17, 13), gemm(100, 9, 200, 9, 180, 9)} {
			if !refused(f) {
				t.Error("a shared element was not refused")
			}
		}
		for _, f := range []func(){gemm(0, ld, 9, ld, 18, ld), gemm(0, ld, 0, ld, 9, ld), gemm(100, 9, 200, 9, 300, 9), gemm(0, 2*ld, 9, 2*ld, 18, ld)} {
			if refused(f) {
				t.Error("blocks side by side were refused")
			}
		}
		n = 2 // computed on the spot, unless operands lie near
		for _, f := range []func(){gemm(0, 2, 4, 2, 0, 2), gemm(0, 2, 4, 2, 1, 2), gemm(4, 2, 0, 2, 1, 2)} {
			if !refused(f) {
				t.Error("a shared element was not refused, n = 2")
			}
		}
		for _, f := range []func(){gemm(0, 2, 4, 2, 8, 2), gemm(0, ld, 2, ld, 4, ld)} {
			if refused(f) {
				t.Error("matrices that share nothing were refused, n = 2")
			}
		}
	})
}
