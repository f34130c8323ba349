package gonumblas

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
)

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
