package hgn

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/rapidhgn/rapidhgn/hgn/internal/manybody"
	"github.com/rapidhgn/rapidhgn/internal/parallel"
	"github.com/rapidhgn/rapidhgn/kernels/lsq"
)

// trainManyBody makes four passes over d and solves. The unit of stress is known.
func trainManyBody(ctx context.Context, d *dataset, opt *Options) (hamiltonian, *Report, error) {
	start, read := time.Now(), d.reading
	v, err := newSurvey(ctx, d, opt)
	if err != nil {
		return nil, nil, err
	}
	reference, err := opt.Reference.among(v.types)
	if err != nil {
		return nil, nil, err
	}
	m, err := newManyBodyModel(ctx, d, opt, v)
	if err != nil {
		return nil, nil, err
	}
	fit := &manyBodyFit{m: m, opt: opt}
	choosing, err := fit.choose(ctx, d, v)
	if err != nil {
		return nil, nil, weighed(err)
	}
	fit.eq = &manyBodyEquations{energyScale: v.energyScale, width: m.potential.Basis.Width(), folds: opt.Materials.foldsOf(len(v.groups))}
	if err := fit.assemble(ctx, d, fit.join(v.groups)); err != nil {
		return nil, nil, err
	}
	solving := time.Now()
	sol, err := fit.solve(ctx)
	if err != nil {
		return nil, nil, err
	}
	if opt.Materials.Appendable {
		if err := fit.eq.settle(); err != nil {
			return nil, nil, err
		}
		m.equations = fit.eq
	}
	m.refer(reference)
	solve := choosing + time.Since(solving)
	total := time.Since(start) - (d.reading - read)
	r := fit.report(sol)
	r.Nodes, r.Edges = v.nodes, v.edges/float64(v.samples)
	r.Seconds, r.SecondsSolve, r.SecondsFeatures = total.Seconds(), solve.Seconds(), (total - solve).Seconds()
	return m, r, nil
}

// momentBodies is about the number of bodies whose invariants the scaling is found from.
const momentBodies = 4096

// newManyBodyModel returns a model whose coefficients are missing.
func newManyBodyModel(ctx context.Context, d *dataset, opt *Options, v *survey) (*manyBodyModel, error) {
	m := &manyBodyModel{speciesTable: v.speciesTable, periodic: opt.Periodic, settings: manyBodySettingsOf(opt)}
	spec := manybody.Spec{
		Species: len(v.types),
		Cutoff:  opt.Cutoff,
		Min:     min(v.shortest, opt.Cutoff/2),
		Pairs:   opt.Materials.Pairs,
		Columns: max(1, max(opt.Features, opt.Materials.Candidates)/len(v.types)),
	}
	m.potential.Basis = manybody.NewBasis(spec)
	stride := max(1, v.bodies/momentBodies)
	total := manybody.NewMoments(m.potential.Basis)
	err := d.batches(ctx, func(frames []*Frame) error {
		parts := make([]*manybody.Moments, (len(frames)+momentFrames-1)/momentFrames)
		errs := make([]error, len(parts))
		parallel.Blocks(len(parts), opt.Workers, func(_, k int) {
			parts[k] = manybody.NewMoments(m.potential.Basis)
			var s manybody.Structure
			for _, f := range frames[k*momentFrames : min(len(frames), (k+1)*momentFrames)] {
				if errs[k] == nil {
					errs[k] = m.structure(&s, f)
				}
				if errs[k] == nil {
					errs[k] = parts[k].Add(&s, stride)
				}
			}
		})
		for k, part := range parts {
			if errs[k] != nil {
				return errs[k]
			}
			total.Merge(part)
		}
		return nil
	})
	m.potential.Scaling = total.Scaling()
	return m, err
}

// momentFrames is the number of frames whose moments are found together.
const momentFrames = 16

// A manyBodyFit finds the coefficients of a model from its equations.
type manyBodyFit struct {
	m   *manyBodyModel
	eq  *manyBodyEquations
	opt *Options

	joined map[string]string // the parts of groups that share one, see join

	ridge float64
	held  []HeldOut
}

// solve finds the coefficients of the model and how sure they are.
func (fit *manyBodyFit) solve(ctx context.Context) (*lsq.Solution, error) {
	fit.eq.weigh(fit.opt.Materials.GroupWeights)
	if fit.eq.weightless(fit.opt.Materials.weights()) {
		return nil, errors.New("hgn: all equations have a weight of 0: there is nothing to train on")
	}
	acc, err := fit.eq.total(fit.opt.Materials.weights(), -1)
	if err != nil {
		return nil, weighed(err)
	}
	options := lsq.Options{Ridge: fit.opt.Ridge, RCond: fit.opt.RCond}
	if options.Ridge == 0 && options.RCond == 0 {
		options.Criterion = lsq.Evidence
	}
	sol, err := solveContext(ctx, acc, options)
	if err != nil {
		return nil, weighed(fmt.Errorf("hgn: %w", err))
	}
	fit.ridge = sol.Ridge
	fit.m.potential.Theta = fit.members(sol)
	return sol, weighed(fit.deviations(ctx))
}

// weighed says that an overflow may come from weights.
func weighed(err error) error {
	if errors.Is(err, lsq.ErrOverflow) {
		return errors.New("hgn: the equations overflow when they are multiplied by their weights")
	}
	return err
}

// coefficients are those of a solution, with the reference energies added if energies count.
func (fit *manyBodyFit) coefficients(sol *lsq.Solution) []float64 {
	theta := column(sol.X)
	if fit.opt.Materials.EnergyWeight == 0 {
		return theta
	}
	for k, e := range fit.eq.reference {
		theta[len(theta)-len(fit.eq.reference)+k] += e
	}
	return theta
}

// report says what the fit amounts to.
func (fit *manyBodyFit) report(sol *lsq.Solution) *Report {
	r := &Report{
		Samples:  fit.eq.frames(),
		Features: fit.eq.width,
		Rank:     sol.Rank,
		Cond:     sol.Cond,

		ForceError: math.NaN(),
		StressUnit: fit.opt.Materials.StressUnit,
		Coverage:   math.NaN(),
		HeldOut:    fit.held,
	}
	for k, w := range fit.opt.Materials.weights() {
		if w > 0 {
			r.Rows += fit.eq.rows(k)
		}
	}
	r.minimumNorm = r.Rows < int64(r.Features)
	if len(fit.held) > 0 {
		r.Coverage = 0
		for _, h := range fit.held {
			r.Coverage += h.Coverage / float64(len(fit.held))
		}
	}
	return r
}
