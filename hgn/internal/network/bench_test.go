package network

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// BenchmarkLoss is one gradient of all parameters for 32 states of a cube of 8 bodies:
// what bench/peers/torch_network.py times in PyTorch.
func BenchmarkLoss(b *testing.B) {
	for _, c := range []struct {
		name  string
		shape Shape
	}{
		{"invariant", Shape{Inputs: Invariant, Dim: 3, Node: 64, Edge: 64, Message: 64, EdgeReadout: true, Activation: dense.Gaussian}},
		{"frame", Shape{Inputs: Frame, Dim: 3, Node: 128, Edge: 128, Message: 128, Activation: dense.Softplus}},
	} {
		b.Run(fmt.Sprintf("states=32/features=%d/inputs=%s", c.shape.Node, c.name), func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 1))
			n := New(c.shape)
			for i := range n.Params() {
				n.Params()[i] = 0.2 * r.NormFloat64()
			}
			var all []*Sample
			for range 32 {
				e := &Encoder{Inputs: c.shape.Inputs, Dim: 3, Mass: []float64{1, 1, 1, 1, 1, 1, 1, 1}}
				var q, p []float64
				for i := range 8 {
					for a := range 3 {
						q = append(q, float64(i>>a&1)+0.15*(2*r.Float64()-1))
						p = append(p, r.NormFloat64())
						if i>>a&1 == 0 {
							e.Senders, e.Receivers = append(e.Senders, int32(i)), append(e.Receivers, int32(i|1<<a))
						}
					}
				}
				s := NewSample(e)
				if err := s.Encode(q, p); err != nil {
					b.Fatal(err)
				}
				s.Target = make([]float64, 48)
				all = append(all, s)
			}
			grad := make([]float64, len(n.Params()))
			var w Workspace
			b.ReportAllocs()
			for b.Loop() {
				n.Loss(&w, all, grad)
			}
		})
	}
}
