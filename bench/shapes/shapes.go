package main

import (
	"fmt"

	"gonum.org/v1/gonum/blas"
)

// length is the number of elements of an operand. Matrices lie in it without gaps.
const length = 1 << 16

// shapes returns the shapes, those of a routine one after the other.
func shapes() []shape {
	var all []shape
	add := func(routine, size string, call func(blas.Float64)) {
		all = append(all, shape{routine: routine, size: size, call: call})
	}
	vectors(add)
	matrixVector(add)
	products(add)
	symmetric(add)
	triangular(add)
	return all
}

type adder func(routine, size string, call func(blas.Float64))

// operand returns numbers in [−scale, scale).
func operand(scale float64) []float64 {
	x := make([]float64, length)
	s := uint32(1)
	for i := range x {
		s = s*1664525 + 1013904223
		x[i] = scale * (float64(s)/0x1p31 - 1)
	}
	return x
}

func vectors(add adder) {
	x, y := operand(1), operand(1)
	for _, r := range []struct {
		routine string
		call    func(b blas.Float64, n int)
	}{
		{"Ddot", func(b blas.Float64, n int) { b.Ddot(n, x, 1, y, 1) }},
		{"Daxpy", func(b blas.Float64, n int) { b.Daxpy(n, 1e-9, x, 1, y, 1) }},
		{"Dscal", func(b blas.Float64, n int) { b.Dscal(n, -1, x, 1) }},
		{"Dnrm2", func(b blas.Float64, n int) { b.Dnrm2(n, x, 1) }},
		{"Dasum", func(b blas.Float64, n int) { b.Dasum(n, x, 1) }},
		{"Idamax", func(b blas.Float64, n int) { b.Idamax(n, x, 1) }},
		{"Drot", func(b blas.Float64, n int) { b.Drot(n, x, 1, y, 1, 0.6, 0.8) }},
		{"Dswap", func(b blas.Float64, n int) { b.Dswap(n, x, 1, y, 1) }},
		{"Dcopy", func(b blas.Float64, n int) { b.Dcopy(n, x, 1, y, 1) }},
	} {
		for _, n := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 17, 20, 24, 31, 32, 40, 48, 63, 64, 100, 128, 200, 1000} {
			add(r.routine, fmt.Sprint(n), func(b blas.Float64) { r.call(b, n) })
		}
	}
}

func matrixVector(add adder) {
	a, x, y := operand(1), operand(1), operand(1)
	for _, r := range []struct {
		routine string
		call    func(b blas.Float64, m, n int)
	}{
		{"Dgemv N", func(b blas.Float64, m, n int) { b.Dgemv(blas.NoTrans, m, n, 1, a, n, x, 1, 0, y, 1) }},
		{"Dgemv T", func(b blas.Float64, m, n int) { b.Dgemv(blas.Trans, m, n, 1, a, n, x, 1, 0, y, 1) }},
		{"Dger", func(b blas.Float64, m, n int) { b.Dger(m, n, 1e-9, x, 1, y, 1, a, n) }},
	} {
		sizes := []int{1, 2, 3, 4, 7, 8, 16, 31, 64, 200}
		for _, m := range sizes {
			for _, n := range sizes {
				add(r.routine, fmt.Sprintf("%d×%d", m, n), func(b blas.Float64) { r.call(b, m, n) })
			}
		}
	}
}

func products(add adder) {
	x, y, c := operand(1), operand(1), operand(1)
	for _, alpha := range []float64{1, 0.5} {
		for _, tA := range []blas.Transpose{blas.NoTrans, blas.Trans} {
			for _, tB := range []blas.Transpose{blas.NoTrans, blas.Trans} {
				sizes := []int{1, 2, 3, 5, 8, 32}
				for _, m := range sizes {
					for _, n := range sizes {
						for _, k := range sizes {
							lda, ldb := k, n
							if tA == blas.Trans {
								lda = m
							}
							if tB == blas.Trans {
								ldb = k
							}
							add(fmt.Sprintf("Dgemm %c%c, alpha %v", tA, tB, alpha), fmt.Sprintf("%d×%d×%d", m, n, k), func(b blas.Float64) {
								b.Dgemm(tA, tB, m, n, k, alpha, x, lda, y, ldb, 0, c, n)
							})
						}
					}
				}
			}
		}
	}
}

