package sparse

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/matrix"
	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

const badFactors = "sparse: x, c0 and c1 have different lengths"

// EdgeFeatures evaluates random features of one variable per edge and their derivatives, and
// adds them up with factors of the edge, as in the derivative of a product with an envelope:
//
//	dst[e,k] = c0[e]·σ(z[e,k]) + c1[e]·w[k]·σ′(z[e,k]),  z[e,k] = w[k]·x[e] + b[k]
//
// Shapes: dst is n×K, row-major, any stride; x, c0 and c1 have length n, w and b length K.
// dst overlaps none of them. The features are those of [dense.FeaturesGrad]; then an
// element is fma(c0, σ, (w·c1)·σ′). The bits, those of a NaN apart, are the same at every
// level and in every run.
//
// EdgeFeatures panics, before writing, if a shape does not match, if dst overlaps an input,
// or if act is unknown. It runs on the calling goroutine and allocates nothing once the
// buffers have been made, which calls share.
func EdgeFeatures(dst blas64.General, x, w, b, c0, c1 []float64, act dense.Activation) {
	if len(b) != len(w) {
		panic(badCoefficients)
	}
	if len(c0) != len(x) || len(c1) != len(x) {
		panic(badFactors)
	}
	if dst.Rows != len(x) || dst.Cols != len(w) || !matrix.Valid(dst) {
		panic(badDestination)
	}
	act.Apply(nil, nil) // panics if it is unknown
	for _, in := range [5][]float64{x, w, b, c0, c1} {
		if matrix.Overlap(dst, vector(in)) {
			panic(overlapInput)
		}
	}
	k := len(w)
	if k == 0 {
		return
	}
	s := contractions.Get().(*contraction)
	defer contractions.Put(s)
	most := max(1, bufferFloats/k)
	s.resize(most*k, k)
	weights := blas64.General{Rows: k, Cols: 1, Stride: 1, Data: w}
	for at := 0; at < len(x); at += most {
		n := min(most, len(x)-at)
		f := rowsFrom(dst, at, at+n)
		slope := blas64.General{Rows: n, Cols: k, Stride: k, Data: s.slope}
		dense.FeaturesGrad(f, slope, blas64.General{Rows: n, Cols: 1, Stride: 1, Data: x[at:]}, weights, b, act)
		combine(f, slope, w, c0[at:], c1[at:])
	}
}

// combineGeneric makes row e of dst c0[e] times itself plus c1[e] times the row of slope, the
// latter weighted by w.
func combineGeneric(dst, slope blas64.General, w, c0, c1 []float64) {
	for e := range dst.Rows {
		values, slopes := row(dst, e), row(slope, e)
		for k, v := range values {
			values[k] = math.FMA(c0[e], v, float64(w[k]*c1[e])*slopes[k])
		}
	}
}
