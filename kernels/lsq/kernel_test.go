package lsq

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
)

// columns returns count columns of h numbers, ld apart, with gap between them.
func columns(h, ld, count int, gap float64, next func() float64) []float64 {
	x := slices.Repeat([]float64{gap}, (count-1)*ld+h)
	for c := range count {
		for r := range h {
			x[c*ld+r] = next()
		}
	}
	return x
}

// sentinel stands between the columns of what a kernel writes.
var sentinel = math.Float64frombits(uint64(kerneltest.Sentinel))

// place returns how operands are put into memory: between guards, or at the end of a page.
var places = []struct {
	name string
	put  func(t *testing.T, x []float64, off int, guard kerneltest.Guard) (v []float64, check func())
}{
	{"guards", func(t *testing.T, x []float64, off int, guard kerneltest.Guard) ([]float64, func()) {
		g := kerneltest.NewGuarded(x, off, guard)
		return g.V, func() { g.Check(t, "operand") }
	}},
	{"page end", func(t *testing.T, x []float64, off int, guard kerneltest.Guard) ([]float64, func()) {
		return kerneltest.PageEnd(t, x), func() {}
	}},
}

// kernels are the kernels as functions of the number of rows, of reflectors and of columns:
// inputs and outputs are laid out by new, and compared after both forms have run on copies.
var kernels = []struct {
	name  string
	new   func(h, nv, na, gap int, next func() float64) (in, out [][]float64)
	kinds [2]func(h, nv, na, gap int, in, out [][]float64) // the kernel and its reference
}{
	{"qrDot", func(h, nv, na, gap int, next func() float64) (in, out [][]float64) {
		nan := math.NaN()
		return [][]float64{columns(h, h+gap, nv, nan, next), columns(h, h+2*gap, na, nan, next),
				columns(nv, nv, 1, nan, next), columns(nv, nv+gap, na, nan, next)},
			[][]float64{columns(nv, nv+3*gap, na, sentinel, next)}
	}, [2]func(h, nv, na, gap int, in, out [][]float64){
		func(h, nv, na, gap int, in, out [][]float64) {
			qrDot(h, in[0], h+gap, nv, in[1], h+2*gap, na, in[2], in[3], nv+gap, out[0], nv+3*gap, in[1][:nv/8*na])
		},
		func(h, nv, na, gap int, in, out [][]float64) {
			qrDotGeneric(h, in[0], h+gap, nv, in[1], h+2*gap, na, in[2], in[3], nv+gap, out[0], nv+3*gap)
		},
	}},
	{"qrUpdate", func(h, nv, na, gap int, next func() float64) (in, out [][]float64) {
		nan := math.NaN()
		return [][]float64{columns(h, h+gap, nv, nan, next), columns(nv, nv+gap, na, nan, next)},
			[][]float64{columns(h, h+2*gap, na, sentinel, next)}
	}, [2]func(h, nv, na, gap int, in, out [][]float64){
		func(h, nv, na, gap int, in, out [][]float64) {
			qrUpdate(h, in[0], h+gap, nv, in[1], nv+gap, out[0], h+2*gap, na)
		},
		func(h, nv, na, gap int, in, out [][]float64) {
			qrUpdateGeneric(h, in[0], h+gap, nv, in[1], nv+gap, out[0], h+2*gap, na)
		},
	}},
	{"qrPack", func(h, cols, _, gap int, next func() float64) (in, out [][]float64) { // nv is cols
		return [][]float64{columns(cols, cols+gap, h, math.NaN(), next)},
			[][]float64{columns(h, h+2*gap, cols, sentinel, next), columns(cols, cols+gap, squareLanes, sentinel, next)}
	}, [2]func(h, nv, na, gap int, in, out [][]float64){
		func(h, nv, na, gap int, in, out [][]float64) {
			qrPack(h, nv, in[0], nv+gap, out[0], h+2*gap, out[1], nv+gap)
		},
		func(h, nv, na, gap int, in, out [][]float64) {
			qrPackGeneric(h, nv, in[0], nv+gap, out[0], h+2*gap, out[1], nv+gap)
		},
	}},
	{"qrLeaf", func(h, pass, _, gap int, next func() float64) (in, out [][]float64) { // nv is the pass, 8 more
		return [][]float64{columns(leafCols, leafCols, 1, 0, next)},
			[][]float64{columns(h, h+gap, leafCols, sentinel, next), columns(leafCols, leafCols, 1, 0, next)}
	}, [2]func(h, nv, na, gap int, in, out [][]float64){
		func(h, nv, na, gap int, in, out [][]float64) {
			qrLeaf(nv/8-1, h, out[0], h+gap, (*[leafCols]float64)(in[0]), (*[leafCols]float64)(out[1]))
		},
		func(h, nv, na, gap int, in, out [][]float64) {
			qrLeafGeneric(nv/8-1, h, out[0], h+gap, (*[leafCols]float64)(in[0]), (*[leafCols]float64)(out[1]))
		},
	}},
}

// TestKernels compares every kernel with its reference, to the bit, in all shapes that reach
// another path, and finds reads and writes beside the operands.
func TestKernels(t *testing.T) {
	for _, k := range kernels {
		t.Run(k.name, func(t *testing.T) {
			kerneltest.EachLevel(t, func(t *testing.T) {
				r := rand.New(rand.NewPCG(1, 2))
				next := func() float64 { return math.Ldexp(2*r.Float64()-1, r.IntN(17)-8) }
				for _, h := range []int{8, 16, 24, 32, 40, 56, 200} {
					for nv := 8; nv <= 64; nv += 8 {
						for na := 1; na <= 19; na++ {
							one := k.name == "qrLeaf" || k.name == "qrPack" // no columns to choose
							if one && na > 1 || !one && nv > 32 {
								continue
							}
							for _, gap := range []int{0, 8, 11} {
								in, out := k.new(h, nv, na, gap, next)
								place := places[(na+gap)%2]
								if na == 1 && gap == 8 {
									place = places[1]
								}
								compare(t, fmt.Sprintf("%s, h=%d nv=%d na=%d gap=%d", place.name, h, nv, na, gap),
									place.put, in, out, k.kinds, h, nv, na, gap)
							}
						}
					}
				}
			})
		})
	}
}

