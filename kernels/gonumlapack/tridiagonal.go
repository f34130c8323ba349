package gonumlapack

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/lapack/gonum"
)

// tridiagonal is a symmetric tridiagonal matrix T, diagonal d and off-diagonal e, on its way
// to Λ = Gᵀ T G by implicit QR with Wilkinson's shifts (Parlett, The Symmetric Eigenvalue
// Problem, 1980, chapter 8). rows is a matrix of rows that is multiplied by Gᵀ.
type tridiagonal struct {
	d, e   []float64
	rows   *rotations
	lo, hi int  // of the block that was worked on last
	up     bool // whether from its lower end
	c, s   []float64
}

// diagonalize reports whether e became zero. Eigenvalues are then in d, in any order.
func (t *tridiagonal) diagonalize() bool {
	const patience = 30 // times n passes are tried
	n := len(t.d)
	t.lo, t.hi = n, n
	t.c, t.s = make([]float64, n), make([]float64, n)
	defer t.rows.flush()
	passes := 0
	for hi := n; hi > 1; {
		lo := t.block(hi)
		switch {
		case lo == hi-1:
			hi--
		case lo == hi-2:
			t.pair(lo)
			hi -= 2
		case passes == patience*n:
			return false
		default:
			if lo >= t.hi || hi <= t.lo { // the smaller end converges first
				t.up = math.Abs(t.d[lo]) < math.Abs(t.d[hi-1])
			}
			t.lo, t.hi = lo, hi
			t.chase(lo, hi)
			passes++
		}
	}
	return true
}

// block returns where the block begins whose last row is hi−1.
func (t *tridiagonal) block(hi int) (lo int) {
	for lo = hi - 1; lo > 0; lo-- {
		off := math.Abs(t.e[lo-1])
		if off <= leastNormal || off <= unitRoundoff*math.Sqrt(math.Abs(t.d[lo-1]))*math.Sqrt(math.Abs(t.d[lo])) {
			t.e[lo-1] = 0
			break
		}
	}
	return lo
}

// pair finishes the 2×2 block that begins at lo.
func (t *tridiagonal) pair(lo int) {
	larger, smaller, c, s := gonum.Implementation{}.Dlaev2(t.d[lo], t.e[lo], t.d[lo+1])
	t.d[lo], t.d[lo+1], t.e[lo] = larger, smaller, 0
	t.rows.add(lo, 1, []float64{c}, []float64{s})
}

// chase goes through a block of at least 3 rows with one step of implicit QR, or with one
// through the block with rows and columns in reverse order.
func (t *tridiagonal) chase(lo, hi int) {
	b := chain{d: t.d, e: t.e, d0: lo, e0: lo, step: 1, n: hi - lo}
	if t.up {
		b = chain{d: t.d, e: t.e, d0: hi - 1, e0: hi - 2, step: -1, n: hi - lo}
	}
	x, z := *b.diag(0)-b.wilkinson(), *b.off(0)
	for i := range b.n - 1 {
		cos, sin, r := gonum.Implementation{}.Dlartg(x, z)
		if i > 0 {
			*b.off(i - 1) = r
		}
		d, e, next := b.diag(i), b.off(i), b.diag(i+1)
		w := math.FMA(sin, *d-*next, float64(-2*cos**e))
		*d, *next, *e = math.FMA(-sin, w, *d), math.FMA(sin, w, *next), -math.FMA(cos, w, *e)
		if i < b.n-2 {
			x, z = *e, sin**b.off(i + 1)
			*b.off(i + 1) *= cos
		}
		t.c[i], t.s[i] = cos, sin
	}
	t.rows.add(b.d0, b.step, t.c[:b.n-1], t.s[:b.n-1])
}

// wilkinson returns the eigenvalue of the last 2×2 block that is closer to its last element.
func (c chain) wilkinson() float64 {
	last, off := *c.diag(c.n - 1), *c.off(c.n - 2)
	g := (*c.diag(c.n - 2) - last) / (2 * off)
	return last - off/(g+math.Copysign(math.Hypot(g, 1), g))
}

// order sorts d, ascending, and the rows with it.
func (t *tridiagonal) order() {
	perm := make([]int, len(t.d))
	for i := range perm {
		perm[i] = i
	}
	slices.SortStableFunc(perm, func(i, j int) int {
		switch {
		case t.d[i] < t.d[j]:
			return -1
		case t.d[i] > t.d[j]:
			return 1
		}
		return 0
	})
	permute(t.rows.rows, perm)
	slices.Sort(t.d)
}
