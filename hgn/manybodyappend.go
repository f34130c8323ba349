package hgn

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
)

// AppendOptions says how [Model.Append] fits. The zero value of a weight stands for that
// which the model was trained with.
type AppendOptions struct {
	EnergyWeight, ForceWeight, StressWeight float64 // as those of [Materials]

	GroupWeights map[string]float64 // further weights of groups, old ones or of src
	Workers      int                // goroutines; default GOMAXPROCS. The result does not depend on it
}

// Append returns the model that the equations of m and those of the frames of src give, which
// may be nil: then only weights change. m must be of the encoding [ManyBody] and have been
// trained with [Materials.Appendable]; it does not change, and the new model can be appended
// to in turn.
//
// The features, the energies that count as usual and the unit of stress stay those of m, as do
// its other options: species must be known to it. The time is that of the new frames and of a
// solution; no frame of before is looked at. The Report counts frames and equations of all,
// Nodes and Edges are those of src. The error is as that of [Train], and says so if a weight
// belongs to no group or to a kind that nothing is known of.
func (m *Model) Append(ctx context.Context, src Source, opt AppendOptions) (*Model, *Report, error) {
	old, ok := m.hamiltonian.(*manyBodyModel)
	if !ok || old.equations == nil {
		return nil, nil, errors.New("hgn: the model does not hold its equations; it must be a many-body model trained to be appendable")
	}
	start := time.Now()
	fit, err := old.refit(&opt)
	if err != nil {
		return nil, nil, err
	}
	v := &survey{}
	read := time.Duration(0)
	if src != nil {
		d := fit.opt.withoutReference(newDataset(src, cacheFloats))
		if v, err = newSurvey(ctx, d, fit.opt); err != nil {
			return nil, nil, err
		}
		if err := fit.assemble(ctx, d, v.groups); err != nil {
			return nil, nil, err
		}
		read = d.reading
	}
	if err := fit.checkWeights(&opt); err != nil {
		return nil, nil, err
	}
	fit.opt.Materials.GroupWeights = opt.GroupWeights
	solving := time.Now()
	sol, err := fit.solve(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := fit.eq.settle(); err != nil {
		return nil, nil, err
	}
	fit.m.equations = fit.eq
	fit.m.refer(old.reference)
	solve, total := time.Since(solving), time.Since(start)-read
	r := fit.report(sol)
	r.Nodes, r.Edges = v.nodes, v.edges/float64(max(1, v.samples))
	r.Seconds, r.SecondsSolve, r.SecondsFeatures = total.Seconds(), solve.Seconds(), (total - solve).Seconds()
	r.SecondsRead = read.Seconds()
	return &Model{fit.m}, r, nil
}

// refit returns a fit of a copy of m with its own options but for those that are given.
func (m *manyBodyModel) refit(opt *AppendOptions) (*manyBodyFit, error) {
	own := *m
	s := &own.settings
	o := &Options{
		Encoding:  ManyBody,
		Cutoff:    m.potential.Basis.Spec().Cutoff,
		Periodic:  m.periodic,
		Reference: m.reference,
		Ridge:     s.ridge, RCond: s.rcond, Seed: s.seed,
		Workers:   parallel.Workers(math.MaxInt, opt.Workers),
		Materials: Materials{StressUnit: s.stressUnit, Members: m.potential.Sets() - 1, Appendable: true},
	}
	given, err := Materials{
		EnergyWeight: opt.EnergyWeight, ForceWeight: opt.ForceWeight, StressWeight: opt.StressWeight,
		GroupWeights: opt.GroupWeights,
	}.withDefaults()
	if err != nil {
		return nil, err
	}
	if opt.EnergyWeight != 0 {
		s.energy = given.EnergyWeight
	}
	if opt.ForceWeight != 0 {
		s.force = given.ForceWeight
	}
	if opt.StressWeight != 0 {
		s.stress = given.StressWeight
	}
	o.Materials.EnergyWeight, o.Materials.ForceWeight, o.Materials.StressWeight = s.energy, s.force, s.stress
	own.refer(nil) // until the rest is fitted
	eq, err := m.equations.clone()
	return &manyBodyFit{m: &own, eq: eq, opt: o}, err
}

// checkWeights says whether there is something for every weight.
func (fit *manyBodyFit) checkWeights(opt *AppendOptions) error {
	groups := map[string]bool{}
	for _, p := range fit.eq.parts {
		groups[p.group] = true
	}
	for _, g := range slices.Sorted(maps.Keys(opt.GroupWeights)) {
		if !groups[g] {
			return fmt.Errorf("hgn: no frame is of group %q, which has a weight (there are %v)", g, slices.Sorted(maps.Keys(groups)))
		}
	}
	for kind, w := range [kinds]float64{opt.EnergyWeight, opt.ForceWeight, opt.StressWeight} {
		if w > 0 && fit.eq.rows(kind) == 0 {
			return fmt.Errorf("hgn: a weight of %v is given, but the equations have none", kindNames[kind])
		}
	}
	return nil
}
