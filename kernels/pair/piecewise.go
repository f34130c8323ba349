package pair

import (
	"fmt"
	"math"
)

// Pieces is the number of intervals of a [Piecewise], Degree that of its polynomials.
const (
	Pieces = 16
	Degree = 10
)

// A Piecewise is a function of one variable s made of polynomials,
//
//	f(s) = Σₖ cₖ (s − m)ᵏ,  k = 0 … Degree,
//
// with coefficients cₖ and a middle m per piece. Pieces get wider with s + shift: they are
// equally long in what a float64 holds in its exponent and leading fraction, log₂ with
// straight lines between the powers of 2. Beyond its ends the polynomials of the outermost
// pieces go on.
type Piecewise struct {
	lo, hi float64
	shift  float64
	base   uint64 // high half of lo + shift
	scale  uint64 // pieces per unit of the high half, times 2³²

	packed *constants
}

// A row holds the middle of a piece, its coefficients from c[Degree] to c₀, and zeros.
type row [16]float64

// NewPiecewise fits f to its derivative, which slope gives, at the Chebyshev points of every
// piece of [lo, hi]; f is continuous and f(lo) = start. The error of f′ falls with the
// tenth power of the length of pieces where f is smooth; [Piecewise.Error] measures it.
// Pieces are longest in ratio for shift = 0, equal for a large one; lo + shift must be
// positive.
//
// The error says that the range is empty or not finite, or that a polynomial is not.
func NewPiecewise(lo, hi, shift, start float64, slope func(s float64) float64) (*Piecewise, error) {
	if !(lo+shift >= 0x1p-1000 && lo < hi && hi+shift <= 0x1p1000) {
		return nil, fmt.Errorf("pair: no pieces between %v and %v, shifted by %v", lo, hi, shift)
	}
	p := &Piecewise{lo: lo, hi: hi, shift: shift, base: highHalf(lo + shift), packed: new(constants)}
	span := highHalf(hi+shift) - p.base + 1
	p.scale = min(Pieces<<32/span, 1<<32-1)
	copy(p.packed.single[shiftConstant:], []float64{shift, math.Float64frombits(p.base), math.Float64frombits(p.scale)})
	value := start
	for k := range Pieces {
		from, to := max(p.border(k), lo), min(p.border(k+1), hi)
		if !(from < to) { // nothing falls here
			from, to = hi, hi
		}
		row := &p.packed.rows[k]
		row[0] = 0.5*from + 0.5*to
		fit(row[1:Degree+2], 0.5*(to-from), func(x float64) float64 { return slope(row[0] + x) })
		before, _ := row.eval(from)
		row[Degree+1] = value - before
		value, _ = row.eval(to)
	}
	for k, row := range p.packed.rows {
		for c := range p.packed.columns {
			p.packed.columns[c][k] = row[c]
			if math.IsNaN(row[c]) || math.IsInf(row[c], 0) {
				return nil, fmt.Errorf("pair: the polynomial of piece %d is not finite", k)
			}
		}
	}
	return p, nil
}

// highHalf is the sign, exponent and leading fraction of x.
func highHalf(x float64) uint64 { return math.Float64bits(x) >> 32 }

// border is where piece k begins.
func (p *Piecewise) border(k int) float64 {
	units := (uint64(k)<<32 + p.scale - 1) / p.scale // the least number of units in piece k
	return math.Float64frombits((p.base+units)<<32) - p.shift
}

// piece is the number of the piece in which s is.
func (p *Piecewise) piece(s float64) uint64 {
	return (highHalf(s+p.shift) - p.base) & (1<<32 - 1) * p.scale >> 32 & (Pieces - 1)
}

// eval returns f and f′ at s.
func (row *row) eval(s float64) (f, slope float64) {
	x := s - row[0]
	f = row[1]
	slope = f
	f = math.FMA(f, x, row[2])
	for _, c := range row[3 : Degree+2] {
		slope = math.FMA(slope, x, f)
		f = math.FMA(f, x, c)
	}
	return f, slope
}

// fit writes the coefficients of the polynomial of degree Degree without constant, the
// highest first, whose derivative agrees with slope at the Degree Chebyshev points of
// [−half, half].
func fit(c []float64, half float64, slope func(x float64) float64) {
	const n = Degree
	var y, a [n]float64 // values, coefficients of the Chebyshev series
	for k := range y {
		y[k] = slope(half * math.Cos(math.Pi*(float64(k)+0.5)/n))
	}
	for j := range a {
		for k := range y {
			a[j] += y[k] * math.Cos(math.Pi*float64(j)*(float64(k)+0.5)/n) * 2 / n
		}
	}
	a[0] /= 2
	// Powers of x/half: T₀ = 1, T₁ = x, Tⱼ₊₁ = 2x Tⱼ − Tⱼ₋₁.
	var powers, last, this [n + 1]float64
	last[0], this[1] = 1, 1
	for j := range a {
		t := &last
		for i := range powers {
			powers[i] += a[j] * t[i]
		}
		next := [n + 1]float64{}
		for i := range next {
			if i > 0 {
				next[i] = 2 * this[i-1]
			}
			next[i] -= last[i]
		}
		last, this = this, next
	}
	width := 1.0
	for i := range n {
		c[n-1-i] = powers[i] / width / float64(i+1)
		if half == 0 {
			c[n-1-i] = 0
		}
		width *= half
	}
	c[n] = 0
}

// Range returns the ends of p.
func (p *Piecewise) Range() (lo, hi float64) { return p.lo, p.hi }

// Error returns the largest |f′ − slope| found at many points of the range of p: several
// between all points at which the two were made to agree.
func (p *Piecewise) Error(slope func(s float64) float64) float64 {
	worst := 0.0
	const samples = 5 * Degree
	for k := range Pieces {
		from, to := max(p.border(k), p.lo), min(p.border(k+1), p.hi)
		for i := 0; i <= samples && from < to; i++ {
			x := 0.5 * (1 - math.Cos(math.Pi*float64(i)/samples))
			s := min(max(from+x*(to-from), from), to)
			_, got := p.packed.rows[p.piece(s)].eval(s)
			worst = max(worst, math.Abs(got-slope(s)))
		}
	}
	return worst
}

// Eval evaluates p and its derivative:
//
//	dst[i] = f(s[i]),  grad[i] = f′(s[i])
//
// The slices have the same length and do not overlap, except that one of the results may
// be s. Outside the range of p results are arbitrary, but for NaN, which gives NaN.
//
// The bits, those of a NaN apart, are the same at every level and in every run.
//
// Eval panics, before writing, if the lengths differ. It does not allocate.
func (p *Piecewise) Eval(dst, grad, s []float64) {
	if len(dst) != len(s) || len(grad) != len(s) {
		panic("pair: lengths differ")
	}
	eval(dst, grad, s, p)
}

func evalGeneric(dst, grad, s []float64, p *Piecewise) {
	for i, x := range s {
		dst[i], grad[i] = p.packed.rows[p.piece(x)].eval(x)
	}
}
