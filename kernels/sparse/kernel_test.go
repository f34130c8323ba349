package sparse

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// kernelCase is a kernel of this package as the tests see it, from nodes to edges or
// back; slow is its definition.
type kernelCase struct {
	toEdge bool
	kernel func(dst, x blas64.General, ix Index)
	slow   func(dst, x blas64.General, nodes []int32)
}

// rows returns the numbers of rows of dst and x.
func (k kernelCase) rows(edges, nodes int) (dst, x int) {
	if k.toEdge {
		return edges, nodes
	}
	return nodes, edges
}

// shaped returns data as a matrix; without columns its stride is at least 1.
func shaped(data []float64, rows, cols, stride int) blas64.General {
	if cols == 0 {
		stride = max(1, stride)
	}
	return blas64.General{Rows: rows, Cols: cols, Stride: stride, Data: data}
}

// length is the number of elements from the first of a matrix to its last.
func length(rows, cols, stride int) int {
	if rows == 0 || cols == 0 {
		return 0
	}
	return (rows-1)*stride + cols
}

func extent(a blas64.General) int { return length(a.Rows, a.Cols, a.Stride) }

// testValues compares the kernel with its definition over shapes, strides and
// alignments, between guards, to the bit.
func (k kernelCase) testValues(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(3, 4))
		for _, d := range kerneltest.Lengths() {
			for off := range 8 {
				nodes := 1 + r.IntN(6)
				edges := r.IntN(12)
				receivers := randomReceivers(r, edges, nodes)
				ix, err := NewIndex(receivers, nodes)
				if err != nil {
					t.Fatal(err)
				}
				dstRows, xRows := k.rows(edges, nodes)
				xs, ds := d+r.IntN(4), d+r.IntN(4)
				x0 := kerneltest.Rand(r, length(xRows, d, xs))
				d0 := kerneltest.Rand(r, length(dstRows, d, ds)) // what is there is overwritten
				x := kerneltest.NewGuarded(x0, off, kerneltest.NaN)
				dst := kerneltest.NewGuarded(d0, 3*off%8, kerneltest.Sentinel)
				k.kernel(shaped(dst.V, dstRows, d, ds), shaped(x.V, xRows, d, xs), ix)
				x.Check(t, "x")
				dst.Check(t, "dst")
				if !slices.Equal(x.V, x0) {
					t.Fatalf("d=%d off=%d: x was modified", d, off)
				}
				want := d0 // between the rows nothing is written
				k.slow(shaped(want, dstRows, d, ds), shaped(x0, xRows, d, xs), receivers)
				if i := kerneltest.FirstDifference(dst.V, want); i >= 0 {
					t.Fatalf("d=%d off=%d: dst[%d] = %v, want %v", d, off, i, dst.V[i], want[i])
				}
			}
		}
	})
}

// testSpecial puts each special value into each position.
func (k kernelCase) testSpecial(t *testing.T) {
	receivers := []int32{2, 0, 2, 3, 2}
	const nodes, d = 4, 5
	ix, err := NewIndex(receivers, nodes)
	if err != nil {
		t.Fatal(err)
	}
	dstRows, xRows := k.rows(len(receivers), nodes)
	kerneltest.EachLevel(t, func(t *testing.T) {
		for _, v := range kerneltest.Special() {
			for at := range xRows * d {
				x := make([]float64, xRows*d)
				for i := range x {
					x[i] = 1
				}
				x[at] = v
				got, want := make([]float64, dstRows*d), make([]float64, dstRows*d)
				k.kernel(shaped(got, dstRows, d, d), shaped(x, xRows, d, d), ix)
				k.slow(shaped(want, dstRows, d, d), shaped(x, xRows, d, d), receivers)
				if i := kerneltest.FirstDifference(got, want); i >= 0 {
					t.Fatalf("%v at %d: dst[%d] = %v, want %v", v, at, i, got[i], want[i])
				}
			}
		}
	})
}

