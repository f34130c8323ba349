package hgn

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"
)

// priorPoints is the number of distances at which [pairModel.expectedNorms] looks at
// the features: several for the narrowest of them.
const priorPoints = 128

// expectedNorms returns the norm that every column of the q problem would have if
// its edges were spread evenly over the training range: each adds the square of
// its weight and of φ′ to the rows of both its ends.
//
// As the floor of the solver's scales it keeps a feature that happens to be near
// zero on all edges seen, but not between them, from taking any coefficient at no
// cost.
func (m *pairModel) expectedNorms(st *statistics) []float64 {
	var norms []float64
	for i, in := range m.inputs(st) {
		v := &m.radials[i]
		if in == nil {
			norms = append(norms, make([]float64, len(v.w))...)
			continue
		}
		edges := math.Sqrt(2 * in.weight2)
		for _, rms := range v.rms() {
			norms = append(norms, edges*rms)
		}
	}
	return norms
}

// rms returns the root mean square of every φ′ over the training range.
func (v *radial) rms() []float64 {
	k := len(v.w)
	sum := make([]float64, k)
	f := blas64.General{Rows: edgeBlock, Cols: k, Stride: k, Data: make([]float64, edgeBlock*k)}
	var r, x, c0, c1 [edgeBlock]float64
	for at := 0; at < priorPoints; at += edgeBlock {
		for i := range r {
			r[i] = v.lo + (v.hi-v.lo)*(float64(at+i)+0.5)/priorPoints
		}
		v.derivatives(f, r[:], nil, x[:], c0[:], c1[:])
		for i := range r {
			for j, f := range f.Data[i*k:][:k] {
				sum[j] = math.FMA(f, f, sum[j])
			}
		}
	}
	for j, s := range sum {
		sum[j] = math.Sqrt(s / priorPoints)
	}
	return sum
}
