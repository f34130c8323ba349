package gonumlapack

import (
	"math"

	"gonum.org/v1/gonum/lapack/gonum"
)

// bidiagonal is an upper bidiagonal matrix B = Q Σ Pᵀ, diagonal d and off-diagonal e, on its
// way to Σ by implicit QR with shifts that keep small singular values accurate (Demmel and
// Kahan 1990). Whatever takes part in it is a matrix of rows: right is multiplied by Pᵀ, left
// by Qᵀ.
type bidiagonal struct {
	d, e        []float64
	right, left []*rotations

	small  float64 // what counts as zero
	lo, hi int     // of the block that was worked on last
	up     bool    // whether from its lower end
	cr, sr []float64
	cl, sl []float64
	scalar gonum.Implementation
}

const (
	unitRoundoff = 0x1p-53
	leastNormal  = 0x1p-1022
	patience     = 6 // times n² rotations are tried
)

// relativeAccuracy is that of the singular values.
var relativeAccuracy = math.Max(10, math.Min(100, math.Pow(unitRoundoff, -1.0/8))) * unitRoundoff

func newBidiagonal(d, e []float64) *bidiagonal {
	n := max(len(d), 1)
	return &bidiagonal{
		d: d, e: e, lo: -1, hi: -1,
		cr: make([]float64, n), sr: make([]float64, n),
		cl: make([]float64, n), sl: make([]float64, n),
	}
}

// flush does the rotations that have been put off.
func (b *bidiagonal) flush() {
	for _, r := range b.right {
		r.flush()
	}
	for _, r := range b.left {
		r.flush()
	}
}

// fromLower makes the lower bidiagonal matrix that is in d and e upper bidiagonal.
func (b *bidiagonal) fromLower() {
	n := len(b.d) - 1
	for i := range n {
		c, s, r := b.scalar.Dlartg(b.d[i], b.e[i])
		b.d[i] = r
		b.e[i] = s * b.d[i+1]
		b.d[i+1] *= c
		b.cl[i], b.sl[i] = c, s
	}
	if n > 0 {
		for _, r := range b.left {
			r.add(0, 1, b.cl[:n], b.sl[:n])
		}
	}
}

// diagonalize reports whether e became zero. Singular values are then in d, of either sign
// and in any order.
func (b *bidiagonal) diagonalize() bool {
	n := len(b.d)
	b.small = b.negligible()
	budget := patience * n * n
	for hi := n; hi > 1; {
		if budget < 0 {
			return false
		}
		lo, largest := b.block(hi)
		if lo == hi-1 {
			hi--
			continue
		}
		if lo == hi-2 {
			b.pair(lo)
			hi -= 2
			continue
		}
		if lo >= b.hi || hi <= b.lo {
			b.up = !(math.Abs(b.d[lo]) >= math.Abs(b.d[hi-1]))
		}
		c := b.chain(lo, hi)
		least, split := c.split()
		if split {
			continue
		}
		b.lo, b.hi = lo, hi
		budget -= hi - lo + 1
		shift := 0.0
		if !(float64(n)*relativeAccuracy*(least/largest) <= math.Max(unitRoundoff, relativeAccuracy/100)) {
			shift = c.shift()
		}
		b.chase(c, shift)
	}
	return true
}

// negligible returns what an element of e is to exceed if it is not to count as zero.
func (b *bidiagonal) negligible() float64 {
	n := len(b.d)
	least := math.Abs(b.d[0])
	mu := least
	for i := 1; i < n && least != 0; i++ {
		mu = math.Abs(b.d[i]) * (mu / (mu + math.Abs(b.e[i-1])))
		least = math.Min(least, mu)
	}
	return math.Max(relativeAccuracy*least/math.Sqrt(float64(n)), float64(patience*n*n)*leastNormal)
}

// block returns where the block begins whose last row is hi−1, and its largest element.
func (b *bidiagonal) block(hi int) (lo int, largest float64) {
	largest = math.Abs(b.d[hi-1])
	for lo = hi - 1; lo > 0; lo-- {
		off := math.Abs(b.e[lo-1])
		if off <= b.small {
			b.e[lo-1] = 0
			return lo, largest
		}
		largest = math.Max(largest, math.Max(math.Abs(b.d[lo-1]), off))
	}
	return 0, largest
}

// pair finishes the 2×2 block that begins at lo.
func (b *bidiagonal) pair(lo int) {
	var sr, cr, sl, cl float64
	b.d[lo+1], b.d[lo], sr, cr, sl, cl = b.scalar.Dlasv2(b.d[lo], b.e[lo], b.d[lo+1])
	b.e[lo] = 0
	for _, r := range b.right {
		r.add(lo, 1, []float64{cr}, []float64{sr})
	}
	for _, r := range b.left {
		r.add(lo, 1, []float64{cl}, []float64{sl})
	}
}

// chain is a block of B read downwards, or upwards as the transpose of the block with rows
// and columns in reverse order, which is upper bidiagonal too: one chase is for both.
type chain struct {
	d, e         []float64
	d0, e0, step int
	n            int
}

