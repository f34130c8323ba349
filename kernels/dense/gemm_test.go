package dense

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

var transposes = []blas.Transpose{blas.NoTrans, blas.Trans}

// gemmCase is one product with guards around its operands and in the gaps between rows.
type gemmCase struct {
	tA, tB      blas.Transpose
	m, n, k     int
	alpha, beta float64
	a, b, c     *kerneltest.Guarded
	gap         [3]int
}

func newGemmCase(r *rand.Rand, tA, tB blas.Transpose, m, n, k int, alpha, beta float64) *gemmCase {
	g := &gemmCase{tA: tA, tB: tB, m: m, n: n, k: k, alpha: alpha, beta: beta}
	for i := range g.gap {
		g.gap[i] = r.IntN(4)
	}
	operand := func(rows, cols, gap int, guard kerneltest.Guard) *kerneltest.Guarded {
		x := kerneltest.Rand(r, max(0, rows*(cols+gap)-gap))
		for i := range x {
			if i%(cols+gap) >= cols {
				x[i] = math.Float64frombits(uint64(guard))
			}
		}
		return kerneltest.NewGuarded(x, r.IntN(8), guard)
	}
	a, b, c := g.matrices(func(i int) []float64 { return nil })
	g.a = operand(a.Rows, a.Cols, g.gap[0], kerneltest.NaN)
	g.b = operand(b.Rows, b.Cols, g.gap[1], kerneltest.NaN)
	g.c = operand(c.Rows, c.Cols, g.gap[2], kerneltest.Sentinel)
	return g
}

// matrices gives the operands their shapes.
func (g *gemmCase) matrices(data func(i int) []float64) (a, b, c blas64.General) {
	shape := func(i, rows, cols int, t blas.Transpose) blas64.General {
		if t != blas.NoTrans {
			rows, cols = cols, rows
		}
		return blas64.General{Rows: rows, Cols: cols, Stride: max(1, cols+g.gap[i]), Data: data(i)}
	}
	return shape(0, g.m, g.k, g.tA), shape(1, g.k, g.n, g.tB), shape(2, g.m, g.n, blas.NoTrans)
}

func (g *gemmCase) String() string {
	return fmt.Sprintf("tA=%c tB=%c m=%d n=%d k=%d alpha=%v beta=%v", g.tA, g.tB, g.m, g.n, g.k, g.alpha, g.beta)
}

// check runs multiply and compares with the reference.
func (g *gemmCase) check(t testing.TB, multiply func(p *product)) {
	t.Helper()
	operands := []*kerneltest.Guarded{g.a, g.b, g.c}
	before := [][]float64{slices.Clone(g.a.V), slices.Clone(g.b.V), slices.Clone(g.c.V)}
	a, b, c := g.matrices(func(i int) []float64 { return before[i] })
	gemmGeneric(g.tA, g.tB, g.alpha, a, b, g.beta, c)
	a, b, c = g.matrices(func(i int) []float64 { return operands[i].V })
	p := newProduct(g.tA, g.tB, g.alpha, a, b, g.beta, c)
	multiply(&p)
	for i, name := range []string{"a", "b", "c"} {
		operands[i].Check(t, name)
		if at := kerneltest.FirstDifference(operands[i].V, before[i]); at >= 0 {
			t.Fatalf("%v: element %d of %s, stride %d: %v, want %v", g, at, name,
				[]int{a.Stride, b.Stride, c.Stride}[i], operands[i].V[at], before[i][at])
		}
	}
}

// TestGemm goes through every remainder of the tiles in m and n, with everything else drawn
// at random.
func TestGemm(t *testing.T) {
	factors := []float64{0, 1, -0.7}
	pick := func(r *rand.Rand) float64 { return factors[r.IntN(len(factors))] }
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for m := range 27 {
			for n := range 51 {
				for _, tA := range transposes {
					for _, tB := range transposes {
						if underRace && r.IntN(4) > 0 {
							continue // it is slow
						}
						k := r.IntN(21)
						newGemmCase(r, tA, tB, m, n, k, pick(r), pick(r)).check(t, func(p *product) { p.run(1) })
					}
				}
			}
		}
	})
}

