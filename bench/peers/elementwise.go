package main

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// activations are our works on n elements.
var activations = map[string]func(w work) trial{
	"exp":      mapped(dense.Exp),
	"tanh":     mapped(dense.Tanh.Apply),
	"sin":      mapped(dense.Sin.Apply),
	"sigmoid":  mapped(dense.Sigmoid.Apply),
	"softplus": mapped(dense.Softplus.Apply),
	"gaussian": mapped(dense.Gaussian.Apply),
	"tanhgrad": func(w work) trial {
		y, grad, x := make([]float64, w.n), make([]float64, w.n), arguments(w.n)
		return trial{run: func() { dense.Tanh.ApplyGrad(y, grad, x) }}
	},
	"features": func(w work) trial {
		x, weights, b := matrix(w.m, w.k, operand(w.m*w.k)), matrix(w.n, w.k, operand(w.n*w.k)), operand(w.n)
		y := matrix(w.m, w.n, make([]float64, w.m*w.n))
		return trial{run: func() { dense.Features(y, x, weights, b, dense.Tanh) }}
	},
}

// scalar are the same through package math.
var scalar = map[string]func(w work) trial{
	"exp":  mapped(each(math.Exp)),
	"tanh": mapped(each(math.Tanh)),
	"sin":  mapped(each(math.Sin)),
	"sigmoid": mapped(func(dst, x []float64) {
		for i, v := range x {
			dst[i] = 1 / (1 + math.Exp(-v))
		}
	}),
	"softplus": mapped(func(dst, x []float64) {
		for i, v := range x {
			dst[i] = max(v, 0) + math.Log1p(math.Exp(-math.Abs(v)))
		}
	}),
	"gaussian": mapped(func(dst, x []float64) {
		for i, v := range x {
			dst[i] = math.Exp(-v * v)
		}
	}),
}

func mapped(f func(dst, x []float64)) func(w work) trial {
	return func(w work) trial {
		dst, x := make([]float64, w.n), arguments(w.n)
		return trial{run: func() { f(dst, x) }}
	}
}

func each(f func(float64) float64) func(dst, x []float64) {
	return func(dst, x []float64) {
		for i, v := range x {
			dst[i] = f(v)
		}
	}
}

// arguments returns numbers in [−4, 4).
func arguments(n int) []float64 {
	x := operand(n)
	for i := range x {
		x[i] *= 4
	}
	return x
}

func matrix(m, n int, data []float64) blas64.General {
	return blas64.General{Rows: m, Cols: n, Stride: n, Data: data}
}

func elementwiseGroups() []group {
	const n = 1e4
	var rows []row
	for _, op := range []string{"exp", "tanh", "sin", "sigmoid", "softplus"} {
		rows = append(rows, row{work: work{op: op, n: n}, bars: []bar{{of: "NumPy", least: 1.5}, {of: "Go", least: 6}}})
	}
	rows = append(rows, row{work: work{op: "gaussian", n: n}})
	return []group{
		{
			name: "elementwise", title: "functions of 10⁴ elements", unit: nanoseconds,
			columns: []column{{title: "ours", peer: "ours"}, {title: "NumPy", peer: "NumPy"}, {title: "Go", peer: "Go"}},
			rows:    rows,
		}, {
			name: "derivative", title: "tanh with its derivative, against tanh alone (at most 1.4 times as long)", unit: nanoseconds,
			columns: []column{{title: "ours", peer: "ours"}, {title: "tanh", peer: "ours", op: "tanh"}, {title: "NumPy", peer: "NumPy"}},
			rows:    []row{{work: work{op: "tanhgrad", n: n}, bars: []bar{{of: "tanh", least: 1 / 1.4}}}},
		}, {
			name: "features", title: "tanh(X W + b), X m×k, W k×n; NumPy also without temporary arrays", unit: milli,
			columns: []column{{title: "ours", peer: "ours"}, {title: "NumPy", peer: "NumPy"}, {title: "NumPy in place", peer: "NumPy", op: "featuresinplace"}},
			rows:    []row{{work: work{op: "features", m: 1e5, n: 256, k: 16}, bars: []bar{{of: "NumPy", least: 2}}}},
		},
	}
}
