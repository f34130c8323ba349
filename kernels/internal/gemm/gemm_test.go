package gemm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// testCase is one product with guards around its operands and in the gaps between rows.
type testCase struct {
	tA, tB   bool
	g        Product
	operands [3]*kerneltest.Guarded // A, B, C
	strides  [3]int
}

func newTestCase(r *rand.Rand, tA, tB bool, m, n, k int, alpha, beta float64) *testCase {
	c := &testCase{tA: tA, tB: tB, g: Product{M: m, N: n, K: k, Alpha: alpha, Beta: beta}}
	c.fill(r, func(i, rows, cols, stride int) []float64 {
		x := kerneltest.Rand(r, max(0, (rows-1)*stride+cols))
		for at := range x {
			if at%stride >= cols {
				x[at] = math.Float64frombits(uint64(guards[i]))
			}
		}
		return x
	}, 4)
	return c
}

var guards = [3]kerneltest.Guard{kerneltest.NaN, kerneltest.NaN, kerneltest.Sentinel}

// fill sets the operands, with strides that exceed the rows by less than gap.
func (c *testCase) fill(r *rand.Rand, values func(i, rows, cols, stride int) []float64, gap int) {
	shapes := [3][2]int{{c.g.M, c.g.K}, {c.g.K, c.g.N}, {c.g.M, c.g.N}}
	for i, trans := range []bool{c.tA, c.tB, false} {
		rows, cols := shapes[i][0], shapes[i][1]
		if trans {
			rows, cols = cols, rows
		}
		c.strides[i] = max(1, cols+r.IntN(gap))
		c.operands[i] = kerneltest.NewGuarded(values(i, rows, cols, c.strides[i]), r.IntN(8), guards[i])
	}
}

// product returns the product of other data.
func (c *testCase) product(data [3][]float64) *Product {
	g := c.g
	g.A, g.ARS, g.AKS = data[0], c.strides[0], 1
	if c.tA {
		g.ARS, g.AKS = g.AKS, g.ARS
	}
	g.B, g.BKS, g.BCS = data[1], c.strides[1], 1
	if c.tB {
		g.BKS, g.BCS = g.BCS, g.BKS
	}
	g.C, g.LDC = data[2], c.strides[2]
	return &g
}

func (c *testCase) String() string {
	return fmt.Sprintf("tA=%v tB=%v m=%d n=%d k=%d alpha=%v beta=%v", c.tA, c.tB, c.g.M, c.g.N, c.g.K, c.g.Alpha, c.g.Beta)
}

// check runs the product and compares with the reference.
func (c *testCase) check(t testing.TB, run func(g *Product), in func(i, j int) bool) {
	t.Helper()
	var want, got [3][]float64
	for i, o := range c.operands {
		want[i], got[i] = slices.Clone(o.V), o.V
	}
	c.product(want).Generic(in)
	run(c.product(got))
	for i, name := range []string{"A", "B", "C"} {
		c.operands[i].Check(t, name)
		if at := kerneltest.FirstDifference(got[i], want[i]); at >= 0 {
			t.Fatalf("%v: element %d,%d of %s: %v, want %v", c, at/c.strides[i], at%c.strides[i], name, got[i][at], want[i][at])
		}
	}
}

func everywhere(i, j int) bool { return true }
func above(i, j int) bool      { return i <= j }
func below(i, j int) bool      { return i >= j }

func alone(g *Product)   { g.Run(1) }
func several(g *Product) { g.Run(3) }

var bools = []bool{false, true}

// TestRun goes through every remainder of the tiles in m and n, with everything else drawn
// at random.
func TestRun(t *testing.T) {
	factors := []float64{0, 1, -0.7}
	pick := func(r *rand.Rand) float64 { return factors[r.IntN(len(factors))] }
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for m := range 27 {
			for n := range 51 {
				for trans := range 4 {
					if UnderRace && r.IntN(16) > 0 {
						continue // it is slow
					}
					newTestCase(r, trans&1 > 0, trans&2 > 0, m, n, r.IntN(21), pick(r), pick(r)).check(t, alone, everywhere)
				}
			}
		}
	})
}

// TestRunBlocks goes across the edges of the blocks, on one worker and on several.
func TestRunBlocks(t *testing.T) {
	shapes := [][3]int{
		{47, 70, 40}, {48, 71, 41}, {49, 96, 33}, {97, 30, 129}, // rows, packed and not
		{33, 26, 255}, {33, 26, 256}, {33, 27, 257}, {70, 50, 258}, {40, 25, 513}, // depth
		{5, 1031, 3}, {20, 1033, 4}, {3, 2100, 2}, {40, 1047, 9}, // columns
		{1, 1, 3000}, {1, 700, 70}, {700, 1, 70}, {2, 100, 300}, {1000, 13, 2},
		{130, 129, 128}, {256, 64, 130}, {150, 385, 60}, // enough for several workers
	}
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(3, 4))
		for i, s := range shapes {
			c := newTestCase(r, i&1 > 0, i&2 > 0, s[0], s[1], s[2], []float64{1, -0.7}[r.IntN(2)], []float64{0, 1, -0.7}[r.IntN(3)])
			c.check(t, alone, everywhere)
			c.check(t, several, everywhere)
		}
	})
}

