package lsq

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// bestRate runs f, which takes flops operations, b.N times and reports the rate of the
// fastest run and its part of what multiply-adds alone reach in the same minute: on a
// machine that others use as well, the mean says more about them.
func bestRate(b *testing.B, flops float64, f func()) {
	best, peak := math.Inf(1), 0.0
	for i := 0; b.Loop(); i++ {
		if i%16 == 0 {
			peak = max(peak, roof())
		}
		start := time.Now()
		f()
		best = min(best, time.Since(start).Seconds())
	}
	rate := flops / best / 1e9
	b.ReportMetric(rate, "best-GFLOP/s")
	if peak > 0 {
		b.ReportMetric(100*rate/peak, "%peak")
	}
}

// BenchmarkKernels runs each kernel on a panel of nv reflectors and 24 columns, or a leaf.
func BenchmarkKernels(b *testing.B) {
	const na, gap = 24, 8
	for _, k := range kernels {
		for _, h := range []int{8, 192, 384} {
			for _, nv := range []int{8, 24} {
				for _, l := range simd.Available() {
					b.Run(fmt.Sprintf("%s/h=%d/nv=%d/level=%v", k.name, h, nv, l), func(b *testing.B) {
						defer simd.SetActive(simd.SetActive(l))
						r := rand.New(rand.NewPCG(1, 2))
						in, out := k.new(h, nv, na, gap, func() float64 { return 1e-3 * r.NormFloat64() })
						flops := 2 * float64(h*nv*na)
						if k.name == "qrLeaf" { // pass 0 or 2
							flops = 2 * float64(h) * []float64{8, 0, 10}[nv/8-1]
						}
						bestRate(b, 16*flops, func() {
							for range 16 {
								k.kinds[0](h, nv, na, gap, in, out)
							}
						})
					})
				}
			}
		}
	}
}