// testPageEnd lets the operands end where memory does.
func (k kernelCase) testPageEnd(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	kerneltest.EachLevel(t, func(t *testing.T) {
		for d := range 36 {
			receivers := []int32{1, 2, 1, 0, 2}
			ix, err := NewIndex(receivers, 3)
			if err != nil {
				t.Fatal(err)
			}
			dstRows, xRows := k.rows(5, 3)
			x := kerneltest.PageEnd(t, kerneltest.Rand(r, xRows*d))
			dst := kerneltest.PageEnd(t, make([]float64, dstRows*d))
			want := make([]float64, dstRows*d)
			k.kernel(shaped(dst, dstRows, d, d), shaped(x, xRows, d, d), ix)
			k.slow(shaped(want, dstRows, d, d), shaped(x, xRows, d, d), receivers)
			if i := kerneltest.FirstDifference(dst, want); i >= 0 {
				t.Fatalf("d=%d: dst[%d] = %v, want %v", d, i, dst[i], want[i])
			}
		}
	})
}

// testPanics makes each mistake, and looks that nothing was written.
func (k kernelCase) testPanics(t *testing.T) {
	receivers := []int32{1, 0, 1}
	ix, err := NewIndex(receivers, 2)
	if err != nil {
		t.Fatal(err)
	}
	dstRows, xRows := k.rows(3, 2)
	const d, stride = 4, 8
	data := make([]float64, 100)
	for i := range data {
		data[i] = float64(i)
	}
	dst := shaped(data[50:], dstRows, d, stride)
	x := shaped(data[:50], xRows, d, stride)
	with := func(a blas64.General, f func(a *blas64.General)) blas64.General { f(&a); return a }
	for _, c := range []struct {
		name   string
		dst, x blas64.General
		want   string
	}{
		{"rows of x", dst, with(x, func(a *blas64.General) { a.Rows++ }), badSource},
		{"negative columns", dst, with(x, func(a *blas64.General) { a.Cols = -1 }), badSource},
		{"stride of x", dst, with(x, func(a *blas64.General) { a.Stride = d - 1 }), badSource},
		{"length of x", dst, with(x, func(a *blas64.General) { a.Data = a.Data[:extent(x)-1] }), badSource},
		{"huge stride of x", dst, with(x, func(a *blas64.General) { a.Stride = math.MaxInt }), badSource},
		{"stride of x that wraps", dst, with(x, func(a *blas64.General) { a.Stride = math.MaxInt/2 + 1 }), badSource},
		{"huge stride of dst", with(dst, func(a *blas64.General) { a.Stride = math.MaxInt }), x, badDestination},
		{"no stride", with(dst, func(a *blas64.General) { a.Cols, a.Stride = 0, 0 }), x, badDestination},
		{"rows of dst", with(dst, func(a *blas64.General) { a.Rows-- }), x, badDestination},
		{"stride of dst", with(dst, func(a *blas64.General) { a.Stride = 0 }), x, badDestination},
		{"length of dst", with(dst, func(a *blas64.General) { a.Data = a.Data[:extent(dst)-1] }), x, badDestination},
		{"columns", with(dst, func(a *blas64.General) { a.Cols-- }), x, badColumns},
		{"one element", shaped(data[extent(x)-1:], dstRows, d, stride), x, overlap},
		{"across the rows", shaped(data[5:], dstRows, d, stride), x, overlap},
		{"another stride", shaped(data[4:], dstRows, d, stride+1), x, overlap},
		{"before", shaped(data, dstRows, d, stride), shaped(data[3:], xRows, d, stride), overlap},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := slices.Clone(data)
			defer func() {
				if got := recover(); got != c.want {
					t.Errorf("panic %v, want %q", got, c.want)
				}
				if !slices.Equal(data, before) {
					t.Error("data were modified")
				}
			}()
			k.kernel(c.dst, c.x, ix)
		})
	}
}