func TestRunTriangle(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(5, 6))
		sizes := []int{0, 1, 2, 5, 270, 130, 99} // 270: beyond directStride
		if !UnderRace {                          // which is slow
			for n := range 60 {
				sizes = append(sizes, n)
			}
		}
		for i, n := range sizes {
			for _, upper := range bools {
				k := []int{1 + r.IntN(20), 126 + r.IntN(6), 254 + r.IntN(6), 510 + r.IntN(6)}[i%4]
				c := newTestCase(r, r.IntN(2) > 0, r.IntN(2) > 0, n, n, k, []float64{0, 1, -0.7}[r.IntN(3)], []float64{0, 1, -0.7}[r.IntN(3)])
				in := below
				if upper {
					in = above
				}
				c.check(t, func(g *Product) { g.RunTriangle(upper, false, 1) }, in)
				c.check(t, func(g *Product) { g.RunTriangle(upper, false, 3) }, in)

				// Aᵀ times A, or A times Aᵀ
				c = newTestCase(r, !c.tB, c.tB, n, n, k, c.g.Alpha, c.g.Beta)
				c.operands[0], c.strides[0] = c.operands[1], c.strides[1]
				c.check(t, func(g *Product) { g.RunTriangle(upper, true, 1) }, in)
				c.check(t, func(g *Product) { g.RunTriangle(upper, true, 3) }, in)
			}
		}
	})
}

// TestRunStream writes past the caches.
func TestRunStream(t *testing.T) {
	const m, n, k = streamFrom/1000 + 3, 1000, 3
	r := rand.New(rand.NewPCG(7, 8))
	g := Product{
		M: m, N: n, K: k, Alpha: 1,
		A: kerneltest.Rand(r, m*k), ARS: k, AKS: 1,
		B: kerneltest.Rand(r, k*n), BKS: n, BCS: 1,
		C: make([]float64, m*n), LDC: n,
	}
	kerneltest.EachLevel(t, func(t *testing.T) {
		for i := range g.C {
			g.C[i] = math.NaN()
		}
		g.Run(0)
		row := g
		row.M, row.C = 1, make([]float64, n)
		for i := 0; i < m; i += 1 + r.IntN(7) {
			row.A = g.A[i*k:]
			row.Generic(everywhere)
			if j := kerneltest.FirstDifference(g.C[i*n:][:n], row.C); j >= 0 {
				t.Fatalf("C[%d,%d] = %v, want %v", i, j, g.C[i*n+j], row.C[j])
			}
		}
	})
}

// TestGeneric checks the reference by hand and against gonum.
func TestGeneric(t *testing.T) {
	g := Product{
		M: 2, N: 2, K: 3, Alpha: 2, Beta: -1,
		A: []float64{1, 2, 3, 4, 5, 6}, ARS: 3, AKS: 1,
		B: []float64{1, 0, -1, 2, 1, 0}, BKS: 1, BCS: 3, // transposed
		C: []float64{1, 2, 3, 4}, LDC: 2,
	}
	g.Generic(everywhere)
	if want := []float64{-5, 6, -7, 22}; !slices.Equal(g.C, want) {
		t.Errorf("got %v, want %v", g.C, want)
	}
	// (1+2⁻³⁰)² − 1, which two roundings lose the end of
	g = Product{M: 1, N: 1, K: 1, Alpha: 1, Beta: 1, A: []float64{1 + 0x1p-30}, B: []float64{1 + 0x1p-30}, C: []float64{-1}}
	g.Generic(everywhere)
	if want := 0x1p-29 + 0x1p-60; g.C[0] != want {
		t.Errorf("got %v, want %v", g.C[0], want)
	}

	r := rand.New(rand.NewPCG(9, 10))
	transposes := map[bool]blas.Transpose{false: blas.NoTrans, true: blas.Trans}
	for i := range 80 {
		const alpha, beta = 1.5, -0.7
		c := newTestCase(r, i&1 > 0, i&2 > 0, 1+r.IntN(9), 1+r.IntN(9), 1+r.IntN(20), alpha, beta)
		g := c.product([3][]float64{c.operands[0].V, c.operands[1].V, c.operands[2].V})
		size, want := slices.Clone(g.C), slices.Clone(g.C)
		for i := range g.M {
			for j := range g.N {
				e := &size[i*g.LDC+j]
				*e = math.Abs(beta * *e)
				for p := range g.K {
					*e += math.Abs(alpha * g.A[i*g.ARS+p*g.AKS] * g.B[p*g.BKS+j*g.BCS])
				}
			}
		}
		gonum.Implementation{}.Dgemm(transposes[c.tA], transposes[c.tB], g.M, g.N, g.K, alpha, g.A, c.strides[0], g.B, c.strides[1], beta, want, g.LDC)
		g.Generic(everywhere)
		for i := range g.M {
			for j := range g.N {
				at := i*g.LDC + j
				tol := 2 * float64(g.K+2) * 0x1p-53 * size[at] // the bound of each
				if !kerneltest.Close(g.C[at], want[at], tol) {
					t.Fatalf("%v: C[%d,%d] = %v, gonum has %v", c, i, j, g.C[at], want[at])
				}
			}
		}
	}
}

