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
	for b, tb := range m.types {
		for a, ta := range m.types[:b+1] {
			v := &m.radials[pairIndex(a, b)]
			in := st.pairs[[2]int{ta, tb}]
			if in == nil {
				norms = append(norms, make([]float64, len(v.w))...)
				continue
			}
			edges := math.Sqrt(2 * in.weight2)
			for _, rms := range v.rms() {
				norms = append(norms, edges*rms)
			}
		}
	}
	return norms
}

// rms returns the root mean square of every φ′ over the training range.
func (v *radial) rms() []float64 {
	k := len(v.w)
	sum := make([]float64, k)
	value := blas64.General{Cols: k, Stride: k, Data: make([]float64, edgeBlock*k)}
	slope := blas64.General{Cols: k, Stride: k, Data: make([]float64, edgeBlock*k)}
	var xi, r [edgeBlock]float64
	feature := make([]float64, k)
	for at := 0; at < priorPoints; at += edgeBlock {
		for i := range r {
			r[i] = v.lo + (v.hi-v.lo)*(float64(at+i)+0.5)/priorPoints
			xi[i], _, _ = v.xi.derivatives(r[i])
		}
		v.features(value, slope, xi[:])
		for i, ri := range r {
			_, xi1, _ := v.xi.derivatives(ri)
			c, c1, _ := envelope(ri, v.cutoff)
			radialFeature(feature, value.Data[i*k:][:k], slope.Data[i*k:][:k], v.w, c1, c*xi1)
			for j, f := range feature {
				sum[j] = math.FMA(f, f, sum[j])
			}
		}
	}
	for j, s := range sum {
		sum[j] = math.Sqrt(s / priorPoints)
	}
	return sum
}