func symmetric(add adder) {
	x, y, c := operand(1), operand(1), operand(1)
	sizes := []int{1, 2, 4, 8, 11, 12, 16, 24, 31, 64}
	for _, t := range []blas.Transpose{blas.NoTrans, blas.Trans} {
		for _, n := range sizes {
			for _, k := range sizes {
				ld := k
				if t == blas.Trans {
					ld = n
				}
				add(fmt.Sprintf("Dsyrk %c", t), fmt.Sprintf("%d×%d", n, k), func(b blas.Float64) {
					b.Dsyrk(blas.Upper, t, n, k, 1, x, ld, 0, c, n)
				})
			}
		}
	}
	for _, t := range []blas.Transpose{blas.NoTrans, blas.Trans} {
		for _, n := range sizes {
			for _, k := range sizes {
				ld := k
				if t == blas.Trans {
					ld = n
				}
				add(fmt.Sprintf("Dsyr2k %c", t), fmt.Sprintf("%d×%d", n, k), func(b blas.Float64) {
					b.Dsyr2k(blas.Upper, t, n, k, 1, x, ld, y, ld, 0, c, n)
				})
			}
		}
	}
	for _, s := range []blas.Side{blas.Left, blas.Right} {
		for _, m := range sizes {
			for _, n := range sizes {
				size := m
				if s == blas.Right {
					size = n
				}
				add(fmt.Sprintf("Dsymm %c", s), fmt.Sprintf("%d×%d", m, n), func(b blas.Float64) {
					b.Dsymm(s, blas.Upper, m, n, 1, x, size, y, n, 0, c, n)
				})
			}
		}
	}
}

func triangular(add adder) {
	c := operand(1)
	triangle := func(n int) []float64 { // whose product with a vector is almost that vector
		a := operand(1e-9)
		for i := range n {
			a[i*n+i] = 1
		}
		return a
	}
	for _, n := range []int{1, 2, 4, 8, 16, 31, 32, 63, 64, 100, 200} {
		a := triangle(n)
		add("Dtrmv", fmt.Sprint(n), func(b blas.Float64) { b.Dtrmv(blas.Lower, blas.NoTrans, blas.NonUnit, n, a, n, c, 1) })
	}
	for _, n := range []int{1, 2, 4, 8, 16, 31, 32, 63, 64, 100, 200} {
		a := triangle(n)
		add("Dtrsv", fmt.Sprint(n), func(b blas.Float64) { b.Dtrsv(blas.Lower, blas.NoTrans, blas.NonUnit, n, a, n, c, 1) })
	}
	for _, r := range []struct {
		routine string
		call    func(b blas.Float64, s blas.Side, m, n int, a []float64, lda int)
	}{
		{"Dtrmm", func(b blas.Float64, s blas.Side, m, n int, a []float64, lda int) {
			b.Dtrmm(s, blas.Lower, blas.NoTrans, blas.NonUnit, m, n, 1, a, lda, c, n)
		}},
		{"Dtrsm", func(b blas.Float64, s blas.Side, m, n int, a []float64, lda int) {
			b.Dtrsm(s, blas.Lower, blas.NoTrans, blas.NonUnit, m, n, 1, a, lda, c, n)
		}},
	} {
		for _, s := range []blas.Side{blas.Left, blas.Right} {
			sizes := []int{1, 2, 4, 8, 16, 17, 32, 64, 100}
			for _, m := range sizes {
				for _, n := range sizes {
					size := m
					if s == blas.Right {
						size = n
					}
					a := triangle(size)
					add(fmt.Sprintf("%s %c", r.routine, s), fmt.Sprintf("%d×%d", m, n), func(b blas.Float64) { r.call(b, s, m, n, a, size) })
				}
			}
		}
	}
}
