package main

import "fmt"

// work is one operation on one shape.
type work struct {
	op      string
	m, n, k int
}

// flops returns what the operation is said to cost. AᵀA is counted as is usual, k·n², half
// of the full product.
func (w work) flops() float64 {
	m, n, k := float64(w.m), float64(w.n), float64(w.k)
	switch w.op {
	case "syrk":
		return k * n * n
	case "trsm", "trmm":
		return m * m * n
	default:
		return 2 * m * n * k
	}
}

func (w work) String() string { return fmt.Sprintf("%s %d×%d×%d", w.op, w.m, w.n, w.k) }

type group struct {
	name  string
	works []work
}

var groups = []group{
	{"square products, m×n×k", each("gemm", 256, 384, 512, 768, 1000, 1024, 2048)},
	{"square products with a transposed operand", append(each("gemmTN", 256, 1024), each("gemmNT", 256, 1024)...)},
	{"layers, 10⁵×k times k×n", layers()},
	{"AᵀA, A 10⁵×n", grams()},
	{"small products", each("gemm", 2, 3, 4, 5, 6, 7, 8, 10, 12, 13, 16, 20, 24, 25, 31, 32)},
	{"triangular", append(each("trsm", 64, 256, 1024), each("trmm", 64, 256, 1024)...)},
}

func each(op string, sizes ...int) []work {
	var w []work
	for _, n := range sizes {
		w = append(w, work{op, n, n, n})
	}
	return w
}

func layers() []work {
	var w []work
	for _, k := range []int{4, 8, 16, 64, 128} {
		for _, n := range []int{64, 128, 256, 512} {
			w = append(w, work{"gemm", 1e5, n, k})
		}
	}
	return w
}

func grams() []work {
	var w []work
	for _, n := range []int{64, 128, 256, 512} {
		w = append(w, work{"syrk", n, n, 1e5})
	}
	return w
}
