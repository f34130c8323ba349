package sparse

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
	"github.com/rapidhgn/rapidhgn/internal/simd"
	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

func normal(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	return x
}

// Against the definition, to rounding, with the same bits at every level.
func TestContract(t *testing.T) {
	for _, size := range []struct{ n, k int }{{0, 3}, {3, 0}, {1, 1}, {7, 5}, {130, 64}, {500, 67}, {3, 9000}} {
		r := rand.New(rand.NewPCG(41, 42))
		x, w, b, a := normal(r, size.n), normal(r, size.k), normal(r, size.k), normal(r, size.k)
		var values, slopes []float64
		kerneltest.EachLevel(t, func(t *testing.T) {
			value := kerneltest.NewGuarded(normal(r, size.n), 1, kerneltest.Sentinel)
			slope := kerneltest.NewGuarded(normal(r, size.n), 5, kerneltest.Sentinel)
			Contract(value.V, slope.V, x, w, b, a, dense.Tanh)
			value.Check(t, "value")
			slope.Check(t, "slope")
			for e, xe := range x {
				var v, s, bound float64
				for k := range w {
					f := math.Tanh(math.FMA(w[k], xe, b[k]))
					v += a[k] * f
					s += a[k] * w[k] * (1 - f) * (1 + f)
					bound += math.Abs(a[k]) * (1 + math.Abs(w[k]))
				}
				tol := float64(size.k+8) * 0x1p-52 * bound
				if !kerneltest.Close(value.V[e], v, tol) || !kerneltest.Close(slope.V[e], s, tol) {
					t.Fatalf("%+v: %v and %v at %d, want %v and %v", size, value.V[e], slope.V[e], e, v, s)
				}
			}
			if values == nil {
				values, slopes = slices.Clone(value.V), slices.Clone(slope.V)
			} else if !slices.Equal(values, value.V) || !slices.Equal(slopes, slope.V) {
				t.Fatalf("%+v: other bits than at the lowest level", size)
			}
		})
	}
}

func TestContractPanics(t *testing.T) {
	x, k := make([]float64, 4), make([]float64, 3)
	v := func() []float64 { return make([]float64, 4) }
	same := v()
	for _, c := range []struct {
		want string
		call func()
	}{
		{badCoefficients, func() { Contract(v(), v(), x, k, k[:2], k, dense.Tanh) }},
		{badValues, func() { Contract(v(), v()[:3], x, k, k, k, dense.Tanh) }},
		{overlapInput, func() { Contract(x, v(), x, k, k, k, dense.Tanh) }},
		{overlapResult, func() { Contract(same, same, x, k, k, k, dense.Tanh) }},
		{"dense: unknown activation", func() { Contract(v(), v(), x, k, k, k, 0) }},
	} {
		t.Run(c.want, func(t *testing.T) {
			defer func() {
				if got := recover(); got != c.want {
					t.Errorf("panic %v, want %q", got, c.want)
				}
			}()
			c.call()
		})
	}
}

func TestContractAllocs(t *testing.T) {
	r := rand.New(rand.NewPCG(43, 44))
	x, w := normal(r, 300), normal(r, 64)
	value, slope := make([]float64, 300), make([]float64, 300)
	if n := testing.AllocsPerRun(20, func() { Contract(value, slope, x, w, w, w, dense.Gaussian) }); n >= 1 && !simd.Race {
		t.Errorf("%v allocations", n)
	}
}

func ExampleContract() {
	// V(x) = 2 tanh(x) at two points, and V′.
	v, v1 := make([]float64, 2), make([]float64, 2)
	Contract(v, v1, []float64{0, 1}, []float64{1}, []float64{0}, []float64{2}, dense.Tanh)
	fmt.Printf("%.4f %.4f\n", v, v1)
	// Output: [0.0000 1.5232] [2.0000 0.8399]
}

func BenchmarkContract(b *testing.B) {
	const edges, k = 10000, 64
	r := rand.New(rand.NewPCG(45, 46))
	x, w, bias, a := normal(r, edges), normal(r, k), normal(r, k), normal(r, k)
	value, slope := make([]float64, edges), make([]float64, edges)
	for _, l := range simd.Available() {
		b.Run(fmt.Sprintf("edges=%d/k=%d/level=%v", edges, k, l), func(b *testing.B) {
			defer simd.SetActive(simd.SetActive(l))
			b.ReportAllocs()
			for b.Loop() {
				Contract(value, slope, x, w, bias, a, dense.Gaussian)
			}
			b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N)/(edges*k), "ns/element")
		})
	}
}
