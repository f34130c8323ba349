package tables

import (
	"fmt"
	"math"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/system"
)

var zeroShotColumns = []string{"trained on", "moved", "potential", "bodies", "force error", "steps", "position MSE", "energy drift", "edges outside training"}

// zeroShot trains the default model on small systems and moves large ones.
func zeroShot(r *runner, t *Table) error {
	steps := pick(r, 50, 500)
	t.picture = picture{kind: bars, y: "position MSE after the last step"}
	side, plane, chain := pick(r, 8, 16), pick(r, 30, 100), pick(r, 1000, 10000)
	for _, c := range []struct {
		small, large        []int
		v                   system.Potential
		name                string
		limit               float64
		boundary, boundary2 system.Boundary
	}{
		{[]int{2, 2}, []int{plane, plane}, spring, "spring", 0, system.Free, system.Free},
		{[]int{3, 3}, []int{plane, plane}, spring, "spring", 0, system.Free, system.Free},
		{[]int{2, 2, 2}, []int{side, side, side}, spring, "spring", 1e-18, system.Free, system.Free},
		{[]int{2, 2, 2}, []int{side, side, side}, morse, "Morse", 1e-14, system.Free, system.Free},
		{[]int{2, 2, 2}, []int{side, side, side}, quartic, "quartic", 1e-14, system.Free, system.Free},
		{[]int{10}, []int{chain}, quartic, "quartic, fixed walls", 0, system.Walled, system.Walled},
		{[]int{10}, []int{chain}, spring, "spring, closed chain", 0, system.Closed, system.Closed},
	} {
		if err := r.tell("zero-shot: %v to %v, %s", c.small, c.large, c.name); err != nil {
			return err
		}
		small, err := system.Lattice(c.v, c.boundary, 1, c.small...)
		if err != nil {
			return err
		}
		large, err := system.Lattice(c.v, c.boundary2, 1, c.large...)
		if err != nil {
			return err
		}
		data, err := states(r.ctx, small, 1, pick(r, 100, 1000), 0.3, 0.1)
		if err != nil {
			return err
		}
		m, _, err := hgn.Train(r.ctx, data, hgn.Options{Graph: small.Graph, Periodic: small.Periodic, Workers: r.Workers, Seed: r.Seed})
		if err != nil {
			return err
		}
		q, p, err := large.Start(1e6, 0.05, 0.01)
		if err != nil {
			return err
		}
		start, err := observed(r.ctx, large, q, p)
		if err != nil {
			return err
		}
		one, err := m.Evaluate(r.ctx, hgn.Frames{start}, hgn.EvaluateOptions{Graph: large.Graph, Workers: r.Workers})
		if err != nil {
			return err
		}
		var end hgn.Frame
		const dt = 0.01
		report, err := m.Rollout(r.ctx, start, hgn.RolloutOptions{
			Graph: large.Graph, DT: dt, Steps: steps, Workers: r.Workers,
			Due:     func(step int) bool { return step == steps },
			Observe: func(_ int, f *hgn.Frame) error { end.CopyFrom(f); return nil },
		})
		if err != nil {
			return err
		}
		if err := hgn.Verlet(r.ctx, large, q, p, dt, steps, nil); err != nil {
			return err
		}
		mse := meanSquare(end.Q, q)
		t.add(sizes(c.small), sizes(c.large), c.name, len(large.Mass), one.Force, steps, mse, report.EnergyDrift, report.Extrapolated)
		t.picture.bar("position MSE", sizes(c.small)+" → "+sizes(c.large)+", "+c.name, math.Max(mse, 1e-40))
		if c.limit > 0 && !r.Quick {
			t.Bars = append(t.Bars, AtMost("2×2×2 → 16×16×16, 500 steps, "+c.name+": position MSE", mse, c.limit))
		}
	}
	t.note("Positions are compared with those of the true forces, integrated alike (Verlet, dt = 0.01). Training states are drawn at random; the paper reports 8 → 4096 bodies (reported, not measured).")
	return nil
}

// sizes shows the sizes of a lattice.
func sizes(n []int) string {
	s := ""
	for i, k := range n {
		if i > 0 {
			s += "×"
		}
		s += fmt.Sprint(k)
	}
	return s
}
