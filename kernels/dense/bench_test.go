package dense

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/simd"
)

func BenchmarkFeatures(b *testing.B) {
	shapes := []struct{ n, d, m int }{
		{64, 1, 64},   // edges in a rollout
		{384, 1, 16},  // nodes
		{384, 1, 64},  // edges in training
		{384, 3, 64},  // layers of a frame
		{384, 16, 64}, //
		{1e5, 16, 256},
	}
	for _, s := range shapes {
		r := rand.New(rand.NewPCG(1, 2))
		matrix := func(rows, cols int) blas64.General {
			a := blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: make([]float64, rows*cols)}
			for i := range a.Data {
				a.Data[i] = 4 * (2*r.Float64() - 1) / math.Sqrt(float64(cols))
			}
			return a
		}
		x, w, bias := matrix(s.n, s.d), matrix(s.m, s.d), matrix(1, s.m).Data
		dst, grad := matrix(s.n, s.m), matrix(s.n, s.m)
		for _, act := range []Activation{Tanh, Gaussian, Sin} {
			for _, withGrad := range []bool{false, true} {
				eachLevel(func(level simd.Level) {
					name := fmt.Sprintf("n=%d/d=%d/m=%d/act=%v/grad=%v/level=%v", s.n, s.d, s.m, act, withGrad, level)
					b.Run(name, func(b *testing.B) {
						outputs := 1
						if withGrad {
							outputs = 2
						}
						b.SetBytes(int64(8 * (s.n*s.d + s.m*s.d + s.m + outputs*s.n*s.m))) // read x, w, b, write dst, grad
						b.ReportAllocs()
						for b.Loop() {
							if withGrad {
								FeaturesGrad(dst, grad, x, w, bias, act)
							} else {
								Features(dst, x, w, bias, act)
							}
						}
						b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(s.n*s.m), "ns/element")
					})
				})
			}
		}
	}
}
