package hgn

import (
	"context"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/lsq"
)

// A potentialFit is a solution of the problem of q in the coefficients of the features.
type potentialFit struct {
	a              []float64
	rank           int
	cond, residual float64
}

// solveFeatures solves the problem of q whose columns are the features.
func (eq *equations) solveFeatures(ctx context.Context, options lsq.Options) (*potentialFit, error) {
	sol, err := solveContext(ctx, eq.q, options)
	if err != nil {
		return nil, err
	}
	return &potentialFit{column(sol.X), sol.Rank, sol.Cond, sol.Residual[0]}, nil
}

const (
	// tailCols is the number of functions of the highest degrees of a compression that tell
	// whether those that it leaves out matter.
	tailCols = 4

	// They do not if what each of these does that no other function can, for all forces, is
	// rounding, beside all forces; or at most so many standard deviations of what noise would
	// make of it; or so much of what the features cannot represent.
	tailRounding, tailNoise, tailMisfit = 0x1p-49, 3, 0.25
)

// solveCompressed solves the problem of q whose columns are those of compressions: it finds
// V′ of every pair of species and fits the features to it where the training distances are.
// It returns nil if the compressions do not span V′ well enough for that to be the solution
// in the features.
func (eq *equations) solveCompressed(ctx context.Context, options lsq.Options, work *pairWork) (*potentialFit, error) {
	r, rhs, rest, err := eq.q.Factor()
	if err != nil {
		return nil, err
	}
	triangle := blas64.Triangular{N: r.Rows, Stride: r.Stride, Data: r.Data, Uplo: blas.Upper, Diag: blas.NonUnit}
	c := append([]float64(nil), rhs.Data...)
	solve := func(t blas.Transpose, x []float64) {
		blas64.Trsv(t, triangle, blas64.Vector{N: len(x), Inc: 1, Data: x})
	}
	solve(blas.NoTrans, c)
	tail, unit := 0.0, make([]float64, len(c))
	for i := range eq.blocks {
		b := &eq.blocks[i]
		for j := b.first + max(0, b.count-tailCols); j < b.first+b.count; j++ {
			clear(unit)
			unit[j] = 1
			solve(blas.Trans, unit)
			tail = max(tail, math.Abs(c[j])/blas64.Nrm2(blas64.Vector{N: len(unit), Inc: 1, Data: unit}))
		}
	}
	if !(tail < math.Inf(1)) { // the rows do not determine V′
		return nil, nil
	}
	var misfit float64
	fit := &potentialFit{}
	floor := options.Floor
	for i := range eq.blocks {
		b := &eq.blocks[i]
		options.Floor = floor[len(fit.a):][:len(b.w)]
		part, err := work.expand(ctx, b, eq.bins[i], c[b.first:][:b.count], options)
		if err != nil {
			return nil, err
		}
		fit.a = append(fit.a, part.a...)
		fit.rank += part.rank
		fit.cond = max(fit.cond, part.cond)
		misfit = math.Hypot(misfit, part.residual)
	}
	fit.residual = math.Hypot(rest[0], misfit)
	noise := rest[0] / math.Sqrt(float64(eq.q.Rows()))
	if tail > max(tailRounding*math.Sqrt(eq.force2), tailNoise*noise, tailMisfit*misfit) {
		return nil, nil
	}
	return fit, nil
}

// expand fits the features of a block to the V′ whose coefficients in its compression are c.
// A bin counts as its distances would in the rows, if edges were independent of each other.
func (w *pairWork) expand(ctx context.Context, b *columns, bins []int64, c []float64, options lsq.Options) (*potentialFit, error) {
	k := len(b.w)
	var r, weight []float64
	total := int64(0)
	for _, n := range bins {
		total += n
	}
	if total == 0 {
		return &potentialFit{a: make([]float64, k), cond: 1}, nil
	}
	for bin, n := range bins {
		if n > 0 {
			r = append(r, b.distance(bin))
			weight = append(weight, math.Sqrt(2*b.in.weight2*(float64(n)/float64(total))))
		}
	}
	n := len(r)
	scratch := make([]float64, 4*n)
	x, c0, c1, y := scratch[:n], scratch[n:2*n], scratch[2*n:3*n], scratch[3*n:]
	functions := general(n, b.count, make([]float64, n*b.count))
	b.compression.eval(functions, r, weight, x, c0)
	blas64.Gemv(blas.NoTrans, 1, functions, blas64.Vector{N: len(c), Inc: 1, Data: c}, 0, blas64.Vector{N: n, Inc: 1, Data: y})
	features := general(n, k, make([]float64, n*k))
	b.derivatives(features, r, weight, x, c0, c1)
	if w.expansion == nil || w.expansion.Cols() != k {
		w.expansion = lsq.New(k, 1)
	}
	w.expansion.Reset(0)
	if err := w.expansion.Append(features, general(n, 1, y)); err != nil {
		return nil, err
	}
	sol, err := solveContext(ctx, w.expansion, options)
	if err != nil {
		return nil, err
	}
	return &potentialFit{column(sol.X), sol.Rank, sol.Cond, sol.Residual[0]}, nil
}