// TestGemmBlocks goes across the edges of the blocks, on one worker and on several.
func TestGemmBlocks(t *testing.T) {
	shapes := [][3]int{
		{95, 20, 40}, {96, 61, 41}, {97, 96, 33}, {193, 30, 129}, // rows, packed and not
		{33, 26, 255}, {33, 26, 256}, {33, 27, 257}, {70, 50, 258}, {40, 25, 513}, // depth
		{5, 2039, 3}, {20, 2041, 4}, {3, 4100, 2}, {40, 2047, 9}, // columns
		{1, 1, 3000}, {1, 700, 70}, {700, 1, 70}, {2, 100, 300},
		{130, 129, 128}, {256, 64, 130}, {150, 385, 60}, // enough for several workers
	}
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(3, 4))
		for i, s := range shapes {
			tA, tB := transposes[i%2], transposes[i/2%2]
			g := newGemmCase(r, tA, tB, s[0], s[1], s[2], []float64{1, -0.7}[r.IntN(2)], []float64{0, 1, -0.7}[r.IntN(3)])
			g.check(t, func(p *product) { p.run(1) })
			g.check(t, func(p *product) { p.run(3) })
		}
	})
}

// TestGemmStream writes past the caches.
func TestGemmStream(t *testing.T) {
	const m, n, k = gemmStream/1000 + 3, 1000, 3
	r := rand.New(rand.NewPCG(5, 6))
	a := blas64.General{Rows: m, Cols: k, Stride: k, Data: kerneltest.Rand(r, m*k)}
	b := blas64.General{Rows: k, Cols: n, Stride: n, Data: kerneltest.Rand(r, k*n)}
	c := blas64.General{Rows: m, Cols: n, Stride: n, Data: make([]float64, m*n)}
	kerneltest.EachLevel(t, func(t *testing.T) {
		for i := range c.Data {
			c.Data[i] = math.NaN()
		}
		Gemm(blas.NoTrans, blas.NoTrans, 1, a, b, 0, c)
		want := blas64.General{Rows: 1, Cols: n, Stride: n, Data: make([]float64, n)}
		for i := 0; i < m; i += 1 + r.IntN(7) {
			gemmGeneric(blas.NoTrans, blas.NoTrans, 1, blas64.General{Rows: 1, Cols: k, Stride: k, Data: row(a, i)}, b, 0, want)
			if j := kerneltest.FirstDifference(row(c, i), want.Data); j >= 0 {
				t.Fatalf("c[%d,%d] = %v, want %v", i, j, c.Data[i*n+j], want.Data[j])
			}
		}
	})
}

// TestGemmGeneric checks the reference by hand and against gonum.
func TestGemmGeneric(t *testing.T) {
	matrix := func(rows, cols int, x ...float64) blas64.General {
		return blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: x}
	}
	c := matrix(2, 2, 1, 2, 3, 4)
	gemmGeneric(blas.NoTrans, blas.Trans, 2, matrix(2, 3, 1, 2, 3, 4, 5, 6), matrix(2, 3, 1, 0, -1, 2, 1, 0), -1, c)
	if want := []float64{-5, 6, -7, 22}; !slices.Equal(c.Data, want) {
		t.Errorf("got %v, want %v", c.Data, want)
	}
	c = matrix(1, 1, -1) // (1+2⁻³⁰)² − 1, which two roundings lose the end of
	gemmGeneric(blas.NoTrans, blas.NoTrans, 1, matrix(1, 1, 1+0x1p-30), matrix(1, 1, 1+0x1p-30), 1, c)
	if want := 0x1p-29 + 0x1p-60; c.Data[0] != want {
		t.Errorf("got %v, want %v", c.Data[0], want)
	}
	r := rand.New(rand.NewPCG(7, 8))
	const alpha, beta = 1.5, -0.7
	for _, tA := range transposes {
		for _, tB := range transposes {
			for range 20 {
				g := newGemmCase(r, tA, tB, 1+r.IntN(9), 1+r.IntN(9), 1+r.IntN(20), alpha, beta)
				operands := []*kerneltest.Guarded{g.a, g.b, g.c}
				a, b, c := g.matrices(func(i int) []float64 { return operands[i].V })
				p := newProduct(tA, tB, alpha, a, b, beta, c)
				size, want := slices.Clone(c.Data), slices.Clone(c.Data)
				for i := range p.m {
					for j := range p.n {
						e := &size[i*p.ldc+j]
						*e = math.Abs(beta * *e)
						for q := range p.k {
							*e += math.Abs(alpha * p.a[i*p.ars+q*p.aks] * p.b[q*p.bks+j*p.bcs])
						}
					}
				}
				gonum.Implementation{}.Dgemm(tA, tB, p.m, p.n, p.k, alpha, a.Data, a.Stride, b.Data, b.Stride, beta, want, c.Stride)
				gemmGeneric(tA, tB, alpha, a, b, beta, c)
				for i := range p.m {
					for j := range p.n {
						at := i*p.ldc + j
						tol := 2 * float64(g.k+2) * 0x1p-53 * size[at] // the bound of each
						if !kerneltest.Close(c.Data[at], want[at], tol) {
							t.Fatalf("%v: c[%d,%d] = %v, gonum has %v", g, i, j, c.Data[at], want[at])
						}
					}
				}
			}
		}
	}
}

