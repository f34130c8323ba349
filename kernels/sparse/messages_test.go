package sparse

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
	"github.com/rapidhgn/rapidhgn/internal/simd"
	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// randomMatrix returns a matrix of small numbers between guards.
func randomMatrix(r *rand.Rand, rows, cols int) (blas64.General, *kerneltest.Guarded) {
	stride := max(1, cols+r.IntN(3))
	x := make([]float64, length(rows, cols, stride))
	for i := range x {
		x[i] = r.NormFloat64()
	}
	g := kerneltest.NewGuarded(x, r.IntN(8), kerneltest.NaN)
	return shaped(g.V, rows, cols, stride), g
}

// randomMessages returns messages of a random graph, with W or without.
func randomMessages(r *rand.Rand, edges, receivers, senders, cols int) Messages {
	var m Messages
	m.U, _ = randomMatrix(r, receivers, cols)
	m.V, _ = randomMatrix(r, senders, cols)
	if r.IntN(2) > 0 {
		m.W, _ = randomMatrix(r, edges, cols)
	}
	var err error
	if m.Receivers, err = NewIndex(randomReceivers(r, edges, receivers), receivers); err != nil {
		panic(err)
	}
	if m.Senders, err = NewIndex(randomReceivers(r, edges, senders), senders); err != nil {
		panic(err)
	}
	m.Act = dense.Activation(1 + r.IntN(int(dense.Sigmoid)))
	return m
}

// element returns z, σ(z) and σ′(z) of one element, from the definition.
func (m *Messages) element(e, j int) (z, value, slope float64) {
	z = m.U.Data[int(m.Receivers.node[e])*m.U.Stride+j] + m.V.Data[int(m.Senders.node[e])*m.V.Stride+j]
	if !m.plain() {
		z += m.W.Data[e*m.W.Stride+j]
	}
	var v, s [1]float64
	m.Act.ApplyGrad(v[:], s[:], []float64{z})
	return z, v[0], s[0]
}

// messageShapes reach strips, vectors and edges of vectors, nodes whose edges do not fit
// into a buffer, and rows that do not.
var messageShapes = []struct{ edges, receivers, senders, cols int }{
	{0, 3, 2, 4}, {5, 1, 4, 0}, {7, 3, 2, 1}, {40, 7, 6, 3}, {30, 4, 9, 8}, {300, 5, 40, 37},
	{2000, 100, 90, 64}, {900, 2, 3, 71}, {9000, 2, 3, 1}, {3, 2, 2, 9000},
}

// testMessages compares what f makes of random messages with the sum over e of what term
// adds, at every level, with one worker and with three, between guards.
func testMessages(t *testing.T, rows func(m *Messages) int, f func(m *Messages, dst blas64.General), term func(m *Messages, e, j int) (row int, x float64)) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(21, 22))
		for _, s := range messageShapes {
			m := randomMessages(r, s.edges, s.receivers, s.senders, s.cols)
			stride := max(1, s.cols+r.IntN(3))
			before := kerneltest.Rand(r, length(rows(&m), s.cols, stride))
			want := slices.Clone(before)
			expected := shaped(want, rows(&m), s.cols, stride)
			if s.cols > 0 {
				clearRows(expected)
			}
			for e := range s.edges {
				for j := range s.cols {
					i, x := term(&m, e, j)
					want[i*stride+j] += x
				}
			}
			for _, m.Workers = range []int{1, 3} {
				got := kerneltest.NewGuarded(before, r.IntN(8), kerneltest.Sentinel)
				f(&m, shaped(got.V, rows(&m), s.cols, stride))
				got.Check(t, "dst")
				if i := kerneltest.FirstDifference(got.V, want); i >= 0 {
					t.Fatalf("%+v, %v, %d workers: dst[%d] = %v, want %v", s, m.Act, m.Workers, i, got.V[i], want[i])
				}
			}
		}
	})
}

func receivers(m *Messages) int { return m.Receivers.Nodes() }
func senders(m *Messages) int   { return m.Senders.Nodes() }
func edges(m *Messages) int     { return m.Receivers.Edges() }

func TestGatherAdd(t *testing.T) {
	testMessages(t, edges, func(m *Messages, dst blas64.General) {
		GatherAdd(dst, m.U, m.Receivers, m.V, m.Senders, m.W)
	}, func(m *Messages, e, j int) (int, float64) { z, _, _ := m.element(e, j); return e, z })
}

