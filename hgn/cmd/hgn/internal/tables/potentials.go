package tables

import (
	"math"
	"time"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/internal/network"
	"github.com/rapidhgn/rapidhgn/hgn/system"
	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

var potentialColumns = []string{"system", "model", "columns", "training frames", "seconds", "force error", "velocity error", "energy error"}

// potentials: springs, quartic springs and Morse bonds on 2×2×2, and Lennard-Jones.
func potentials(r *runner, t *Table) error {
	train := pick(r, 100, 500)
	t.picture = picture{kind: bars, y: "relative force error"}
	for _, c := range []struct {
		name string
		v    system.Potential
	}{{"spring", spring}, {"quartic", quartic}, {"Morse", morse}} {
		s, err := system.Lattice(c.v, system.Free, 1, 2, 2, 2)
		if err != nil {
			return err
		}
		data, err := states(r.ctx, s, 1, train, 0.15, 0.1)
		if err != nil {
			return err
		}
		unseen, err := states(r.ctx, s, 1e6, 100, 0.12, 0.08)
		if err != nil {
			return err
		}
		for _, e := range []struct {
			name string
			o    hgn.Options
		}{
			{"default", hgn.Options{}},
			{"network on invariants, edges read out", hgn.Options{Encoding: hgn.InvariantNetwork, EdgeReadout: true}},
			{"network in the frame, as in the paper", hgn.Options{Encoding: hgn.LocalFrame, Features: pick(r, 128, 512), NodeFeatures: pick(r, 128, 512)}},
		} {
			if err := r.tell("potentials: %s, %s", c.name, e.name); err != nil {
				return err
			}
			e.o.Graph, e.o.Workers, e.o.Seed = s.Graph, r.Workers, r.Seed
			if err := t.compare(r, c.name, e.name, data, unseen, e.o); err != nil {
				return err
			}
		}
		if c.name == "spring" {
			if err := timeSeries(r, t, unseen); err != nil {
				return err
			}
		}
	}
	t.note("100 unseen states of the same 8 bodies, drawn a little closer to rest than the training states.")
	return lennardJones(r, t)
}

// compare trains, tests and adds a row.
func (t *Table) compare(r *runner, name, model string, data, unseen hgn.Frames, o hgn.Options) error {
	m, report, err := hgn.Train(r.ctx, data, o)
	if err != nil {
		return err
	}
	e, err := m.Evaluate(r.ctx, unseen, hgn.EvaluateOptions{Graph: o.Graph, Workers: r.Workers, Reference: unseen[0]})
	if err != nil {
		return err
	}
	t.add(name, model, report.Features, report.Samples, report.Seconds, e.Force, e.Velocity, e.Energy)
	t.picture.bar(model, name, e.Force)
	return nil
}

// lennardJones adds the liquid under a cutoff.
func lennardJones(r *runner, t *Table) error {
	s, err := system.FCC(lennard, 0.8442, 3)
	if err != nil {
		return err
	}
	q, p, err := s.Start(7, 0.05, 1.44)
	if err != nil {
		return err
	}
	if err := r.tell("potentials: Lennard-Jones, 108 atoms"); err != nil {
		return err
	}
	n := pick(r, 20, 40)
	run, err := s.Trajectory(r.ctx, q, p, 0.002, 1000+20*(n+20), 20)
	if err != nil {
		return err
	}
	run = run[50:]
	for _, f := range run {
		if f.Energy, err = s.Energy(f.Q, f.P); err != nil {
			return err
		}
		f.HasEnergy = true
	}
	err = t.compare(r, "Lennard-Jones, 108 atoms", "default", run[:n], run[n:],
		hgn.Options{Cutoff: lennard.Cutoff, Periodic: true, Workers: r.Workers, Seed: r.Seed})
	if err != nil {
		return err
	}
	last := t.Rows[len(t.Rows)-1]
	if err := liquidByNetwork(r, t, s, run[:n], run[n:]); err != nil {
		return err
	}
	if !r.Quick {
		t.Bars = append(t.Bars, AtMost("Lennard-Jones, relative force error (paper: about 0.1, reported)", float64(last[5].(Number)), 1e-6))
	}
	return nil
}

// liquidByNetwork adds the network on invariants, whose edges are the pairs within the
// cutoff in each frame. It has no envelope that takes edges in and out smoothly: this
// is about forces at given states, not about motion.
func liquidByNetwork(r *runner, t *Table, s *system.System, data, unseen hgn.Frames) error {
	if err := r.tell("potentials: Lennard-Jones, 108 atoms, network"); err != nil {
		return err
	}
	train, err := samples(network.Invariant, s, data)
	if err != nil {
		return err
	}
	test, err := samples(network.Invariant, s, unseen)
	if err != nil {
		return err
	}
	n := network.New(network.Shape{Inputs: network.Invariant, Dim: 3, Node: 64, Edge: 64, Message: 64, EdgeReadout: true, Activation: dense.Gaussian})
	start := time.Now()
	if err := fitRandom(n, train, network.ELMWhitened, 4, false, r.Seed); err != nil {
		return err
	}
	seconds, e := time.Since(start).Seconds(), forceError(n, test)
	const model = "network on invariants, edges read out"
	t.add("Lennard-Jones, 108 atoms", model, n.Columns(), len(data), seconds, e, math.NaN(), math.NaN())
	t.picture.bar(model, "Lennard-Jones, 108 atoms", e)
	t.note("The edges of the network of Lennard-Jones atoms are the pairs within the cutoff in each frame, without an envelope: its forces alone are compared.")
	return nil
}
