package sparse

import (
	"sync"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/matrix"
	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

const (
	badCoefficients = "sparse: w, b and a have different lengths"
	badValues       = "sparse: value, slope and x have different lengths"
)

// Contract evaluates a sum of random features of one variable, such as the potential of an
// edge as a function of its length, and the derivative, which is the force:
//
//	value[e] = Σₖ a[k]·σ(w[k]·x[e] + b[k])
//	slope[e] = Σₖ a[k]·w[k]·σ′(w[k]·x[e] + b[k])
//
// value, slope and x have one length, w, b and a another. value and slope overlap neither
// each other nor an input. The features are evaluated in a buffer that stays in cache, and
// not stored. z = fma(x, w, b); the features are those of [dense.FeaturesGrad], the sums
// those of [dense.Dot] with a and with the rounded products a·w. The bits, those of a NaN
// apart, are the same at every level and in every run.
//
// Contract panics, before writing, if lengths differ, if slices overlap, or if act is
// unknown. It runs on the calling goroutine and allocates nothing once the buffers have
// been made, which calls share.
func Contract(value, slope, x, w, b, a []float64, act dense.Activation) {
	if len(b) != len(w) || len(a) != len(w) {
		panic(badCoefficients)
	}
	if len(value) != len(x) || len(slope) != len(x) {
		panic(badValues)
	}
	act.Apply(nil, nil) // panics if it is unknown
	for _, in := range [4][]float64{x, w, b, a} {
		if matrix.Overlap(vector(value), vector(in)) || matrix.Overlap(vector(slope), vector(in)) {
			panic(overlapInput)
		}
	}
	if matrix.Overlap(vector(value), vector(slope)) {
		panic(overlapResult)
	}
	k := len(w)
	if k == 0 {
		clear(value)
		clear(slope)
		return
	}
	s := contractions.Get().(*contraction)
	defer contractions.Put(s)
	most := max(1, bufferFloats/k)
	s.resize(most*k, k)
	for j := range w {
		s.aw[j] = a[j] * w[j]
	}
	weights := blas64.General{Rows: k, Cols: 1, Stride: 1, Data: w}
	for len(x) > 0 {
		n := min(most, len(x))
		f := blas64.General{Rows: n, Cols: k, Stride: k, Data: s.value}
		f1 := blas64.General{Rows: n, Cols: k, Stride: k, Data: s.slope}
		dense.FeaturesGrad(f, f1, blas64.General{Rows: n, Cols: 1, Stride: 1, Data: x}, weights, b, act)
		for e := range n {
			value[e] = dense.Dot(a, row(f, e))
			slope[e] = dense.Dot(s.aw, row(f1, e))
		}
		value, slope, x = value[n:], slope[n:], x[n:]
	}
}

// A contraction is the workspace of one call of Contract.
type contraction struct{ value, slope, aw []float64 }

var contractions = sync.Pool{New: func() any { return new(contraction) }}

func (s *contraction) resize(size, k int) {
	if cap(s.value) < size {
		s.value, s.slope = make([]float64, size), make([]float64, size)
	}
	s.value, s.slope = s.value[:cap(s.value)], s.slope[:cap(s.slope)]
	if cap(s.aw) < k {
		s.aw = make([]float64, k)
	}
	s.aw = s.aw[:k]
}

// vector returns x as a matrix of one row.
func vector(x []float64) blas64.General {
	return blas64.General{Rows: 1, Cols: len(x), Stride: max(1, len(x)), Data: x}
}