func TestGatherAddInPlace(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 24))
	m := randomMessages(r, 30, 4, 5, 13)
	m.W, _ = randomMatrix(r, 30, 13)
	want, _ := randomMatrix(r, 30, 13)
	GatherAdd(want, m.U, m.Receivers, m.V, m.Senders, m.W)
	GatherAdd(m.W, m.U, m.Receivers, m.V, m.Senders, m.W)
	for e := range 30 {
		if i := kerneltest.FirstDifference(row(m.W, e), row(want, e)); i >= 0 {
			t.Fatalf("row %d differs at %d", e, i)
		}
	}
}

func TestMessagesSum(t *testing.T) {
	testMessages(t, receivers, func(m *Messages, dst blas64.General) { m.Sum(dst, m.Receivers) },
		func(m *Messages, e, j int) (int, float64) {
			_, v, _ := m.element(e, j)
			return int(m.Receivers.node[e]), v
		})
}

func TestMessagesSumGrad(t *testing.T) {
	testMessages(t, senders, func(m *Messages, dst blas64.General) {
		value, _ := randomMatrix(rand.New(rand.NewPCG(1, 1)), dst.Rows, dst.Cols)
		m.SumGrad(value, dst, m.Senders)
	}, func(m *Messages, e, j int) (int, float64) {
		_, _, s := m.element(e, j)
		return int(m.Senders.node[e]), s
	})
	testMessages(t, senders, func(m *Messages, dst blas64.General) {
		slope, _ := randomMatrix(rand.New(rand.NewPCG(1, 1)), dst.Rows, dst.Cols)
		m.SumGrad(dst, slope, m.Senders)
	}, func(m *Messages, e, j int) (int, float64) {
		_, v, _ := m.element(e, j)
		return int(m.Senders.node[e]), v
	})
}

func TestMessagesRows(t *testing.T) {
	for _, grad := range []bool{false, true} {
		testMessages(t, edges, func(m *Messages, dst blas64.General) {
			cut := edges(m) / 3
			var none blas64.General
			pair := func(lo, hi int) (value, slope blas64.General) {
				if dst.Cols == 0 || lo == hi {
					return shaped(nil, hi-lo, dst.Cols, dst.Stride), none
				}
				if !grad {
					return rowsFrom(dst, lo, hi), none
				}
				value, _ = randomMatrix(rand.New(rand.NewPCG(1, 1)), hi-lo, dst.Cols)
				return value, rowsFrom(dst, lo, hi)
			}
			value, slope := pair(0, cut)
			m.Rows(value, slope, 0)
			value, slope = pair(cut, edges(m))
			m.Rows(value, slope, cut)
		}, func(m *Messages, e, j int) (int, float64) {
			_, v, s := m.element(e, j)
			if grad {
				v = s
			}
			return e, v
		})
	}
}

// The three results of Backward, each alone and all together.
func TestMessagesBackward(t *testing.T) {
	const most = 9000
	random := kerneltest.Rand(rand.New(rand.NewPCG(31, 32)), 2*most)
	cotangent := func(m *Messages) blas64.General {
		return shaped(random, receivers(m), m.U.Cols, m.U.Cols)
	}
	product := func(m *Messages, e, j int) float64 {
		_, _, s := m.element(e, j)
		return s * random[int(m.Receivers.node[e])*m.U.Cols+j]
	}
	other := func(rows, cols int) blas64.General {
		x, _ := randomMatrix(rand.New(rand.NewPCG(1, 1)), rows, cols)
		return x
	}
	var none blas64.General
	testMessages(t, receivers, func(m *Messages, dst blas64.General) { m.Backward(dst, none, none, cotangent(m)) },
		func(m *Messages, e, j int) (int, float64) { return int(m.Receivers.node[e]), product(m, e, j) })
	testMessages(t, senders, func(m *Messages, dst blas64.General) {
		m.Backward(other(receivers(m), dst.Cols), dst, other(edges(m), dst.Cols), cotangent(m))
	}, func(m *Messages, e, j int) (int, float64) { return int(m.Senders.node[e]), product(m, e, j) })
	testMessages(t, edges, func(m *Messages, dst blas64.General) { m.Backward(none, none, dst, cotangent(m)) },
		func(m *Messages, e, j int) (int, float64) { return e, product(m, e, j) })
}

