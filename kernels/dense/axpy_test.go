package dense

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

func TestAxpy(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for _, n := range kerneltest.Lengths() {
			for off := range 8 {
				alpha := r.NormFloat64()
				x0, y0 := kerneltest.Rand(r, n), kerneltest.Rand(r, n)
				x := kerneltest.NewGuarded(x0, off, kerneltest.NaN)
				y := kerneltest.NewGuarded(y0, 3*off%8, kerneltest.Sentinel)
				Axpy(alpha, x.V, y.V)
				x.Check(t, "x")
				y.Check(t, "y")
				if !slices.Equal(x.V, x0) {
					t.Fatalf("n=%d off=%d: x was modified", n, off)
				}
				want := slices.Clone(y0)
				axpyGeneric(alpha, x0, want)
				if i := kerneltest.FirstDifference(y.V, want); i >= 0 {
					t.Fatalf("n=%d off=%d: y[%d] = %v, want %v", n, off, i, y.V[i], want[i])
				}
			}
		}
	})
}

func TestAxpyGeneric(t *testing.T) {
	y := []float64{1, 2, 3, 4, 5}
	axpyGeneric(-2, []float64{1, 0, 3, 0.5, 5}, y)
	if want := []float64{-1, 2, -3, 3, -5}; !slices.Equal(y, want) {
		t.Errorf("got %v, want %v", y, want)
	}
	y = []float64{-1} // (1+2⁻³⁰)² − 1, which two roundings lose the end of
	axpyGeneric(1+0x1p-30, []float64{1 + 0x1p-30}, y)
	if want := 0x1p-29 + 0x1p-60; y[0] != want {
		t.Errorf("got %v, want %v", y[0], want)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for _, n := range kerneltest.Lengths() {
		x, y := kerneltest.Rand(r, n), kerneltest.Rand(r, n)
		want := slices.Clone(y)
		floats.AddScaled(want, 1.5, x)
		size := slices.Clone(y)
		axpyGeneric(1.5, x, y)
		for i := range y {
			tol := 0x1p-52 * (math.Abs(1.5*x[i]) + math.Abs(size[i])) // one rounding against two
			if !kerneltest.Close(y[i], want[i], tol) {
				t.Fatalf("n=%d: y[%d] = %v, gonum has %v", n, i, y[i], want[i])
			}
		}
	}
}

func TestAxpySpecial(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		special := kerneltest.Special()
		for _, n := range []int{1, 7, 8, 33, 53} {
			for i := range n {
				for _, alpha := range append(special, 1.5) {
					for _, a := range special {
						for _, b := range special {
							x, y := make([]float64, n), make([]float64, n)
							x[i], y[i] = a, b
							want := slices.Clone(y)
							axpyGeneric(alpha, x, want)
							Axpy(alpha, x, y)
							if k := kerneltest.FirstDifference(y, want); k >= 0 {
								t.Fatalf("n=%d, alpha=%v, x[%d]=%v, y[%d]=%v: y[%d] = %v, want %v",
									n, alpha, i, a, i, b, k, y[k], want[k])
							}
						}
					}
				}
			}
		}
	})
}

func TestAxpyPageEnd(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(7, 8))
		for _, n := range kerneltest.Lengths() {
			x, y := kerneltest.PageEnd(t, kerneltest.Rand(r, n)), kerneltest.PageEnd(t, kerneltest.Rand(r, n))
			want := slices.Clone(y)
			axpyGeneric(0.3, x, want)
			Axpy(0.3, x, y)
			if !slices.Equal(y, want) {
				t.Fatalf("n=%d: differs from the reference", n)
			}
		}
	})
}

func TestAxpyAlias(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		for _, n := range kerneltest.Lengths() {
			x := kerneltest.Rand(rand.New(rand.NewPCG(9, 10)), n)
			want := slices.Clone(x)
			axpyGeneric(0.7, slices.Clone(x), want)
			Axpy(0.7, x, x)
			if !slices.Equal(x, want) {
				t.Fatalf("n=%d: x += 0.7·x differs from the reference", n)
			}
		}
	})
}

func TestAxpyPanics(t *testing.T) {
	y := []float64{1, 2, 3}
	mustPanic(t, "dense: len(x) != len(y)", func() { Axpy(2, []float64{1, 1, 1, 1}, y) })
	mustPanic(t, "dense: len(x) != len(y)", func() { Axpy(2, []float64{1, 1}, y) })
	if !slices.Equal(y, []float64{1, 2, 3}) {
		t.Errorf("y was written before the panic: %v", y)
	}
}

func TestAxpyAllocs(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		var x, y [100]float64
		if n := testing.AllocsPerRun(10, func() { Axpy(0.5, x[:], y[:]) }); n != 0 {
			t.Errorf("%v allocations", n)
		}
	})
}

func FuzzAxpy(f *testing.F) {
	f.Add([]byte("rapidhgn"), 0.5, uint8(3), uint8(70))
	f.Fuzz(func(t *testing.T, bits []byte, alpha float64, off, n uint8) {
		values := floatsOf(bits, 2*int(n))
		want := slices.Clone(values[n:])
		axpyGeneric(alpha, values[:n], want)
		for _, l := range simd.Available() {
			x := kerneltest.NewGuarded(values[:n], int(off), kerneltest.NaN)
			y := kerneltest.NewGuarded(values[n:], int(off)/8, kerneltest.Sentinel)
			old := simd.SetActive(l)
			Axpy(alpha, x.V, y.V)
			simd.SetActive(old)
			x.Check(t, "x")
			y.Check(t, "y")
			if i := kerneltest.FirstDifference(y.V, want); i >= 0 {
				t.Fatalf("level=%v: y[%d] = %v, want %v", l, i, y.V[i], want[i])
			}
		}
	})
}

func BenchmarkAxpy(b *testing.B) {
	for _, n := range []int{24, 384, 1e4, 1e6} { // a short reflector, a block's column, L2, memory
		x := kerneltest.Rand(rand.New(rand.NewPCG(1, 1)), n)
		y := kerneltest.Rand(rand.New(rand.NewPCG(2, 2)), n)
		run := func(name string, axpy func(alpha float64, x, y []float64)) {
			b.Run(fmt.Sprintf("n=%d/%s", n, name), func(b *testing.B) {
				b.SetBytes(int64(3 * 8 * n)) // read x, read y, write y
				b.ReportAllocs()
				for b.Loop() {
					axpy(1e-9, x, y)
				}
				b.ReportMetric(2*float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
		run("impl=gonum", func(alpha float64, x, y []float64) { floats.AddScaled(y, alpha, x) })
		eachLevel(func(l simd.Level) { run("level="+l.String(), Axpy) })
	}
}
