package lsq

import (
	"errors"
	"math"
)

var errSweeps = errors.New("lsq: singular values did not converge")

// maxSweeps is the number of sweeps per singular value after which there is no hope; two or
// three are usual.
const maxSweeps = 60

// A sweep is a sequence of rotations of columns first, first+1; first+1, first+2; …
type sweep struct {
	first     int
	rotations []rotation
}

// A rotation takes (x, y) to (c x + s y, c y − s x).
type rotation struct{ c, s float64 }

// rotate returns the rotation that takes (f, g) to (r, 0), and r.
func rotate(f, g float64) (rotation, float64) {
	if g == 0 {
		return rotation{1, 0}, f
	}
	r := math.FMA(f, f, float64(g*g))
	if r >= leastSquare && r <= largestSquare {
		r = math.Sqrt(r)
	} else {
		r = hypot(math.Abs(f), math.Abs(g))
	}
	t := 1 / r
	if t > math.MaxFloat64 { // r is subnormal
		f, g, t = f*0x1p60, g*0x1p60, 1/(r*0x1p60)
	}
	return rotation{f * t, g * t}, r
}

// first and second are the elements that a rotation takes (x, y) to.
func (r rotation) first(x, y float64) float64  { return math.FMA(r.c, x, float64(r.s*y)) }
func (r rotation) second(x, y float64) float64 { return math.FMA(r.c, y, -float64(r.s*x)) }

// diagonalize takes B to diagonal form by the QR algorithm of Golub and Kahan, with shifts
// of zero where those of Demmel and Kahan (1990) say so, and y with it. It returns the
// rotations of the columns, in order, if keep is set:
//
//	B = U Σ Vᵀ, Σ in d, V the product of the rotations, y ← Uᵀ y.
//
// An off-diagonal element counts as zero if it is at most 2⁻⁵² of the norm of B: errors are
// small against the largest singular value, as those of bidiagonalize are. Between equal
// values a smaller one would stay, as their shift, rounded, is the values themselves.
func (b *bidiagonal) diagonalize(keep bool) ([]sweep, error) {
	var sweeps []sweep
	tiny := 0x1p-52 * b.norm()
	budget := maxSweeps * len(b.d)
	var buffer []rotation
	for end := len(b.d) - 1; end > 0; {
		begin := end
		for begin > 0 && !(math.Abs(b.e[begin-1]) <= tiny) {
			begin--
		}
		if begin == end {
			end--
			continue
		}
		if budget--; budget < 0 {
			return nil, errSweeps
		}
		if keep {
			buffer = make([]rotation, 0, end-begin)
		}
		if shift := b.shift(begin, end); shift > 0 {
			buffer = b.sweep(begin, end, shift, buffer)
		} else {
			buffer = b.sweepZero(begin, end, buffer)
		}
		if keep {
			sweeps = append(sweeps, sweep{begin, buffer})
		} else {
			buffer = buffer[:0]
		}
	}
	return sweeps, nil
}

// shift returns the least singular value of the last 2×2 block, or 0 if its square would
// drown in that of the first element, or that is zero.
func (b *bidiagonal) shift(begin, end int) float64 {
	f, g, h := math.Abs(b.d[end-1]), b.e[end-1], math.Abs(b.d[end])
	sum := hypot(f+h, math.Abs(g)) // of both singular values
	difference := hypot(math.Abs(f-h), math.Abs(g))
	if f == 0 || h == 0 || sum == 0 {
		return 0
	}
	least := f / (sum/2 + difference/2) * h
	first := math.Abs(b.d[begin])
	if first == 0 || least/first < 0x1p-26 {
		return 0
	}
	return least
}

// sweep is one step of the QR algorithm with the given shift on rows begin … end.
func (b *bidiagonal) sweep(begin, end int, shift float64, right []rotation) []rotation {
	d, e := b.d, b.e
	f := (math.Abs(d[begin]) - shift) * (math.Copysign(1, d[begin]) + shift/d[begin])
	g := e[begin]
	for i := begin; i < end; i++ {
		r, size := rotate(f, g)
		if i > begin {
			e[i-1] = size
		}
		f, e[i] = r.first(d[i], e[i]), r.second(d[i], e[i])
		g, d[i+1] = r.s*d[i+1], r.c*d[i+1]
		right = append(right, r)

		r, d[i] = rotate(f, g)
		f, d[i+1] = r.first(e[i], d[i+1]), r.second(e[i], d[i+1])
		if i+1 < end {
			g, e[i+1] = r.s*e[i+1], r.c*e[i+1]
		}
		b.rotateY(i, r)
	}
	e[end-1] = f
	return right
}

// sweepZero is a step without shift, in the form that keeps small elements accurate.
func (b *bidiagonal) sweepZero(begin, end int, right []rotation) []rotation {
	d, e := b.d, b.e
	r, l := rotation{c: 1}, rotation{c: 1}
	for i := begin; i < end; i++ {
		var size float64
		r, size = rotate(d[i]*r.c, e[i])
		if i > begin {
			e[i-1] = l.s * size
		}
		right = append(right, r)
		l, d[i] = rotate(l.c*size, d[i+1]*r.s)
		b.rotateY(i, l)
	}
	h := d[end] * r.c
	d[end], e[end-1] = h*l.c, h*l.s
	return right
}

// rotateY rotates rows i and i+1 of y.
func (b *bidiagonal) rotateY(i int, r rotation) {
	if b.rhs == 0 {
		return
	}
	x, y := b.y[i*b.rhs:][:b.rhs], b.y[(i+1)*b.rhs:][:b.rhs]
	for k, v := range x {
		x[k], y[k] = r.first(v, y[k]), r.second(v, y[k])
	}
}

// back returns V x in x for the rotations that make V.
func back(sweeps []sweep, x []float64) {
	for i := len(sweeps) - 1; i >= 0; i-- {
		w := sweeps[i]
		for j := len(w.rotations) - 1; j >= 0; j-- {
			r := rotation{w.rotations[j].c, -w.rotations[j].s}
			at := w.first + j
			x[at], x[at+1] = r.first(x[at], x[at+1]), r.second(x[at], x[at+1])
		}
	}
}

// forth returns Vᵀ x in x.
func forth(sweeps []sweep, x []float64) {
	for _, w := range sweeps {
		for j, r := range w.rotations {
			at := w.first + j
			x[at], x[at+1] = r.first(x[at], x[at+1]), r.second(x[at], x[at+1])
		}
	}
}