// A NaN, an infinity or a subnormal in one element reaches what the definition says.
func TestMessagesSpecial(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		m := randomMessages(rand.New(rand.NewPCG(25, 26)), 12, 3, 4, 9)
		for _, v := range kerneltest.Special() {
			for at := range m.U.Cols {
				old := m.U.Data[at]
				m.U.Data[at] = v
				dst := shaped(make([]float64, 3*9), 3, 9, 9)
				m.Sum(dst, m.Receivers)
				want := make([]float64, 3*9)
				for e := range 12 {
					for j := range 9 {
						_, x, _ := m.element(e, j)
						want[int(m.Receivers.node[e])*9+j] += x
					}
				}
				if i := kerneltest.FirstDifference(dst.Data, want); i >= 0 {
					t.Fatalf("%v at %d: dst[%d] = %v, want %v", v, at, i, dst.Data[i], want[i])
				}
				m.U.Data[at] = old
			}
		}
	})
}

func TestMessagesPageEnd(t *testing.T) {
	r := rand.New(rand.NewPCG(27, 28))
	kerneltest.EachLevel(t, func(t *testing.T) {
		for d := 1; d < 36; d++ {
			m := randomMessages(r, 9, 3, 2, d)
			end := func(rows int) blas64.General {
				return shaped(kerneltest.PageEnd(t, kerneltest.Rand(r, rows*d)), rows, d, d)
			}
			m.U, m.V, m.W = end(3), end(2), end(9)
			m.Backward(end(3), end(2), end(9), end(3))
			m.SumGrad(end(3), end(3), m.Receivers)
			m.Rows(end(9), end(9), 0)
			GatherAdd(end(9), m.U, m.Receivers, m.V, m.Senders, m.W)
		}
	})
}

func TestMessagesPanics(t *testing.T) {
	m := randomMessages(rand.New(rand.NewPCG(29, 30)), 6, 3, 2, 4)
	m.W = blas64.General{}
	short, _ := NewIndex([]int32{0, 1}, 3)
	dst := shaped(slices.Repeat([]float64{7}, 3*4), 3, 4, 4)
	perEdge := shaped(slices.Repeat([]float64{7}, 6*4), 6, 4, 4)
	with := func(f func(m *Messages)) *Messages { c := m; f(&c); return &c }
	wide := shaped(make([]float64, 15), 3, 5, 5)
	for _, c := range []struct {
		name, want string
		call       func()
	}{
		{"rows of U", badU, func() { with(func(m *Messages) { m.U.Rows-- }).Sum(dst, m.Receivers) }},
		{"columns of V", badV, func() { with(func(m *Messages) { m.V.Cols-- }).Sum(dst, m.Receivers) }},
		{"rows of W", badW, func() { with(func(m *Messages) { m.W = dst }).Sum(dst, m.Receivers) }},
		{"senders", badEdges, func() { with(func(m *Messages) { m.Senders = short }).Sum(dst, m.Receivers) }},
		{"index of the sum", badEdges, func() { m.Sum(dst, short) }},
		{"activation", "dense: unknown activation", func() { with(func(m *Messages) { m.Act = 0 }).Sum(dst, m.Receivers) }},
		{"columns of dst", badDestination, func() { m.Sum(wide, m.Receivers) }},
		{"rows of dst", badDestination, func() { m.Sum(perEdge, m.Receivers) }},
		{"dst is U", overlapInput, func() { m.Sum(m.U, m.Receivers) }},
		{"grad is dst", overlapResult, func() { m.SumGrad(dst, dst, m.Receivers) }},
		{"g", badG, func() { m.Backward(dst, blas64.General{}, blas64.General{}, wide) }},
		{"g is du", overlapInput, func() { m.Backward(dst, blas64.General{}, blas64.General{}, dst) }},
		{"too many rows", badRange, func() { m.Rows(perEdge, blas64.General{}, 1) }},
		{"rows of GatherAdd", badDestination, func() { GatherAdd(dst, m.U, m.Receivers, m.V, m.Senders, m.W) }},
		{"GatherAdd into V", overlapInput, func() {
			long := make([]float64, 8+24)
			c := with(func(m *Messages) { m.V = shaped(long[:8], 2, 4, 4) })
			GatherAdd(shaped(long[7:], 6, 4, 4), c.U, c.Receivers, c.V, c.Senders, c.W)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				if got := recover(); got != c.want {
					t.Errorf("panic %v, want %q", got, c.want)
				}
				for _, x := range append(slices.Clone(dst.Data), perEdge.Data...) {
					if x != 7 {
						t.Fatal("a result was written")
					}
				}
			}()
			c.call()
		})
	}
}