// TestRunSpecial puts values of every kind into each operand.
func TestRunSpecial(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(11, 12))
		special := kerneltest.Special()
		factors := append(slices.Clone(special), 1, 1, 1, 1, 1, 1)
		for i := range 300 {
			c := newTestCase(r, i&1 > 0, i&2 > 0, 1+r.IntN(14), 1+r.IntN(30), 1+r.IntN(9),
				factors[r.IntN(len(factors))], factors[r.IntN(len(factors))])
			for i, o := range c.operands {
				for range r.IntN(4) {
					at := r.IntN(len(o.V))
					if math.Float64bits(o.V[at]) != uint64(guards[i]) {
						o.V[at] = special[r.IntN(len(special))]
					}
				}
			}
			c.check(t, alone, everywhere)
		}
	})
}

func TestRunPageEnd(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(13, 14))
		for i := range 200 {
			c := newTestCase(r, i&1 > 0, i&2 > 0, 1+r.IntN(20), 1+r.IntN(50), 1+r.IntN(9), []float64{1, -0.7}[i>>2&1], []float64{0, 1}[i>>3&1])
			var got, want [3][]float64
			for i, o := range c.operands {
				got[i], want[i] = kerneltest.PageEnd(t, o.V), slices.Clone(o.V)
			}
			c.product(got).Run(1)
			c.product(want).Generic(everywhere)
			if at := kerneltest.FirstDifference(got[2], want[2]); at >= 0 {
				t.Fatalf("%v: element %d of C: %v, want %v", c, at, got[2][at], want[2][at])
			}
		}
	})
}

func TestRunAllocs(t *testing.T) {
	if UnderRace {
		t.Skip("the race detector makes sync.Pool forget")
	}
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(15, 16))
		for _, tB := range bools {
			c := newTestCase(r, false, tB, 60, 60, 70, 1, 0)
			g := c.product([3][]float64{c.operands[0].V, c.operands[1].V, c.operands[2].V})
			if n := testing.AllocsPerRun(10, func() { g.Run(1) }); n != 0 {
				t.Errorf("Run: %v allocations", n)
			}
			if n := testing.AllocsPerRun(10, func() { g.RunTriangle(tB, false, 1) }); n != 0 {
				t.Errorf("RunTriangle: %v allocations", n)
			}
		}
	})
}

func FuzzRun(f *testing.F) {
	f.Add([]byte("rapidhgn"), uint8(0), uint8(5), uint8(13), uint8(7), 1.0, 0.0)
	f.Add([]byte{0x3f, 0xf0, 0, 0, 0, 0, 0, 1, 0x7f}, uint8(3), uint8(9), uint8(40), uint8(70), -0.7, 1.0)
	f.Fuzz(func(t *testing.T, bits []byte, trans, m, n, k uint8, alpha, beta float64) {
		r := rand.New(rand.NewPCG(uint64(m), uint64(n)))
		for _, l := range simd.Available() {
			old := simd.SetActive(l)
			c := &testCase{tA: trans&1 > 0, tB: trans&2 > 0, g: Product{M: int(m), N: int(n), K: int(k), Alpha: alpha, Beta: beta}}
			values := func(i, rows, cols, stride int) []float64 {
				return floatsOf(bits[i*len(bits)/4:], max(0, (rows-1)*stride+cols))
			}
			c.fill(r, values, 4)
			c.check(t, alone, everywhere)
			simd.SetActive(old)
		}
	})
}

// floatsOf makes n numbers of the raw bits, over and over.
func floatsOf(bits []byte, n int) []float64 {
	x := make([]float64, n)
	if len(bits) == 0 {
		return x
	}
	next := 0
	for i := range x {
		var b uint64
		for range 8 {
			b = b<<8 | uint64(bits[next%len(bits)])
			next++
		}
		x[i] = math.Float64frombits(b)
	}
	return x
}
