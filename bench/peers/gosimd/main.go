//go:build goexperiment.simd && unix

// Gosimd multiplies matrices with Go's experimental package simd/archsimd, by the protocol
// of the C and Python programs: what Go reaches without assembly. Rows of A and columns of B
// are packed, and a tile of C stays in registers.
package main

import (
	"fmt"
	"simd/archsimd"
	"syscall"
)

const (
	rows  = 4 // of a tile
	lanes = 8
	cols  = 2 * lanes
	depth = 256 // of a block of A and B
	high  = 192 // rows of a block of A
)

func main() {
	if !archsimd.X86.AVX512() {
		return // peers says that there was no answer
	}
	fmt.Println("package simd/archsimd, AVX-512")
	var op string
	var m, n, k, repeat, threads int
	var last [3]int
	var p product
	for {
		if _, err := fmt.Scan(&op, &m, &n, &k, &repeat, &threads); err != nil {
			return
		}
		if op != "gemm" || threads != 1 {
			fmt.Println("-")
			continue
		}
		if size := [3]int{m, n, k}; size != last {
			p, last = newProduct(m, n, k), size
		}
		start := now()
		for range repeat {
			p.run()
		}
		fmt.Printf("%.9f\n", now()-start)
	}
}

// now is the processor time in seconds.
func now() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(0, &u); err != nil {
		panic(err)
	}
	return 1e-9 * float64(u.Utime.Nano()+u.Stime.Nano())
}

// product is C = A B, A m×k and B k×n.
type product struct {
	m, n, k        int
	a, b, c        []float64
	panels, blocks []float64 // of B, and of A: packed
}

func newProduct(m, n, k int) product {
	return product{
		m: m, n: n, k: k, a: operand(m * k), b: operand(k * n), c: make([]float64, m*n),
		panels: make([]float64, depth*(n+cols)), blocks: make([]float64, depth*(high+rows)),
	}
}

func operand(n int) []float64 {
	x := make([]float64, n)
	s := uint32(1)
	for i := range x {
		s = s*1664525 + 1013904223
		x[i] = float64(s)/0x1p31 - 1
	}
	return x
}

func (p *product) run() {
	clear(p.c)
	for l := 0; l < p.k; l += depth {
		d := min(depth, p.k-l)
		for j := 0; j < p.n; j += cols {
			for q := range d {
				to := p.panels[depth*j+cols*q:][:cols]
				clear(to[copy(to, p.b[(l+q)*p.n+j:(l+q+1)*p.n]):])
			}
		}
		for i := 0; i < p.m; i += high {
			h := min(high, p.m-i)
			for r := range (h + rows - 1) / rows * rows {
				to := p.blocks[r/rows*rows*depth+r%rows:]
				for q := range d {
					if r < h {
						to[rows*q] = p.a[(i+r)*p.k+l+q]
					} else {
						to[rows*q] = 0
					}
				}
			}
			for j := 0; j < p.n; j += cols {
				for r := 0; r < h; r += rows {
					p.tile(i+r, j, p.blocks[depth*r:][:rows*d], p.panels[depth*j:][:cols*d])
				}
			}
		}
	}
}

// tile adds a packed block of rows times a packed panel to C from row i and column j on.
func (p *product) tile(i, j int, a, b []float64) {
	var c00, c01, c10, c11, c20, c21, c30, c31 archsimd.Float64x8
	for len(a) >= rows && len(b) >= cols {
		b0, b1 := archsimd.LoadFloat64x8Slice(b), archsimd.LoadFloat64x8Slice(b[lanes:])
		x := archsimd.BroadcastFloat64x8(a[0])
		c00, c01 = x.MulAdd(b0, c00), x.MulAdd(b1, c01)
		x = archsimd.BroadcastFloat64x8(a[1])
		c10, c11 = x.MulAdd(b0, c10), x.MulAdd(b1, c11)
		x = archsimd.BroadcastFloat64x8(a[2])
		c20, c21 = x.MulAdd(b0, c20), x.MulAdd(b1, c21)
		x = archsimd.BroadcastFloat64x8(a[3])
		c30, c31 = x.MulAdd(b0, c30), x.MulAdd(b1, c31)
		a, b = a[rows:], b[cols:]
	}
	for r, row := range [rows][2]archsimd.Float64x8{{c00, c01}, {c10, c11}, {c20, c21}, {c30, c31}} {
		if i+r == p.m {
			break
		}
		c := p.c[(i+r)*p.n+j : (i+r+1)*p.n]
		if len(c) >= cols {
			archsimd.LoadFloat64x8Slice(c).Add(row[0]).StoreSlice(c)
			archsimd.LoadFloat64x8Slice(c[lanes:]).Add(row[1]).StoreSlice(c[lanes:])
			continue
		}
		var sum [cols]float64
		row[0].StoreSlice(sum[:])
		row[1].StoreSlice(sum[lanes:])
		for q := range c {
			c[q] += sum[q]
		}
	}
}
