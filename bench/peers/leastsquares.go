package main

import (
	"log"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/gonum"
	"gonum.org/v1/gonum/lapack/lapack64"
	"gonum.org/v1/gonum/mat"

	"github.com/rapidhgn/rapidhgn/kernels/gonumblas"
	"github.com/rapidhgn/rapidhgn/kernels/gonumlapack"
	"github.com/rapidhgn/rapidhgn/kernels/lsq"
)

// streaming are least squares of m equations in n unknowns: the factor alone, and the
// solution; and AᵀA, which no method gets below that does not do with less.
var streaming = map[string]func(w work) trial{
	"factor": func(w work) trial {
		a, b, acc := matrix(w.m, w.n, operand(w.m*w.n)), matrix(w.m, 1, operand(w.m)), lsq.New(w.n, 1)
		return trial{run: func() {
			acc.Reset(0)
			check(acc.Append(a, b))
		}}
	},
	"lstsq": solving(lsq.New),
	"Gram":  solving(lsq.NewGram),
	"AᵀA": func(w work) trial {
		a, c := operand(w.m*w.n), make([]float64, w.n*w.n)
		return trial{run: func() {
			gonumblas.Implementation{}.Dsyrk(blas.Upper, blas.Trans, w.n, w.m, 1, a, w.n, 0, c, w.n)
		}}
	},
}

// solving returns the work of finding a solution with a new accumulator.
func solving(accumulator func(cols, rhs int) *lsq.Accumulator) func(w work) trial {
	return func(w work) trial {
		a, b := matrix(w.m, w.n, operand(w.m*w.n)), matrix(w.m, 1, operand(w.m))
		return trial{run: func() {
			acc := accumulator(w.n, 1)
			check(acc.Append(a, b))
			_, err := acc.Solve(lsq.Options{})
			check(err)
		}}
	}
}

// decompositions are works of package mat and lapack64 with impl behind.
func decompositions(impl lapack.Float64) map[string]func(w work) trial {
	return map[string]func(w work) trial{
		"QR": func(w work) trial {
			a, b := mat.NewDense(w.m, w.n, operand(w.m*w.n)), mat.NewDense(w.m, 1, operand(w.m))
			return trial{run: throughLAPACK(impl, func() {
				var qr mat.QR
				var x mat.Dense
				qr.Factorize(a)
				check(qr.SolveTo(&x, false, b))
			})}
		},
		"SVD": func(w work) trial {
			a := mat.NewDense(w.m, w.n, operand(w.m*w.n))
			return trial{run: throughLAPACK(impl, func() {
				var svd mat.SVD
				if !svd.Factorize(a, mat.SVDThin) {
					log.Fatalf("%v has no SVD", w)
				}
			})}
		},
		"EigenSym": func(w work) trial {
			a := mat.NewSymDense(w.n, nil)
			a.SymOuterK(1, mat.NewDense(w.n, w.n, operand(w.n*w.n)))
			return trial{run: throughLAPACK(impl, func() {
				var eigen mat.EigenSym
				if !eigen.Factorize(a, true) {
					log.Fatalf("%v has no eigenvectors", w)
				}
			})}
		},
		"Gels": func(w work) trial {
			a0, b0 := operand(w.m*w.n), operand(w.m)
			a, b := matrix(w.m, w.n, slices.Clone(a0)), matrix(w.m, 1, slices.Clone(b0))
			size := make([]float64, 1)
			lapack64.Gels(blas.NoTrans, a, b, size, -1)
			space := make([]float64, int(size[0]))
			return trial{
				reset: func() { copy(a.Data, a0); copy(b.Data, b0) },
				run:   throughLAPACK(impl, func() { lapack64.Gels(blas.NoTrans, a, b, space, len(space)) }),
			}
		},
	}
}