func (b *bidiagonal) chain(lo, hi int) chain {
	if b.up {
		return chain{d: b.d, e: b.e, d0: hi - 1, e0: hi - 2, step: -1, n: hi - lo}
	}
	return chain{d: b.d, e: b.e, d0: lo, e0: lo, step: 1, n: hi - lo}
}

func (c chain) diag(i int) *float64 { return &c.d[c.d0+i*c.step] }
func (c chain) off(i int) *float64  { return &c.e[c.e0+i*c.step] }

// split sets an element of e to zero that does not matter to the relative accuracy of any
// singular value, and reports whether there was one. If not, least is a lower estimate of
// the smallest singular value.
func (c chain) split() (least float64, ok bool) {
	if last := c.off(c.n - 2); math.Abs(*last) <= relativeAccuracy*math.Abs(*c.diag(c.n - 1)) {
		*last = 0
		return 0, true
	}
	mu := math.Abs(*c.diag(0))
	least = mu
	for i := range c.n - 1 {
		e := c.off(i)
		if math.Abs(*e) <= relativeAccuracy*mu {
			*e = 0
			return 0, true
		}
		mu = math.Abs(*c.diag(i + 1)) * (mu / (mu + math.Abs(*e)))
		least = math.Min(least, mu)
	}
	return least, false
}

// shift returns the smaller singular value of the last 2×2 block, 0 if it is too small to
// make a difference.
func (c chain) shift() float64 {
	shift, _ := gonum.Implementation{}.Dlas2(*c.diag(c.n - 2), *c.off(c.n - 2), *c.diag(c.n - 1))
	if first := math.Abs(*c.diag(0)); first > 0 && (shift/first)*(shift/first) < unitRoundoff {
		return 0
	}
	return shift
}

// chase goes through c with one step of implicit QR.
func (b *bidiagonal) chase(c chain, shift float64) {
	if shift == 0 {
		b.chaseUnshifted(c)
	} else {
		b.chaseShifted(c, shift)
	}
	if last := c.off(c.n - 2); math.Abs(*last) <= b.small {
		*last = 0
	}
	right, left := b.right, b.left
	if b.up {
		right, left = left, right
	}
	for _, r := range right {
		r.add(c.d0, c.step, b.cr[:c.n-1], b.sr[:c.n-1])
	}
	for _, r := range left {
		r.add(c.d0, c.step, b.cl[:c.n-1], b.sl[:c.n-1])
	}
}

// chaseUnshifted loses no relative accuracy: it has no subtraction.
func (b *bidiagonal) chaseUnshifted(c chain) {
	cr, cl, sl := 1.0, 1.0, 0.0
	for i := range c.n - 1 {
		var sr, r float64
		cr, sr, r = b.scalar.Dlartg(*c.diag(i)*cr, *c.off(i))
		if i > 0 {
			*c.off(i - 1) = sl * r
		}
		cl, sl, *c.diag(i) = b.scalar.Dlartg(cl*r, *c.diag(i + 1)*sr)
		b.cr[i], b.sr[i], b.cl[i], b.sl[i] = cr, sr, cl, sl
	}
	h := *c.diag(c.n - 1) * cr
	*c.diag(c.n - 1) = h * cl
	*c.off(c.n - 2) = h * sl
}

// chaseShifted converges fast.
func (b *bidiagonal) chaseShifted(c chain, shift float64) {
	first := *c.diag(0)
	f := (math.Abs(first) - shift) * (math.Copysign(1, first) + shift/first)
	g := *c.off(0)
	for i := range c.n - 1 {
		d, e, next := c.diag(i), c.off(i), c.diag(i+1)
		cr, sr, r := b.scalar.Dlartg(f, g)
		if i > 0 {
			*c.off(i - 1) = r
		}
		f, *e = math.FMA(cr, *d, float64(sr**e)), math.FMA(cr, *e, float64(-sr**d))
		g = sr * *next
		*next *= cr
		cl, sl, r := b.scalar.Dlartg(f, g)
		*d = r
		f, *next = math.FMA(cl, *e, float64(sl**next)), math.FMA(cl, *next, float64(-sl**e))
		if i < c.n-2 {
			g = sl * *c.off(i + 1)
			*c.off(i + 1) *= cl
		}
		b.cr[i], b.sr[i], b.cl[i], b.sl[i] = cr, sr, cl, sl
	}
	*c.off(c.n - 2) = f
}

// order returns the order in which d descends, as gonum's selection sort finds it, after
// making d positive: negative reports which singular values changed sign.
func (b *bidiagonal) order() (perm []int, negative []bool) {
	n := len(b.d)
	perm, negative = make([]int, n), make([]bool, n)
	for i, v := range b.d {
		perm[i] = i
		if v < 0 {
			b.d[i] = -v
			negative[i] = true
		}
	}
	for last := n - 1; last > 0; last-- {
		least := 0
		for j := 1; j <= last; j++ {
			if b.d[j] <= b.d[least] {
				least = j
			}
		}
		b.d[least], b.d[last] = b.d[last], b.d[least]
		perm[least], perm[last] = perm[last], perm[least]
	}
	return perm, negative
}
