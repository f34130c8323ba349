package lsq

import (
	"math"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// Columns of [R; c] whose sums of squares are between these can be folded as they are:
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
	for j := range f.cols + f.rhs {
		top, x := f.column(j), c.data[place(f.cols, j)*c.stride:][:c.n]
		s := dense.Dot(top, top) + c.square(place(f.cols, j))
		if s >= leastColumn && s <= largestColumn {
			continue
		}
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

// square returns the sum of squares of a column.
func (c rows) square(place int) float64 {
	if c.squares == nil {
		x := c.data[place*c.stride:][:c.n]
		return dense.Dot(x, x)
	}
	ld := len(c.squares) / squareLanes
	q := c.squares[place:]
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