// testBlocks works within one array, from one block of columns to another, and with
// one operand directly behind the other.
func (k kernelCase) testBlocks(t *testing.T) {
	receivers := []int32{1, 0, 1}
	ix, err := NewIndex(receivers, 2)
	if err != nil {
		t.Fatal(err)
	}
	dstRows, xRows := k.rows(3, 2)
	kerneltest.EachLevel(t, func(t *testing.T) {
		for _, c := range []struct{ dst, x, stride int }{
			{0, 4, 8}, {4, 0, 8},
			{length(xRows, 4, 4), 0, 4}, {0, length(dstRows, 4, 4), 4},
			{length(xRows, 4, 7), 0, 7}, {0, length(dstRows, 4, 7), 7},
		} {
			data := kerneltest.Rand(rand.New(rand.NewPCG(7, 8)), 48)
			want := slices.Clone(data)
			k.kernel(shaped(data[c.dst:], dstRows, 4, c.stride), shaped(data[c.x:], xRows, 4, c.stride), ix)
			k.slow(shaped(want[c.dst:], dstRows, 4, c.stride), shaped(want[c.x:], xRows, 4, c.stride), receivers)
			if i := kerneltest.FirstDifference(data, want); i >= 0 {
				t.Fatalf("%+v: element %d is %v, want %v", c, i, data[i], want[i])
			}
		}
	})
}

// testEmpty has no edges, no nodes or no columns.
func (k kernelCase) testEmpty(t *testing.T) {
	for _, c := range []struct{ edges, nodes, d int }{{0, 0, 0}, {0, 0, 3}, {0, 3, 2}, {3, 2, 0}} {
		ix, err := NewIndex(make([]int32, c.edges), c.nodes)
		if err != nil {
			t.Fatal(err)
		}
		dstRows, xRows := k.rows(c.edges, c.nodes)
		dst := []float64{1, 2, 3, 4, 5, 6}[:length(dstRows, c.d, c.d)]
		k.kernel(shaped(dst, dstRows, c.d, c.d), shaped(make([]float64, 6), xRows, c.d, c.d), ix)
		for i, v := range dst {
			if v != 0 || math.Signbit(v) {
				t.Errorf("%v: dst[%d] = %v without an edge", c, i, v)
			}
		}
	}
}

func (k kernelCase) testAllocs(t *testing.T) {
	ix, err := NewIndex([]int32{1, 0, 1}, 2)
	if err != nil {
		t.Fatal(err)
	}
	dstRows, xRows := k.rows(3, 2)
	dst, x := shaped(make([]float64, dstRows*9), dstRows, 9, 9), shaped(make([]float64, xRows*9), xRows, 9, 9)
	kerneltest.EachLevel(t, func(t *testing.T) {
		if n := testing.AllocsPerRun(10, func() { k.kernel(dst, x, ix) }); n != 0 {
			t.Errorf("%v allocations", n)
		}
	})
}

// bench runs the kernel on sorted receivers with 12 edges each, from cache and from
// memory.
func (k kernelCase) bench(b *testing.B) {
	for _, d := range []int{3, 64} {
		for _, edges := range []int{1e3, 1e5} {
			for _, l := range simd.Available() {
				b.Run(fmt.Sprintf("d=%d/edges=%d/level=%v", d, edges, l), func(b *testing.B) {
					defer simd.SetActive(simd.SetActive(l))
					nodes := edges / 12
					receivers := make([]int32, edges)
					for e := range receivers {
						receivers[e] = int32(min(e/12, nodes-1))
					}
					ix, err := NewIndex(receivers, nodes)
					if err != nil {
						b.Fatal(err)
					}
					dstRows, xRows := k.rows(edges, nodes)
					dst := shaped(make([]float64, dstRows*d), dstRows, d, d)
					x := shaped(make([]float64, xRows*d), xRows, d, d)
					b.SetBytes(int64(8*d*(dstRows+xRows) + 4*edges)) // read x and an index, write dst
					b.ReportAllocs()
					for b.Loop() {
						k.kernel(dst, x, ix)
					}
				})
			}
		}
	}
}