// compare runs a kernel and its reference on the same operands.
func compare(t *testing.T, name string, put func(*testing.T, []float64, int, kerneltest.Guard) ([]float64, func()),
	in, out [][]float64, kinds [2]func(h, nv, na, gap int, in, out [][]float64), h, nv, na, gap int) {
	t.Helper()
	var results [2][][]float64
	for i, kind := range kinds {
		var ins [][]float64
		var checks []func()
		for j, x := range in {
			v, check := put(t, x, nv+j, kerneltest.NaN)
			ins, checks = append(ins, v), append(checks, check)
		}
		for j, x := range out {
			v, check := put(t, x, na+3*j, kerneltest.Sentinel)
			results[i], checks = append(results[i], v), append(checks, check)
		}
		kind(h, nv, na, gap, ins, results[i])
		for _, check := range checks {
			check()
		}
		for j, x := range ins {
			if firstDifference(x, in[j]) >= 0 {
				t.Fatalf("%s: input %d was modified", name, j)
			}
		}
	}
	for j := range out {
		if e := firstDifference(results[0][j], results[1][j]); e >= 0 {
			t.Fatalf("%s: element %d of output %d is %v, want %v", name, e, j, results[0][j][e], results[1][j][e])
		}
	}
}

// TestKernelsSpecial puts NaN, infinities, zeros and extreme numbers among the operands.
func TestKernelsSpecial(t *testing.T) {
	for _, k := range kernels {
		t.Run(k.name, func(t *testing.T) {
			kerneltest.EachLevel(t, func(t *testing.T) {
				r := rand.New(rand.NewPCG(3, 4))
				special := kerneltest.Special()
				for i := range 200 {
					odds := 1 + i%100
					next := func() float64 {
						if r.IntN(odds) == 0 {
							return special[r.IntN(len(special))]
						}
						return r.NormFloat64()
					}
					h, nv, na := 8+8*r.IntN(4), 8+8*r.IntN(3), 1+r.IntN(9)
					in, out := k.new(h, nv, na, 1, next)
					compare(t, fmt.Sprintf("h=%d nv=%d na=%d", h, nv, na), places[0].put, in, out, k.kinds, h, nv, na, 1)
				}
			})
		})
	}
}

// TestKernelsByHand holds the references to what can be told without them.
func TestKernelsByHand(t *testing.T) {
	v := []float64{1, 2, 3, 4, 5, 6, 7, 8}
	eight := slices.Repeat(v, 8) // 8 reflectors alike
	w := make([]float64, 8)
	qrDotGeneric(8, eight, 8, 8, []float64{1, 1, 1, 1, 1, 1, 1, 2}, 8, 1, []float64{0, 1, 2, 3, 4, 5, 6, 7}, v, 8, w, 8)
	for i, got := range w {
		if want := float64(44*i + i + 1); got != want {
			t.Errorf("qrDot: w[%d] = %v, want %v", i, got, want)
		}
	}
	a := slices.Clone(v)
	qrUpdateGeneric(8, eight, 8, 5, []float64{1, 2, 3, 4, 5}, 5, a, 8, 1)
	for i, got := range a {
		if want := 16 * v[i]; got != want {
			t.Errorf("qrUpdate: a[%d] = %v, want %v", i, got, want)
		}
	}
	x := slices.Clone(eight)
	var dots [leafCols]float64
	qrLeafGeneric(1, 8, x, 8, &[leafCols]float64{-1, 5, 5}, &dots)
	if dots != [leafCols]float64{} { // column 1 is zero now
		t.Errorf("qrLeaf: dots are %v", dots)
	}
	qrLeafGeneric(3, 8, x, 8, &[leafCols]float64{1, 5, 0.5, 7}, &dots)
	for c, times := range []float64{1, 0, 1, 2.5, 1, 1, 1, 1} {
		if x[8*c+7] != 8*times {
			t.Errorf("qrLeaf: column %d ends in %v", c, x[8*c+7])
		}
	}
	if dots != [leafCols]float64{510, 0, 510, 1275, 510, 510, 510, 510} {
		t.Errorf("qrLeaf: dots are %v", dots)
	}
	// (0+1) + (2+3), where one after the other would give 1
	if s := dot8([]float64{1e16, 1, -1e16, 1, 0, 0, 0, 0}, []float64{1, 1, 1, 1, 1, 1, 1, 1}); s != 0 {
		t.Errorf("dot8: %v", s)
	}
}

// FuzzKernels compares shapes and raw bits.
func FuzzKernels(f *testing.F) {
	f.Add(uint8(1), uint8(2), uint8(3), uint64(4))
	f.Fuzz(func(t *testing.T, rows, reflectors, cols uint8, seed uint64) {
		h, nv, na := 8+8*int(rows%32), 8+8*int(reflectors%8), 1+int(cols%20)
		r := rand.New(rand.NewPCG(seed, 1))
		next := func() float64 { return math.Float64frombits(r.Uint64()) }
		for _, k := range kernels {
			in, out := k.new(h, nv, na, int(seed%5), next)
			compare(t, k.name, places[0].put, in, out, k.kinds, h, nv, na, int(seed%5))
		}
	})
}
