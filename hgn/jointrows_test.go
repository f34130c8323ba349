package hgn

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/rapidhgn/rapidhgn/kernels/lsq"
)

// What a joint training allocates, the edges by body among it, is proportional to the number
// of bodies of a frame, however many units these make.
func TestJointAllocations(t *testing.T) {
	perBody := func(bodies int) float64 {
		g := &Graph{Nodes: bodies}
		f := &Frame{Dim: 1, Species: make([]int, bodies)}
		r := rand.New(rand.NewPCG(3, 3))
		for i := range bodies {
			v := r.NormFloat64()
			f.Mass, f.Q, f.P = append(f.Mass, 1), append(f.Q, float64(i)+0.2*r.Float64()), append(f.P, v)
			f.QDot, f.PDot = append(f.QDot, v), append(f.PDot, r.NormFloat64())
			if i > 0 {
				g.Senders, g.Receivers = append(g.Senders, int32(i-1)), append(g.Receivers, int32(i))
			}
		}
		o := Options{Graph: g, Damping: SpeciesDamping, Features: 4, NodeFeatures: 4, Workers: 1}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		train(t, Frames{f}, o)
		runtime.ReadMemStats(&after)
		return float64(after.TotalAlloc-before.TotalAlloc) / float64(bodies)
	}
	few, many := perBody(4000), perBody(40000)
	t.Logf("%.0f and %.0f bytes per body", few, many)
	if !(many <= 1.2*few) {
		t.Errorf("%.0f bytes per body of 40000, %.0f of 4000", many, few)
	}
}

// The equations that a worker holds at a time are no more than a chunk, also in a series.
func TestJointUnits(t *testing.T) {
	for _, series := range []Series{NoSeries, Trapezoid, Boole} {
		for _, bodies := range []int{8, 3000} {
			for _, many := range []int{6, 40} {
				fit := &jointFit{opt: &Options{Series: series}, layout: jointLayout{width: 50}}
				frames := make([]jointFrame, many)
				for i := range frames {
					frames[i].Frame = &Frame{Dim: 3, Step: int64(i), Mass: make([]float64, bodies), Species: make([]int, bodies)}
				}
				units := fit.units(frames)
				rows, covered := int64(6*bodies*(many-fit.opt.frames()+1)), int64(0)
				for _, u := range units {
					own := 6 * len(u.starts) * (u.hi - u.lo)
					if most := lsq.ChunkRows(50); own > most {
						t.Errorf("%v, %d bodies: %d equations at a time, more than %d", series, bodies, own, most)
					}
					covered += int64(own)
				}
				if covered != rows || fit.rows != rows || fit.chunk < int64(len(units)) {
					t.Errorf("%v, %d bodies: %d equations in units, %d counted, want %d", series, bodies, covered, fit.rows, rows)
				}
			}
		}
	}
}
