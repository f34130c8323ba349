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
	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// testRows compares what kernel writes to a rows×cols matrix with what definition does, at
// every level, between guards. Both begin with the same random matrix.
func testRows(t *testing.T, r *rand.Rand, rows, cols int, kernel, definition func(dst blas64.General)) {
	t.Helper()
	stride := max(1, cols+r.IntN(3))
	before := kerneltest.Rand(r, length(rows, cols, stride))
	want := slices.Clone(before)
	definition(shaped(want, rows, cols, stride))
	for _, level := range simd.Available() {
		old := simd.SetActive(level)
		got := kerneltest.NewGuarded(before, r.IntN(8), kerneltest.Sentinel)
		kernel(shaped(got.V, rows, cols, stride))
		simd.SetActive(old)
		got.Check(t, "dst")
		if i := kerneltest.FirstDifference(got.V, want); i >= 0 {
			t.Fatalf("%v, %d×%d: dst[%d] = %v, want %v", level, rows, cols, i, got.V[i], want[i])
		}
	}
}

// outerCase is a random call of SegmentOuter.
type outerCase struct {
	x            blas64.General
	edge, offset []int32
	u            []float64
}

func randomOuter(r *rand.Rand, nodes, cols, dim int) (c outerCase) {
	c.x, _ = randomMatrix(r, 1+r.IntN(9), cols)
	c.offset = []int32{int32(r.IntN(3))}
	for range nodes {
		c.offset = append(c.offset, c.offset[len(c.offset)-1]+int32(r.IntN(4)))
	}
	c.edge = make([]int32, int(c.offset[nodes])+r.IntN(2))
	for k := range c.edge {
		c.edge[k] = int32(r.IntN(c.x.Rows))
	}
	c.u = kerneltest.NewGuarded(kerneltest.Rand(r, dim*len(c.edge)), 1, kerneltest.NaN).V
	return c
}

func TestSegmentOuter(t *testing.T) {
	r := rand.New(rand.NewPCG(51, 52))
	for dim := 1; dim <= 3; dim++ {
		for cols := range 80 {
			nodes := r.IntN(5)
			c := randomOuter(r, nodes, cols, dim)
			testRows(t, r, dim*nodes, cols, func(dst blas64.General) {
				SegmentOuter(dst, c.x, c.edge, c.offset, c.u, dim)
			}, func(dst blas64.General) {
				for i := range nodes {
					for k := c.offset[i]; k < c.offset[i+1]; k++ {
						for a := range dim {
							for j := range cols {
								at := &dst.Data[(dim*i+a)*dst.Stride+j]
								*at = math.FMA(c.u[dim*int(k)+a], c.x.Data[int(c.edge[k])*c.x.Stride+j], *at)
							}
						}
					}
				}
			})
		}
	}
}

func TestChebyshev(t *testing.T) {
	r := rand.New(rand.NewPCG(53, 54))
	for _, rows := range []int{0, 1, 3, 4, 7, 8, 9, 21, 64} {
		for cols := range 42 {
			x, c := make([]float64, rows), normal(r, rows)
			for e := range x {
				x[e] = 2*r.Float64() - 1
			}
			testRows(t, r, rows, cols, func(dst blas64.General) {
				Chebyshev(dst, x, c)
			}, func(dst blas64.General) {
				for e := range x {
					last, next := float64(c[e]*x[e]), c[e]
					for j := range cols {
						dst.Data[e*dst.Stride+j] = next
						last, next = next, math.FMA(2*x[e], next, -last)
					}
				}
			})
		}
	}
}

// The polynomials are cosines.
func TestChebyshevCosine(t *testing.T) {
	const n, p = 1001, 48
	x, c := make([]float64, n), make([]float64, n)
	for e := range x {
		x[e], c[e] = 2*float64(e)/(n-1)-1, 3
	}
	dst := shaped(make([]float64, n*p), n, p, p)
	Chebyshev(dst, x, c)
	for e := range x {
		for j := range p {
			want := 3 * math.Cos(float64(j)*math.Acos(x[e]))
			tol := 3 * 0x1p-53 * float64(4+4*j*j) // of both
			if got := dst.Data[e*p+j]; !(math.Abs(got-want) <= tol) {
				t.Fatalf("3 T(%d, %v) = %v, want %v ± %.1e", j, x[e], got, want, tol)
			}
		}
	}
}

func TestEdgeFeatures(t *testing.T) {
	r := rand.New(rand.NewPCG(55, 56))
	for _, size := range []struct{ n, k int }{{0, 3}, {3, 0}, {1, 1}, {7, 5}, {200, 37}, {130, 64}, {40, 71}, {3, 3000}} {
		x, w, b, c0, c1 := normal(r, size.n), normal(r, size.k), normal(r, size.k), normal(r, size.n), normal(r, size.n)
		for act := dense.Tanh; act <= dense.Sigmoid; act++ {
			testRows(t, r, size.n, size.k, func(dst blas64.General) {
				EdgeFeatures(dst, x, w, b, c0, c1, act)
			}, func(dst blas64.General) {
				var value, slope [1]float64
				for e := range x {
					for k := range w {
						act.ApplyGrad(value[:], slope[:], []float64{math.FMA(w[k], x[e], b[k])})
						dst.Data[e*dst.Stride+k] = math.FMA(c0[e], value[0], float64(w[k]*c1[e])*slope[0])
					}
				}
			})
		}
	}
}