// throughLAPACK returns f with impl behind lapack64.
func throughLAPACK(impl lapack.Float64, f func()) func() {
	return func() {
		lapack64.Use(impl)
		defer lapack64.Use(gonum.Implementation{})
		f()
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

var (
	ours = merged(level3(gonumblas.Implementation{}), activations, streaming, edges, decompositions(gonumlapack.Implementation{}))

	theirs = merged(level3(blas64.Implementation().(blas.Float64Level3)), decompositions(gonum.Implementation{}))
)

func leastSquaresGroups() []group {
	rate := gflops(func(w work) float64 { return 2 * float64(w.m) * float64(w.n) * float64(w.n) })
	line := column{title: "AᵀA", peer: "ours", op: "AᵀA"}
	two := bar{of: oneThread, least: 1.9}
	var factor []row
	for _, s := range []struct {
		n    int
		rate float64
	}{{64, 0.60}, {128, 0.72}, {256, 0.80}, {512, 0.84}, {1024, 0.82}} {
		bars := []bar{{of: ofRoof, least: s.rate, avx2: 0.9 * s.rate}, two}
		if s.n >= 256 {
			bars = append(bars, bar{of: line.title, least: 1 / 2.2})
		}
		factor = append(factor, row{work: work{op: "factor", m: 1e5, n: s.n}, bars: bars})
	}
	lstsq := func(n int, bars ...bar) row {
		return row{work: work{op: "lstsq", m: 1e5, n: n}, bars: append(bars, two)}
	}
	return []group{
		{
			name: "factor", title: "of [A b] m×n, counting 2mn², and AᵀA of ours (at most 2.2 times as fast)", unit: rate, roof: "FMA",
			columns: []column{{title: "ours", peer: "ours"}, line},
			rows:    factor,
		}, {
			name: "leastsquares", title: "to the solution, counting 2mn² (dgeqrf and dlatsqr factor alone)", unit: rate, roof: "FMA",
			columns: []column{
				{title: "ours", peer: "ours"}, line,
				{title: "dlatsqr", peer: "LAPACK", op: "dlatsqr"}, {title: "dgeqrf", peer: "LAPACK", op: "dgeqrf"},
				{title: "dgetsls", peer: "LAPACK", op: "dgetsls"}, {title: "dgels", peer: "LAPACK", op: "dgels"},
				{title: "dgelsd", peer: "LAPACK", op: "dgelsd"}, {title: "NumPy", peer: "NumPy"},
				{title: "gonum QR", peer: "gonum", op: "QR", most: 256}, {title: "gonum Gels", peer: "gonum", op: "Gels", most: 256},
			},
			rows: []row{
				lstsq(64, bar{of: "dgels", least: 4}, bar{of: "dlatsqr", least: 2}, bar{of: "NumPy", least: 5}, bar{of: "gonum QR", least: 12}),
				lstsq(128, bar{of: "dgels", least: 4.5}),
				lstsq(256, bar{of: "dlatsqr", least: 1.4}, bar{of: "dgels", least: 3.5}, bar{of: "dgelsd", least: 3.5}, bar{of: "NumPy", least: 4.5}, bar{of: "gonum QR", least: 20}),
				lstsq(512, bar{of: "dgels", least: 1.7}),
			},
		}, {
			name: "gram method", title: "to the solution by the Gram matrix, counting 2mn²", unit: rate, roof: "FMA",
			columns: []column{{title: "ours", peer: "ours"}, {title: "QR", peer: "ours", op: "lstsq"}, line},
			rows: []row{
				{work: work{op: "Gram", m: 1e5, n: 256}, bars: []bar{{of: "QR", least: 1.8}}},
				{work: work{op: "Gram", m: 1e5, n: 512}, bars: []bar{{of: "QR", least: 1.8}}},
			},
		}, {
			name: "gonumlapack", title: "package mat after lapack64.Use: QR with SolveTo, thin SVD, EigenSym with vectors", unit: milli,
			columns: []column{{title: "ours", peer: "ours"}, {title: "gonum", peer: "gonum"}},
			rows: []row{
				{work: work{op: "QR", m: 20000, n: 256}, bars: []bar{{of: "gonum", least: 10}}},
				{work: work{op: "SVD", m: 4000, n: 400}, bars: []bar{{of: "gonum", least: 5}}},
				{work: work{op: "EigenSym", m: 400, n: 400}},
			},
		},
	}
}

func groups() []group {
	return slices.Concat(blasGroups(), elementwiseGroups(), leastSquaresGroups(), edgeGroups(), motionGroups())
}
