package main

import (
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/blas/gonum"
	"gonum.org/v1/gonum/mat"
)

// level3 returns the works of a BLAS in Go.
func level3(impl blas.Float64Level3) map[string]func(w work) trial {
	with := func(f func(w work, a, b, c []float64)) func(w work) trial {
		return func(w work) trial {
			a, b, c := operand(w.m*w.k), operand(w.k*w.n), operand(w.m*w.n)
			if w.op == "trsm" {
				for i := range w.m {
					a[i*w.k+i] += float64(w.m)
				}
			}
			return trial{run: func() { f(w, a, b, c) }}
		}
	}
	return map[string]func(w work) trial{
		"gemm": with(func(w work, a, b, c []float64) {
			impl.Dgemm(blas.NoTrans, blas.NoTrans, w.m, w.n, w.k, 1, a, w.k, b, w.n, 0, c, w.n)
		}),
		"gemmTN": with(func(w work, a, b, c []float64) {
			impl.Dgemm(blas.Trans, blas.NoTrans, w.m, w.n, w.k, 1, a, w.m, b, w.n, 0, c, w.n)
		}),
		"gemmNT": with(func(w work, a, b, c []float64) {
			impl.Dgemm(blas.NoTrans, blas.Trans, w.m, w.n, w.k, 1, a, w.k, b, w.k, 0, c, w.n)
		}),
		"syrk": with(func(w work, a, b, c []float64) {
			impl.Dsyrk(blas.Upper, blas.Trans, w.n, w.k, 1, b, w.n, 0, c, w.n)
		}),
		"trsm": with(func(w work, a, b, c []float64) {
			impl.Dtrsm(blas.Left, blas.Lower, blas.NoTrans, blas.NonUnit, w.m, w.n, float64(w.m), a, w.k, b, w.n)
		}),
		"trmm": with(func(w work, a, b, c []float64) {
			impl.Dtrmm(blas.Left, blas.Lower, blas.NoTrans, blas.Unit, w.m, w.n, 1/float64(w.m), a, w.k, b, w.n)
		}),
		"Dense.Mul": func(w work) trial {
			a, b, c := mat.NewDense(w.m, w.k, operand(w.m*w.k)), mat.NewDense(w.k, w.n, operand(w.k*w.n)), mat.NewDense(w.m, w.n, nil)
			return trial{run: throughBLAS(impl, func() { c.Mul(a, b) })}
		},
		"SymOuterK": func(w work) trial {
			x, s := mat.NewDense(w.n, w.k, operand(w.n*w.k)), mat.NewSymDense(w.n, nil)
			return trial{run: throughBLAS(impl, func() { s.SymOuterK(1, x) })}
		},
	}
}

// throughBLAS returns f with impl behind blas64.
func throughBLAS(impl blas.Float64Level3, f func()) func() {
	return func() {
		blas64.Use(impl.(blas.Float64))
		defer blas64.Use(gonum.Implementation{})
		f()
	}
}

func blasGroups() []group {
	libraries := []column{
		{title: "ours", peer: "ours"}, {title: "OpenBLAS", peer: "OpenBLAS"},
		{title: "NumPy", peer: "NumPy"}, {title: "gonum", peer: "gonum"},
	}
	withSIMD := append(slices.Clip(libraries), column{title: "Go simd", peer: "Go simd"})
	full := gflops(func(w work) float64 { return 2 * float64(w.m) * float64(w.n) * float64(w.k) })
	half := gflops(func(w work) float64 { return float64(w.n) * float64(w.n) * float64(w.k) })
	solving := gflops(func(w work) float64 { return float64(w.m) * float64(w.m) * float64(w.n) })
	two := bar{of: oneThread, least: 1.9}
	return []group{
		{
			name: "square", title: "products, m×n×k", unit: full, roof: "FMA", columns: withSIMD,
			rows: cubes("gemm", []bar{{of: ofRoof, least: 0.88, avx2: 0.82}, {of: "OpenBLAS", least: 1}, two}, 256, 384, 512, 768, 1000, 1024, 2048),
		}, {
			name: "transposed", title: "products with a transposed operand", unit: full, roof: "FMA", columns: libraries,
			rows: append(cubes("gemmTN", nil, 256, 1024), cubes("gemmNT", nil, 256, 1024)...),
		}, {
			name: "layers", title: "10⁵×k times k×n", unit: full, roof: "FMA", columns: libraries,
			rows: layers(), mean: []bar{{of: "OpenBLAS", least: 1.2}},
		}, {
			name: "gram", title: "AᵀA, A k×n, counting kn²", unit: half, roof: "FMA", columns: libraries,
			rows: grams(),
		}, {
			name: "small", title: "products", unit: full, roof: "FMA", columns: libraries,
			rows: cubes("gemm", []bar{{of: "gonum", least: 3}}, 2, 3, 4, 5, 6, 7, 8, 10, 12, 13, 16, 20, 24, 25, 31, 32),
		}, {
			name: "triangular", title: "solving and multiplying, A m×m, B m×n", unit: solving, roof: "FMA", columns: libraries,
			rows: append(cubes("trsm", nil, 64, 256, 1024), cubes("trmm", nil, 64, 256, 1024)...),
		}, {
			name: "gonumblas", title: "package mat after blas64.Use", unit: milli,
			columns: []column{{title: "ours", peer: "ours"}, {title: "gonum", peer: "gonum"}},
			rows: append(cubes("Dense.Mul", []bar{{of: "gonum", least: 6}}, 1024),
				cubes("SymOuterK", []bar{{of: "gonum", least: 6}}, 1024)...),
		},
	}
}

func cubes(op string, bars []bar, sizes ...int) []row {
	var rows []row
	for _, n := range sizes {
		rows = append(rows, row{work: work{op: op, m: n, n: n, k: n}, bars: bars})
	}
	return rows
}

func layers() []row {
	var rows []row
	for _, k := range []int{4, 8, 16, 64, 128} {
		for _, n := range []int{64, 128, 256, 512} {
			rows = append(rows, row{work: work{op: "gemm", m: 1e5, n: n, k: k}, bars: []bar{{of: "OpenBLAS", least: 1}}})
		}
	}
	return rows
}

func grams() []row {
	var rows []row
	for _, n := range []int{64, 128, 256, 512} {
		rows = append(rows, row{work: work{op: "syrk", m: n, n: n, k: 1e5}, bars: []bar{{of: "OpenBLAS", least: 1.1}}})
	}
	return rows
}
