package hgn

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"
)

// kineticRows is the workspace of the rows of momenta.
type kineticRows struct {
	value, slope []float64
	t, speed     [edgeBlock]float64
	bodies       [edgeBlock]int
}

// rows writes one row per body lo … hi−1 of f into z and u: the rows of the coordinates
// of ∂T/∂p are multiples of one row by the coordinates of p/m, so that one row times |p|/m
// has the same least-squares problem, with q̇ projected on the direction of p. z must be 0.
func (w *kineticRows) rows(z, u []float64, stride int, kinetics []kinetic, f *framePart, lo, hi int) {
	column := 0
	for s := range kinetics {
		v := &kinetics[s]
		n := 0
		for i := lo; i < hi; i++ {
			if int(f.species[i]) == s {
				u[i-lo] = w.add(n, f.Frame, i)
				n++
			}
			if n == edgeBlock || n > 0 && i+1 == hi {
				w.flush(n, z[column:], stride, v, lo)
				n = 0
			}
		}
		column += len(v.w) + 1
	}
}

// add takes note of body i as number n of a block and returns its right-hand side.
func (w *kineticRows) add(n int, f *Frame, i int) float64 {
	p2, dot := 0.0, 0.0
	for a := i * f.Dim; a < (i+1)*f.Dim; a++ {
		p2 = math.FMA(f.P[a], f.P[a], p2)
		dot = math.FMA(f.P[a], f.QDot[a], dot)
	}
	p := math.Sqrt(p2)
	w.t[n], w.speed[n], w.bodies[n] = p2/f.Mass[i], p/f.Mass[i], i
	if p > 0 {
		return dot / p
	}
	return 0
}

// flush writes the rows of a block of n bodies.
func (w *kineticRows) flush(n int, z []float64, stride int, v *kinetic, lo int) {
	k := len(v.w)
	w.value, w.slope = grow(w.value, edgeBlock*k), grow(w.slope, edgeBlock*k)
	v.features(blas64.General{Rows: n, Cols: k, Stride: k, Data: w.value},
		blas64.General{Rows: n, Cols: k, Stride: k, Data: w.slope}, w.t[:n])
	for j, i := range w.bodies[:n] {
		row := z[(i-lo)*stride:][:k+1]
		row[0] = w.speed[j]
		twice, slope, weights := 2*w.speed[j], w.slope[j*k:][:k], v.w[:k]
		row = row[1:]
		for c := range row {
			row[c] = twice * weights[c] * slope[c]
		}
	}
}