// TestGemmSpecial puts values of every kind into each operand.
func TestGemmSpecial(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(9, 10))
		special := kerneltest.Special()
		for range 300 {
			g := newGemmCase(r, transposes[r.IntN(2)], transposes[r.IntN(2)], 1+r.IntN(14), 1+r.IntN(30), 1+r.IntN(9), 1, 1)
			factors := append(special, 1, 1, 1, 1, 1, 1)
			g.alpha, g.beta = factors[r.IntN(len(factors))], factors[r.IntN(len(factors))]
			for i, operand := range []*kerneltest.Guarded{g.a, g.b, g.c} {
				for range r.IntN(4) {
					stride := max(1, len(operand.V)+g.gap[i])
					at := r.IntN(stride)
					if at < len(operand.V) && operand.V[at] == operand.V[at] { // not a gap of NaN
						operand.V[at] = special[r.IntN(len(special))]
					}
				}
			}
			g.check(t, func(p *product) { p.run(1) })
		}
	})
}

func TestGemmPageEnd(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(11, 12))
		for range 100 {
			g := newGemmCase(r, transposes[r.IntN(2)], transposes[r.IntN(2)], 1+r.IntN(20), 1+r.IntN(50), 1+r.IntN(9), 1, 1)
			if r.IntN(2) == 0 {
				g.alpha, g.beta = -0.7, 0
			}
			for _, operand := range []*kerneltest.Guarded{g.a, g.b, g.c} {
				operand.V = kerneltest.PageEnd(t, operand.V)
			}
			operands := []*kerneltest.Guarded{g.a, g.b, g.c}
			a, b, c := g.matrices(func(i int) []float64 { return operands[i].V })
			want := c
			want.Data = slices.Clone(c.Data)
			gemmGeneric(g.tA, g.tB, g.alpha, a, b, g.beta, want)
			Gemm(g.tA, g.tB, g.alpha, a, b, g.beta, c)
			if at := kerneltest.FirstDifference(c.Data, want.Data); at >= 0 {
				t.Fatalf("%v: element %d of c: %v, want %v", g, at, c.Data[at], want.Data[at])
			}
		}
	})
}

func TestGemmPanics(t *testing.T) {
	data := make([]float64, 100)
	matrix := func(rows, cols, at int) blas64.General {
		return blas64.General{Rows: rows, Cols: cols, Stride: 10, Data: data[at:]}
	}
	const no, tr = blas.NoTrans, blas.Trans
	mustPanic(t, "dense: op(a) and op(b) do not match", func() { Gemm(no, no, 1, matrix(2, 3, 0), matrix(2, 3, 3), 0, matrix(2, 3, 6)) })
	mustPanic(t, "dense: op(a) and op(b) do not match", func() { Gemm(no, tr, 1, matrix(2, 3, 0), matrix(3, 2, 3), 0, matrix(2, 3, 6)) })
	mustPanic(t, "dense: c has not the shape of the product", func() { Gemm(tr, no, 1, matrix(2, 3, 0), matrix(2, 3, 3), 0, matrix(2, 3, 6)) })
	mustPanic(t, "dense: unknown transposition", func() { Gemm('X', no, 1, matrix(2, 3, 0), matrix(3, 2, 3), 0, matrix(2, 2, 6)) })
	mustPanic(t, "dense: unknown transposition", func() { Gemm(no, 0, 1, matrix(2, 3, 0), matrix(3, 2, 3), 0, matrix(2, 2, 6)) })
	mustPanic(t, "dense: c overlaps a or b", func() { Gemm(no, no, 1, matrix(3, 3, 0), matrix(3, 3, 5), 0, matrix(3, 3, 22)) })
	mustPanic(t, "dense: c overlaps a or b", func() { Gemm(no, no, 1, matrix(3, 3, 5), matrix(3, 3, 0), 0, matrix(3, 3, 2)) })
	mustPanic(t, "dense: data shorter than the matrix", func() { Gemm(no, no, 1, matrix(3, 3, 0), matrix(3, 3, 3), 0, matrix(3, 3, 80)) })
	if slices.ContainsFunc(data, func(x float64) bool { return x != 0 }) {
		t.Error("written before the panic")
	}
	for i := range data {
		data[i] = 1
	}
	square := matrix(3, 3, 0) // a and b may be one matrix, c beside them in its rows
	Gemm(no, no, 1, square, square, 0, matrix(3, 3, 3))
	if data[3] != 3 || data[25] != 3 || data[6] != 1 {
		t.Errorf("got %v", data[:30])
	}
}

