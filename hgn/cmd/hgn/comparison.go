package main

import (
	"context"
	"math"
	"slices"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/system"
)

// A comparison follows three motions of one system from one state: by the learned
// forces, by the true ones with the same integrator and steps, and by the true ones
// with steps refinement times shorter, which stands for the exact motion. The
// difference of the last two is the error of the integrator.
type comparison struct {
	system *system.System
	start  *hgn.Frame
	dt     float64
	steps  int
	table  int // cells of the tabulated potential of the learned motion

	learned, true, exact motionRecord
}

// A motionRecord is a motion at every comparison.stride-th step after the start,
// and the relative error of its energy, |H(t) − H(0)| over the kinetic energy at 0,
// by the true energy.
type motionRecord struct {
	q      [][]float64
	energy []float64 // H(t) − H(0), signed
}

const (
	refinement = 10
	stride     = 5
)

// work is the number of steps of all three motions.
func (c *comparison) work() int64 { return int64(c.steps) * (2 + refinement) }

// run makes the motions; tick is called after every step. The report is that of the
// learned one.
func (c *comparison) run(ctx context.Context, m *hgn.Model, workers int, tick func()) (*hgn.RolloutReport, error) {
	h0, err := c.system.Energy(c.start.Q, c.start.P)
	if err != nil {
		return nil, err
	}
	kinetic := 0.0
	for i, p := range c.start.P {
		kinetic += p * p / (2 * c.start.Mass[i/c.start.Dim])
	}
	record := func(r *motionRecord, q, p []float64) error {
		h, err := c.system.Energy(q, p)
		if err != nil {
			return err
		}
		r.q = append(r.q, slices.Clone(q))
		r.energy = append(r.energy, (h-h0)/kinetic)
		return nil
	}
	due := func(step int) bool { return step > 0 && step%stride == 0 }
	report, err := m.Rollout(ctx, c.start, hgn.RolloutOptions{
		Graph: c.system.Graph, DT: c.dt, Steps: c.steps, Table: c.table, Workers: workers,
		Due:     func(step int) bool { tick(); return due(step) },
		Observe: func(_ int, f *hgn.Frame) error { return record(&c.learned, f.Q, f.P) },
	})
	if err != nil {
		return nil, err
	}
	for _, motion := range []struct {
		record  *motionRecord
		shorter int
	}{{&c.true, 1}, {&c.exact, refinement}} {
		q, p := slices.Clone(c.start.Q), slices.Clone(c.start.P)
		n := motion.shorter
		err := hgn.Verlet(ctx, c.system, q, p, c.dt/float64(n), c.steps*n, func(step int) error {
			tick()
			if step%n != 0 || !due(step/n) {
				return nil
			}
			return record(motion.record, q, p)
		})
		if err != nil {
			return nil, err
		}
	}
	return report, nil
}

// positionMSE is the mean squared difference, over all coordinates, between the
// learned and the true motion at the end.
func (c *comparison) positionMSE() float64 {
	last := len(c.learned.q) - 1
	return meanSquare(c.learned.q[last], c.true.q[last])
}

// meanSquare is the mean of (x − y)².
func meanSquare(x, y []float64) float64 {
	sum := 0.0
	for i := range x {
		d := x[i] - y[i]
		sum = math.FMA(d, d, sum)
	}
	return sum / float64(len(x))
}

// times are those of the records.
func (c *comparison) times() []float64 {
	t := make([]float64, len(c.learned.q))
	for i := range t {
		t[i] = float64((i+1)*stride) * c.dt
	}
	return t
}

// distance is the root mean square difference of two motions at each time.
func distance(a, b *motionRecord) []float64 {
	d := make([]float64, len(a.q))
	for i := range d {
		d[i] = math.Sqrt(meanSquare(a.q[i], b.q[i]))
	}
	return d
}

// energyDistance is the difference of the energies of two motions at each time.
func energyDistance(a, b *motionRecord) []float64 {
	d := make([]float64, len(a.energy))
	for i := range d {
		d[i] = math.Abs(a.energy[i] - b.energy[i])
	}
	return d
}