func TestMessagesAllocs(t *testing.T) {
	m := randomMessages(rand.New(rand.NewPCG(33, 34)), 500, 30, 20, 17)
	m.Workers = 1
	sum, slope := shaped(make([]float64, 30*17), 30, 17, 17), shaped(make([]float64, 30*17), 30, 17, 17)
	perEdge := shaped(make([]float64, 500*17), 500, 17, 17)
	kerneltest.EachLevel(t, func(t *testing.T) {
		for name, f := range map[string]func(){
			"Sum":       func() { m.Sum(sum, m.Receivers) },
			"SumGrad":   func() { m.SumGrad(sum, slope, m.Receivers) },
			"Rows":      func() { m.Rows(perEdge, blas64.General{}, 0) },
			"GatherAdd": func() { GatherAdd(perEdge, m.U, m.Receivers, m.V, m.Senders, m.W) },
		} {
			if n := testing.AllocsPerRun(20, f); n > 2 && !simd.Race { // the pool may drop a buffer
				t.Errorf("%s: %v allocations", name, n)
			}
		}
	})
}

func FuzzMessages(f *testing.F) {
	f.Add(uint64(1), uint8(9), uint8(3), uint8(5))
	f.Add(uint64(2), uint8(200), uint8(1), uint8(70))
	f.Fuzz(func(t *testing.T, seed uint64, edges, nodes, cols uint8) {
		r := rand.New(rand.NewPCG(seed, 0))
		m := randomMessages(r, int(edges), 1+int(nodes), 1+int(nodes%7), 1+int(cols%80))
		var first []float64
		for _, level := range simd.Available() {
			old := simd.SetActive(level)
			dst := shaped(make([]float64, m.U.Rows*m.U.Cols), m.U.Rows, m.U.Cols, m.U.Cols)
			m.Sum(dst, m.Receivers)
			simd.SetActive(old)
			if first == nil {
				first = dst.Data
			} else if i := kerneltest.FirstDifference(dst.Data, first); i >= 0 {
				t.Fatalf("%v: dst[%d] = %v, generic %v", level, i, dst.Data[i], first[i])
			}
		}
	})
}

// 600,000 edges of 50,000 nodes, 64 columns, beside as many activations alone.
func BenchmarkMessages(b *testing.B) {
	const nodes, edges, d = 50000, 600000, 64
	r := rand.New(rand.NewPCG(35, 36))
	m := randomMessages(r, 1, nodes, nodes, d)
	m.W, m.Act, m.Workers = blas64.General{}, dense.Tanh, 1
	ends := make([]int32, edges)
	for e := range ends {
		ends[e] = int32(e / 12)
	}
	m.Receivers, _ = NewIndex(ends, nodes)
	for e := range ends {
		ends[e] = int32((e/12 + r.IntN(200)) % nodes)
	}
	m.Senders, _ = NewIndex(ends, nodes)
	dst, slope := shaped(make([]float64, nodes*d), nodes, d, d), shaped(make([]float64, nodes*d), nodes, d, d)
	x := make([]float64, bufferFloats)
	copy(x, m.U.Data)
	y := make([]float64, len(x))
	for _, c := range []struct {
		name string
		f    func()
	}{
		{"activation", func() {
			for range edges * d / len(x) {
				m.Act.Apply(y, x)
			}
		}},
		{"Sum", func() { m.Sum(dst, m.Receivers) }},
		{"SumGrad", func() { m.SumGrad(dst, slope, m.Receivers) }},
	} {
		for _, l := range simd.Available() {
			b.Run(fmt.Sprintf("%s/edges=%d/d=%d/level=%v", c.name, edges, d, l), func(b *testing.B) {
				defer simd.SetActive(simd.SetActive(l))
				b.ReportAllocs()
				for b.Loop() {
					c.f()
				}
				b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N)/(edges*d), "ns/element")
			})
		}
	}
}