// Operands that end where memory does.
func TestRowsPageEnd(t *testing.T) {
	r := rand.New(rand.NewPCG(57, 58))
	kerneltest.EachLevel(t, func(t *testing.T) {
		for d := 1; d < 36; d++ {
			end := func(n int) []float64 { return kerneltest.PageEnd(t, kerneltest.Rand(r, n)) }
			x := shaped(end(3*d), 3, d, d)
			SegmentOuter(shaped(end(6*d), 6, d, d), x, []int32{2, 0, 1}, []int32{0, 2, 3}, end(9), 3)
			Chebyshev(shaped(end(9*d), 9, d, d), end(9), end(9))
			EdgeFeatures(shaped(end(2*d), 2, d, d), end(2), end(d), end(d), end(2), end(2), dense.Gaussian)
		}
	})
}

func TestRowsPanics(t *testing.T) {
	x := shaped(make([]float64, 12), 3, 4, 4)
	dst := shaped(slices.Repeat([]float64{7}, 8), 2, 4, 4)
	u := make([]float64, 2)
	for _, c := range []struct {
		name, want string
		call       func()
	}{
		{"dim", badDim, func() { SegmentOuter(dst, x, []int32{0, 1}, []int32{0, 1, 2}, u, 4) }},
		{"descending", badSegments, func() { SegmentOuter(dst, x, []int32{0, 1}, []int32{0, 2, 1}, u, 1) }},
		{"beyond the edges", badSegments, func() { SegmentOuter(dst, x, []int32{0, 1}, []int32{0, 1, 3}, u, 1) }},
		{"no offset", badSegments, func() { SegmentOuter(dst, x, nil, nil, nil, 1) }},
		{"edge", badSegments, func() { SegmentOuter(dst, x, []int32{0, 3}, []int32{0, 1, 2}, u, 1) }},
		{"directions", badDirections, func() { SegmentOuter(dst, x, []int32{0, 1}, []int32{0, 1, 2}, u[:1], 1) }},
		{"rows", badDestination, func() { SegmentOuter(dst, x, []int32{0, 1}, []int32{0, 2}, u, 1) }},
		{"dst in x", overlapInput, func() {
			SegmentOuter(shaped(x.Data[4:], 2, 4, 4), x, []int32{0, 1}, []int32{0, 1, 2}, u, 1)
		}},
		{"multiples", badFactors, func() { Chebyshev(dst, u, u[:1]) }},
		{"rows of polynomials", badDestination, func() { Chebyshev(dst, u[:1], u[:1]) }},
		{"x in dst", overlapInput, func() { Chebyshev(dst, dst.Data[6:], u) }},
		{"factors", badFactors, func() { EdgeFeatures(dst, u, make([]float64, 4), make([]float64, 4), u, u[:1], dense.Tanh) }},
		{"columns", badDestination, func() { EdgeFeatures(dst, u, make([]float64, 5), make([]float64, 5), u, u, dense.Tanh) }},
		{"w in dst", overlapInput, func() { EdgeFeatures(dst, u, dst.Data[:4], make([]float64, 4), u, u, dense.Tanh) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				if got := recover(); got != c.want {
					t.Errorf("panic %v, want %q", got, c.want)
				}
				for _, v := range dst.Data {
					if v != 7 {
						t.Fatal("dst was written")
					}
				}
			}()
			c.call()
		})
	}
}

func BenchmarkRows(b *testing.B) {
	const edges = 256
	for _, cols := range []int{16, 32, 64} {
		r := rand.New(rand.NewPCG(59, 60))
		f, rows := shaped(make([]float64, edges*cols), edges, cols, cols), shaped(make([]float64, 15*cols), 15, cols, cols)
		list := make([]int32, edges)
		for e := range list {
			list[e] = int32(e)
		}
		u, x, w := normal(r, 3*edges), normal(r, edges), normal(r, cols)
		for _, c := range []struct {
			name string
			f    func()
		}{
			{"Chebyshev", func() { Chebyshev(f, x, x) }},
			{"EdgeFeatures", func() { EdgeFeatures(f, x, w, w, x, x, dense.Gaussian) }},
			{"SegmentOuter", func() { SegmentOuter(rows, f, list, []int32{0, 51, 102, 153, 204, 256}, u, 3) }},
		} {
			for _, l := range simd.Available() {
				b.Run(fmt.Sprintf("%s/cols=%d/level=%v", c.name, cols, l), func(b *testing.B) {
					defer simd.SetActive(simd.SetActive(l))
					for b.Loop() {
						c.f()
					}
					b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N)/edges, "ns/edge")
				})
			}
		}
	}
}
