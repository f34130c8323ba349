package lsq

import "math"

// Columns of [A B] whose sums of squares are between these can be folded as they are:
// their products with each other, and with multiples that a reflector asks for, stay far
// inside the range.
const (
	leastColumn   = 0x1p-900
	largestColumn = 0x1p900
)

// scale multiplies columns of f and c that are too small or too large for fold by powers of
// two. It returns the exponents by which unscale undoes that, nil if there was none to scale.
func (f *factor) scale(c rows) []int {
	var exp []int
	f.measure()
	for j := range f.squares {
		f.squares[j] += c.square(f.cols, j)
		if s := f.squares[j]; s >= leastColumn && s <= largestColumn {
			continue
		}
		top, x := f.column(j), c.data[place(f.cols, j)*c.stride:][:c.n]
		e := exponent(max(maxAbs(top), maxAbs(x)))
		if e == 0 {
			continue // zeros
		}
		if exp == nil {
			exp = make([]int, f.cols+f.rhs)
		}
		exp[j] = e
		ldexp(top, -e)
		ldexp(x, -e)
	}
	return exp
}

// square returns the sum of squares of column j of [A B], of which A has n.
func (c rows) square(n, j int) float64 {
	if c.sums != nil {
		return c.sums[j]
	}
	ld := len(c.squares) / squareLanes
	q := c.squares[place(n, j):]
	return (q[0] + q[ld]) + (q[2*ld] + q[3*ld])
}

// unscale multiplies the columns of f by the powers of two with the given exponents.
func (f *factor) unscale(exp []int) {
	for j, e := range exp {
		if e != 0 {
			ldexp(f.column(j), e)
		}
	}
}

// ldexp multiplies x by 2^e.
func ldexp(x []float64, e int) {
	for i, v := range x {
		x[i] = math.Ldexp(v, e)
	}
}
