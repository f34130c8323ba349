package dense

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

func TestDot(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for _, n := range kerneltest.Lengths() {
			for off := range 8 {
				x0, y0 := kerneltest.Rand(r, n), kerneltest.Rand(r, n)
				x := kerneltest.NewGuarded(x0, off, kerneltest.NaN)
				y := kerneltest.NewGuarded(y0, 3*off%8, kerneltest.NaN)
				if got, want := Dot(x.V, y.V), dotGeneric(x0, y0); !kerneltest.Same(got, want) {
					t.Fatalf("n=%d off=%d: %v, want %v", n, off, got, want)
				}
				x.Check(t, "x")
				y.Check(t, "y")
				if !slices.Equal(x.V, x0) || !slices.Equal(y.V, y0) {
					t.Fatalf("n=%d off=%d: an input was modified", n, off)
				}
			}
		}
	})
}

// TestDotGeneric holds the reference to the documented bound against the exact sum, and to
// the documented order by a literal, slow transcription.
func TestDotGeneric(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, n := range append(kerneltest.Lengths(), 100_000) {
		x, y := kerneltest.Rand(r, n), kerneltest.Rand(r, n)
		got := dotGeneric(x, y)

		exact, size := new(big.Float).SetPrec(400), 0.0
		for i := range x {
			p := new(big.Float).SetPrec(400).SetFloat64(x[i])
			exact.Add(exact, p.Mul(p, big.NewFloat(y[i])))
			size += math.Abs(x[i] * y[i])
		}
		k := float64(n/32+8) * 0x1p-53
		bound := k / (1 - k) * size
		diff, _ := exact.Sub(exact, big.NewFloat(got)).Float64()
		if !(math.Abs(diff) <= bound) {
			t.Errorf("n=%d: error %g, bound %g", n, diff, bound)
		}

		var lane [32]float64
		for i := range x {
			lane[i%32] = math.FMA(x[i], y[i], lane[i%32])
		}
		v := func(j int) float64 { return (lane[j] + lane[j+8]) + (lane[j+16] + lane[j+24]) }
		want := ((v(0) + v(1)) + (v(2) + v(3))) + ((v(4) + v(5)) + (v(6) + v(7)))
		if got != want {
			t.Errorf("n=%d: %v, in the documented order %v", n, got, want)
		}
	}
	if got := dotGeneric([]float64{1, 2, 3}, []float64{4, -5, 6}); got != 12 {
		t.Errorf("(1,2,3)·(4,−5,6) = %v", got)
	}
	if got := dotGeneric(nil, nil); math.Float64bits(got) != 0 {
		t.Errorf("the empty sum is %v, want +0", got)
	}
}

func TestDotSpecial(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(5, 6))
		for _, n := range []int{1, 3, 5, 31, 33, 70} {
			x, y := kerneltest.Rand(r, n), kerneltest.Rand(r, n)
			for i := range n {
				for _, a := range kerneltest.Special() {
					for _, b := range append(kerneltest.Special(), y[i]) {
						oldX, oldY := x[i], y[i]
						x[i], y[i] = a, b
						if got, want := Dot(x, y), dotGeneric(x, y); !kerneltest.Same(got, want) {
							t.Fatalf("n=%d, x[%d]=%v, y[%d]=%v: %v, want %v", n, i, a, i, b, got, want)
						}
						x[i], y[i] = oldX, oldY
					}
				}
			}
		}
		// An accumulator of −0 must survive a tail that does not reach its lane.
		x, y := make([]float64, 33), make([]float64, 33)
		for i := range x {
			x[i], y[i] = -0x1p-1000, 0x1p-1000
		}
		if got := Dot(x, y); math.Float64bits(got) != math.Float64bits(dotGeneric(x, y)) {
			t.Fatalf("underflow to −0: %v, want %v", got, dotGeneric(x, y))
		}
	})
}

func TestDotPageEnd(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(7, 8))
		for _, n := range kerneltest.Lengths() {
			x, y := kerneltest.PageEnd(t, kerneltest.Rand(r, n)), kerneltest.PageEnd(t, kerneltest.Rand(r, n))
			if got, want := Dot(x, y), dotGeneric(x, y); !kerneltest.Same(got, want) {
				t.Fatalf("n=%d: %v, want %v", n, got, want)
			}
		}
	})
}

func TestDotAlias(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		x := kerneltest.Rand(rand.New(rand.NewPCG(9, 10)), 200)
		for shift := range 40 {
			a, b := x[:100], x[shift:shift+100]
			if got, want := Dot(a, b), dotGeneric(slices.Clone(a), slices.Clone(b)); got != want {
				t.Fatalf("shift=%d: %v, want %v", shift, got, want)
			}
		}
	})
}

func TestDotPanics(t *testing.T) {
	mustPanic(t, "dense: len(x) != len(y)", func() { Dot(make([]float64, 3), make([]float64, 4)) })
	mustPanic(t, "dense: len(x) != len(y)", func() { Dot(make([]float64, 4), nil) })
}

func TestDotAllocs(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		var x, y [100]float64
		if n := testing.AllocsPerRun(10, func() { Dot(x[:], y[:]) }); n != 0 {
			t.Errorf("%v allocations", n)
		}
	})
}

func FuzzDot(f *testing.F) {
	f.Add([]byte("rapidhgn"), uint8(3), uint8(70))
	f.Fuzz(func(t *testing.T, bits []byte, off, n uint8) {
		values := floatsOf(bits, 2*int(n))
		x := kerneltest.NewGuarded(values[:n], int(off), kerneltest.NaN)
		y := kerneltest.NewGuarded(values[n:], int(off)/8, kerneltest.NaN)
		want := dotGeneric(x.V, y.V)
		for _, l := range simd.Available() {
			old := simd.SetActive(l)
			got := Dot(x.V, y.V)
			simd.SetActive(old)
			if !kerneltest.Same(got, want) {
				t.Fatalf("level=%v: %v, want %v", l, got, want)
			}
		}
	})
}

func BenchmarkDot(b *testing.B) {
	for _, n := range []int{24, 384, 1e4, 1e6} { // a short reflector, a block's column, L2, memory
		x := kerneltest.Rand(rand.New(rand.NewPCG(1, 1)), n)
		y := kerneltest.Rand(rand.New(rand.NewPCG(2, 2)), n)
		run := func(name string, dot func(x, y []float64) float64) {
			b.Run(fmt.Sprintf("n=%d/%s", n, name), func(b *testing.B) {
				b.SetBytes(int64(2 * 8 * n)) // read x, read y
				b.ReportAllocs()
				for b.Loop() {
					dot(x, y)
				}
				b.ReportMetric(2*float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
		run("impl=gonum", floats.Dot)
		eachLevel(func(l simd.Level) { run("level="+l.String(), Dot) })
	}
}
