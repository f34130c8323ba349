package tables

import (
	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/system"
)

// timeSeries adds the default model, trained on positions and momenta at equal times
// alone: neither forces nor velocities are known to it.
func timeSeries(r *runner, t *Table, unseen hgn.Frames) error {
	s, err := system.Lattice(spring, system.Free, 1, 2, 2, 2)
	if err != nil {
		return err
	}
	m := &motionSet{name: "time series", system: s, dt: 0.01, stride: 5}
	var data hgn.Frames
	for seed := range uint64(10) {
		if err := r.tell("potentials: time series %d", seed); err != nil {
			return err
		}
		q, p, err := s.Start(seed, 0.15, 0.1)
		if err != nil {
			return err
		}
		one, err := m.true(r.ctx, hgn.Suzuki, q, p, 50)
		if err != nil {
			return err
		}
		for _, f := range one {
			f.PDot, f.QDot = nil, nil
		}
		data = append(data, one...)
	}
	for _, series := range []hgn.Series{hgn.Difference, hgn.Trapezoid, hgn.Simpson, hgn.Boole} {
		o := hgn.Options{Graph: s.Graph, Workers: r.Workers, Seed: r.Seed, Series: series, DT: m.dt}
		if err := t.compare(r, "spring, time series", "default, "+series.String(), data, unseen, o); err != nil {
			return err
		}
	}
	t.note("Time series are positions and momenta of 10 motions at 50 times each, 0.05 apart; equations of motion come from differences or from integrals of ṗ and q̇ over 2, 3 or 5 frames (trapezoid, simpson, boole).")
	return nil
}