func TestGemmAllocs(t *testing.T) {
	if underRace {
		t.Skip("the race detector makes sync.Pool forget")
	}
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(13, 14))
		for _, tB := range transposes {
			g := newGemmCase(r, blas.NoTrans, tB, 30, 40, 50, 1, 0)
			operands := []*kerneltest.Guarded{g.a, g.b, g.c}
			a, b, c := g.matrices(func(i int) []float64 { return operands[i].V })
			if n := testing.AllocsPerRun(10, func() { Gemm(g.tA, g.tB, 1, a, b, 0, c) }); n != 0 {
				t.Errorf("%v allocations", n)
			}
		}
	})
}

func FuzzGemm(f *testing.F) {
	f.Add([]byte("rapidhgn"), uint8(0), uint8(5), uint8(13), uint8(7), 1.0, 0.0)
	f.Add([]byte{0x3f, 0xf0, 0, 0, 0, 0, 0, 1, 0x7f}, uint8(3), uint8(9), uint8(40), uint8(70), -0.7, 1.0)
	f.Fuzz(func(t *testing.T, bits []byte, trans, m, n, k uint8, alpha, beta float64) {
		r := rand.New(rand.NewPCG(uint64(m), uint64(n)))
		g := newGemmCase(r, transposes[trans&1], transposes[trans>>1&1], int(m), int(n), int(k), alpha, beta)
		g.gap = [3]int{}
		a, b, c := g.matrices(func(int) []float64 { return nil })
		g.a = kerneltest.NewGuarded(floatsOf(bits, a.Rows*a.Cols), int(m), kerneltest.NaN)
		g.b = kerneltest.NewGuarded(floatsOf(bits[len(bits)/4:], b.Rows*b.Cols), int(n), kerneltest.NaN)
		g.c = kerneltest.NewGuarded(floatsOf(bits[len(bits)/2:], c.Rows*c.Cols), int(k), kerneltest.Sentinel)
		before := slices.Clone(g.c.V)
		for _, l := range simd.Available() {
			old := simd.SetActive(l)
			copy(g.c.V, before)
			g.check(t, func(p *product) { p.run(1) })
			simd.SetActive(old)
		}
	})
}

func BenchmarkGemm(b *testing.B) {
	for _, s := range [][3]int{
		{4, 4, 4}, {8, 8, 8}, {16, 16, 16}, {32, 32, 32}, {64, 64, 64}, {256, 256, 256}, {1024, 1024, 1024},
		{1e5, 64, 4}, {1e5, 64, 16}, {1e5, 256, 16}, {1e5, 256, 64}, // layers
	} {
		m, n, k := s[0], s[1], s[2]
		matrix := func(rows, cols int) blas64.General {
			x := kerneltest.Rand(rand.New(rand.NewPCG(1, 1)), rows*cols)
			return blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: x}
		}
		x, y, z := matrix(m, k), matrix(k, n), matrix(m, n)
		run := func(name string, gemm func()) {
			b.Run(fmt.Sprintf("m=%d/n=%d/k=%d/%s", m, n, k, name), func(b *testing.B) {
				b.SetBytes(8 * int64(m*k+k*n+m*n)) // read a and b, write c
				b.ReportAllocs()
				for b.Loop() {
					gemm()
				}
				b.ReportMetric(2*float64(m*n*k)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
		run("impl=gonum", func() {
			gonum.Implementation{}.Dgemm(blas.NoTrans, blas.NoTrans, m, n, k, 1, x.Data, k, y.Data, n, 0, z.Data, n)
		})
		eachLevel(func(l simd.Level) {
			run("level="+l.String(), func() { Gemm(blas.NoTrans, blas.NoTrans, 1, x, y, 0, z) })
		})
	}
}
