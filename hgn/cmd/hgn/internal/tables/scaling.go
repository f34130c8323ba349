package tables

import (
	"math"
	"runtime"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/system"
)

var scalingColumns = []string{"against", "value", "model", "rows", "columns", "seconds", "MB allocated", "slope"}

// scaling times training against samples, bodies and features.
func scaling(r *runner, t *Table) error {
	t.picture = picture{kind: lines, y: "seconds of training"}
	lattice := func(n int) (*system.System, error) { return system.Lattice(spring, system.Free, 1, n, n, n) }
	type point struct{ value, bodies, samples, features int }
	for _, c := range []struct {
		against string
		network bool
		points  []point
	}{
		{"samples", false, pick(r, []point{{100, 2, 100, 64}, {400, 2, 400, 64}}, []point{{500, 2, 500, 64}, {1000, 2, 1000, 64}, {2000, 2, 2000, 64}, {4000, 2, 4000, 64}, {8000, 2, 8000, 64}})},
		{"bodies", false, pick(r, []point{{8, 2, 20, 64}, {64, 4, 20, 64}, {512, 8, 20, 64}}, []point{{64, 4, 50, 64}, {512, 8, 50, 64}, {4096, 16, 50, 64}, {9261, 21, 50, 64}})},
		{"features", false, pick(r, []point{{64, 2, 200, 64}, {128, 2, 200, 128}}, []point{{64, 4, 200, 64}, {128, 4, 200, 128}, {256, 4, 200, 256}, {512, 4, 200, 512}})},
		{"features", true, pick(r, []point{{32, 2, 50, 32}, {64, 2, 50, 64}}, []point{{64, 2, 200, 64}, {128, 2, 200, 128}, {256, 2, 200, 256}, {512, 2, 200, 512}})},
	} {
		name := "default"
		if c.network {
			name = "frame"
		}
		var x, y []float64
		for _, p := range c.points {
			if err := r.tell("scaling: %s against %s, %d", name, c.against, p.value); err != nil {
				return err
			}
			s, err := lattice(p.bodies)
			if err != nil {
				return err
			}
			data, err := states(r.ctx, s, 1, p.samples, 0.1, 0.1)
			if err != nil {
				return err
			}
			o := hgn.Options{Graph: s.Graph, Features: p.features, Workers: r.Workers, Seed: r.Seed}
			if c.network {
				o.Encoding, o.NodeFeatures = hgn.LocalFrame, p.features
			}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			_, report, err := hgn.Train(r.ctx, data, o)
			if err != nil {
				return err
			}
			runtime.ReadMemStats(&after)
			seconds := report.Seconds
			o.Repeat = 2
			if _, report, err = hgn.Train(r.ctx, data, o); err != nil {
				return err
			}
			seconds = min(seconds, report.Seconds)
			x, y = append(x, float64(p.value)), append(y, seconds)
			t.add(c.against, p.value, name, report.Rows, report.Features, seconds, float64(after.TotalAlloc-before.TotalAlloc)/1e6, math.NaN())
			t.picture.point(c.against, name, float64(p.value), seconds)
			t.picture.panel(c.against).x = "number of " + c.against
		}
		t.Rows[len(t.Rows)-1][7] = Number(slope(x, y))
	}
	t.note("Slopes are those of log seconds over log value, fitted to the last three sizes of each. Memory is all that training allocated, the states themselves not counted; the least of three trainings is timed.")
	return nil
}

// slope is that of log y over log x, of the last three points.
func slope(x, y []float64) float64 {
	x, y = x[max(0, len(x)-3):], y[max(0, len(y)-3):]
	var mx, my, xx, xy float64
	for i := range x {
		mx += math.Log(x[i]) / float64(len(x))
		my += math.Log(y[i]) / float64(len(x))
	}
	for i := range x {
		d := math.Log(x[i]) - mx
		xx += d * d
		xy += d * (math.Log(y[i]) - my)
	}
	return xy / xx
}
