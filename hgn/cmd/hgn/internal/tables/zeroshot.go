package tables

import (
	"errors"
	"fmt"
	"math"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/system"
)

var zeroShotColumns = []string{"trained on", "moved", "potential", "bodies", "force error", "steps", "position MSE", "energy drift", "edges outside training"}

// A transfer is a small system that trains and a large one of the same kind.
type transfer struct {
	from, to     string
	name         string
	small, large *system.System
	xi           hgn.Xi
	widen        float64
	limit        float64 // of the position MSE, 0: none
}

// transfers lists those of the table.
func transfers(r *runner) ([]transfer, error) {
	side, plane, chain := pick(r, 8, 16), pick(r, 30, 100), pick(r, 1000, 10000)
	var all []transfer
	add := func(t transfer, from, to []int, build func(n ...int) (*system.System, error)) error {
		var err error
		if t.small, err = build(from...); err != nil {
			return err
		}
		if t.large, err = build(to...); err != nil {
			return err
		}
		t.from, t.to = sizes(from), sizes(to)
		all = append(all, t)
		return nil
	}
	lattice := func(v system.Potential, b system.Boundary) func(n ...int) (*system.System, error) {
		return func(n ...int) (*system.System, error) { return system.Lattice(v, b, 1, n...) }
	}
	displacements := func(v system.Potential) func(n ...int) (*system.System, error) {
		return func(n ...int) (*system.System, error) {
			s, err := lattice(v, system.Walled)(n...)
			if err != nil {
				return nil, err
			}
			return system.Displacements(s)
		}
	}
	ring := func(n ...int) (*system.System, error) { return system.Ring(spring, 1, n[0]) }
	return all, errors.Join(
		add(transfer{name: "spring"}, []int{2, 2}, []int{plane, plane}, lattice(spring, system.Free)),
		add(transfer{name: "spring"}, []int{3, 3}, []int{plane, plane}, lattice(spring, system.Free)),
		add(transfer{name: "spring", limit: 1e-18}, []int{2, 2, 2}, []int{side, side, side}, lattice(spring, system.Free)),
		add(transfer{name: "Morse", limit: 1e-14}, []int{2, 2, 2}, []int{side, side, side}, lattice(morse, system.Free)),
		add(transfer{name: "quartic", limit: 1e-14}, []int{2, 2, 2}, []int{side, side, side}, lattice(quartic, system.Free)),
		add(transfer{name: "spring, zero rest length, walls", xi: hgn.DistanceSquared, widen: 0.1}, []int{3, 3}, []int{plane, plane}, displacements(system.Harmonic{K: 1})),
		add(transfer{name: "quartic, zero rest length, walls", xi: hgn.DistanceSquared, widen: 0.1}, []int{2, 2, 2}, []int{side, side, side}, displacements(system.FPUT{K: 1, Beta: 1})),
		add(transfer{name: "quartic, walls"}, []int{10}, []int{chain}, lattice(quartic, system.Walled)),
		add(transfer{name: "spring, closed chain"}, []int{10}, []int{chain}, lattice(spring, system.Closed)),
		add(transfer{name: "spring, ring in the plane"}, []int{10}, []int{chain}, ring),
	)
}

// zeroShot trains the default model on small systems and moves large ones.
func zeroShot(r *runner, t *Table) error {
	steps := pick(r, 50, 500)
	t.picture = picture{kind: bars, y: "position MSE after the last step"}
	all, err := transfers(r)
	if err != nil {
		return err
	}
	widened, least := 0.0, 0.0 // the largest Widen, and the distance down to which all features then hold
	for _, c := range all {
		if err := r.tell("zero-shot: %s to %s, %s", c.from, c.to, c.name); err != nil {
			return err
		}
		small, large := c.small, c.large
		data, err := states(r.ctx, small, 1, pick(r, 100, 1000), 0.3, 0.1)
		if err != nil {
			return err
		}
		m, _, err := hgn.Train(r.ctx, data, hgn.Options{Graph: small.Graph, Periodic: small.Periodic, Xi: c.xi, Widen: c.widen, Workers: r.Workers, Seed: r.Seed})
		if err != nil {
			return err
		}
		if c.widen > 0 {
			potentials, err := m.PairPotentials()
			if err != nil {
				return err
			}
			for _, v := range potentials {
				widened, least = max(widened, c.widen), max(least, v.Lo)
			}
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
		t.add(c.from, c.to, c.name, len(large.Mass), one.Force, steps, mse, report.EnergyDrift, report.Extrapolated)
		t.picture.bar("position MSE", c.from+" → "+c.to+", "+c.name, math.Max(mse, 1e-40))
		if c.limit > 0 && !r.Quick {
			t.Bars = append(t.Bars, AtMost(fmt.Sprintf("%s → %s, %d steps, %s: position MSE", c.from, c.to, steps, c.name), mse, c.limit))
		}
	}
	t.note("Positions are compared with those of the true forces, integrated alike (Verlet, dt = 0.01). Training states are drawn at random. Bonds of zero rest length are between displacements from rest, the inputs being squared distances and their range widened by %v of it on either side, down to a distance of %v. The paper reports 8 → 4096 bodies (reported, not measured).", widened, Number(least))
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
