package roof

import (
	"fmt"
	"math"
	"testing"

	"github.com/rapidhgn/rapidhgn/internal/kerneltest"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

func TestFMA(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		if one, ten := FMA(1), FMA(10); one <= 0 || ten != 10*one {
			t.Errorf("1 round does %v operations, 10 rounds %v", one, ten)
		}
		if FMA(0) != FMA(1) {
			t.Error("0 rounds are not taken as one")
		}
	})
}

func TestCopy(t *testing.T) {
	dst := make([]float64, 2)
	if n := Copy(dst, []float64{1, 2}); n != 32 || dst[0] != 1 || dst[1] != 2 {
		t.Errorf("%v bytes, %v", n, dst)
	}
}

func TestRead(t *testing.T) {
	kerneltest.EachLevel(t, func(t *testing.T) {
		for _, n := range []int{0, 1, 63, 64, 65, 1<<14 + 130} {
			x := kerneltest.NewGuarded(make([]float64, n), 3, kerneltest.NaN)
			if got := Read(x.V); got != 8*float64(n) {
				t.Errorf("%d elements: %v bytes", n, got)
			}
			x.Check(t, "x")
		}
	})
	if got, want := readGeneric([]float64{1, 0, 0, 0, 2}), math.Float64bits(1)|math.Float64bits(2); got != want {
		t.Errorf("bits %x, want %x", got, want)
	}
}

func BenchmarkRead(b *testing.B) {
	for _, n := range []int{1e3, 1e4, 1e6, 1e7} { // L1, L2, L3, memory
		for _, l := range simd.Available() {
			b.Run(fmt.Sprintf("n=%d/level=%v", n, l), func(b *testing.B) {
				defer simd.SetActive(simd.SetActive(l))
				x := make([]float64, n)
				for i := range x {
					x[i] = float64(i)
				}
				b.SetBytes(int64(8 * n))
				for b.Loop() {
					Read(x)
				}
			})
		}
	}
}

func BenchmarkFMA(b *testing.B) {
	for _, l := range simd.Available() {
		b.Run("level="+l.String(), func(b *testing.B) {
			defer simd.SetActive(simd.SetActive(l))
			flops := 0.0
			for b.Loop() {
				flops += FMA(1000)
			}
			b.ReportMetric(flops/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}

func BenchmarkCopy(b *testing.B) {
	for _, n := range []int{1e3, 1e4, 1e6, 1e7} { // L1, L2, L3, memory
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			dst, src := make([]float64, n), make([]float64, n)
			for i := range src {
				src[i] = float64(i)
			}
			b.SetBytes(int64(16 * n)) // read src, write dst
			for b.Loop() {
				Copy(dst, src)
			}
		})
	}
}
