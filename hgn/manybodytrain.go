package hgn

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/hgn/internal/manybody"
	"github.com/rapidhgn/rapidhgn/internal/parallel"
	"github.com/rapidhgn/rapidhgn/kernels/lsq"
)

// trainManyBody makes three passes over d and solves.
func trainManyBody(ctx context.Context, d *dataset, opt *Options) (hamiltonian, *Report, error) {
	start, read := time.Now(), d.reading
	if opt.Materials.StressWeight > 0 && opt.Materials.StressUnit == 0 {
		unit, err := findStressUnit(ctx, d, opt)
		if err != nil {
			return nil, nil, err
		}
		own := *opt
		own.Materials.StressUnit = unit
		opt = &own
	}
	v, err := newSurvey(ctx, d, opt)
	if err != nil {
		return nil, nil, err
	}
	m, err := newManyBodyModel(ctx, d, opt, v)
	if err != nil {
		return nil, nil, err
	}
	fit := newManyBodyFit(m, v, opt)
	if err := fit.assemble(ctx, d); err != nil {
		return nil, nil, err
	}
	solving := time.Now()
	if err := fit.choose(); err != nil {
		return nil, nil, err
	}
	sol, err := fit.solve(ctx)
	if err != nil {
		return nil, nil, err
	}
	solve := time.Since(solving)
	if err := fit.deviations(ctx, d, sol); err != nil {
		return nil, nil, err
	}
	total := time.Since(start) - (d.reading - read)
	return m, &Report{
		Samples:  v.samples,
		Nodes:    v.nodes,
		Edges:    v.edges / float64(v.samples),
		Rows:     fit.rows,
		Features: m.potential.Basis.Width(),
		Rank:     sol.Rank,
		Cond:     sol.Cond,

		ForceError:      math.NaN(),
		StressUnit:      opt.Materials.StressUnit,
		Coverage:        fit.coverage,
		Seconds:         total.Seconds(),
		SecondsSolve:    solve.Seconds(),
		SecondsFeatures: (total - solve).Seconds(),

		minimumNorm: fit.rows < int64(m.potential.Basis.Width()),
	}, nil
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

// folds is the number of parts of the data that are left out in turn.
const folds = 4

// A manyBodyFit holds the least-squares problem, one part for each fold. The frames of a
// group are cut into as many consecutive parts.
type manyBodyFit struct {
	m     *manyBodyModel
	v     *survey
	opt   *Options
	folds [folds]*lsq.Accumulator
	next  [folds]int64   // the next free chunk of each
	seen  map[string]int // frames of each group so far
	ridge float64
	rows  int64

	coverage float64 // of the forces of frames left out
}

func newManyBodyFit(m *manyBodyModel, v *survey, opt *Options) *manyBodyFit {
	fit := &manyBodyFit{m: m, v: v, opt: opt, seen: map[string]int{}, coverage: math.NaN()}
	for k := range fit.folds {
		fit.folds[k] = lsq.New(m.potential.Basis.Width(), 1)
		fit.folds[k].Workers = opt.Workers
	}
	return fit
}

// deal returns the folds of frames, which must come in the order of the source.
func (fit *manyBodyFit) deal(frames []*Frame, seen map[string]int) []int {
	of := make([]int, len(frames))
	for i, f := range frames {
		g := f.group()
		of[i] = seen[g] % folds
		seen[g]++
	}
	return of
}

// A manyBodyUnit is some frames of one fold, which one worker folds into a factor of its own.
type manyBodyUnit struct {
	fold   int
	frames []*Frame
	rows   int
	chunk  int64
}

// units cuts frames.
func (fit *manyBodyFit) units(frames []*Frame) (units []manyBodyUnit) {
	width := fit.m.potential.Basis.Width()
	var open [folds]manyBodyUnit
	finish := func(k int) {
		u := &open[k]
		if len(u.frames) == 0 {
			return
		}
		u.fold, u.chunk = k, fit.next[k]
		chunk := lsq.ChunkRows(width)
		fit.next[k] += int64((u.rows + chunk - 1) / chunk)
		units = append(units, *u)
		*u = manyBodyUnit{}
	}
	for i, k := range fit.deal(frames, fit.seen) {
		n := 0
		observed := fit.opt.observed(frames[i])
		for j, rows := range [3]int{1, len(frames[i].Q), 6} {
			if observed[j] {
				n += rows
			}
		}
		if open[k].rows+n > 3*width {
			finish(k)
		}
		open[k].frames, open[k].rows = append(open[k].frames, frames[i]), open[k].rows+n
	}
	for k := range open {
		finish(k)
	}
	return units
}

// assemble makes the rows of all frames.
func (fit *manyBodyFit) assemble(ctx context.Context, d *dataset) error {
	width := fit.m.potential.Basis.Width()
	type worker struct {
		*manyBodyRows
		acc *lsq.Accumulator
	}
	workers := make([]worker, fit.opt.Workers)
	var locks [folds]sync.Mutex
	return d.batches(ctx, func(frames []*Frame) error {
		units := fit.units(frames)
		errs := make([]error, len(units))
		parallel.Blocks(len(units), fit.opt.Workers, func(k, i int) {
			w, u := &workers[k], &units[i]
			if w.acc == nil {
				w.manyBodyRows = newManyBodyRows(fit)
				w.acc = lsq.NewShard(width, 1, 0)
				w.acc.Workers = 1
			}
			w.acc.Reset(u.chunk)
			for _, f := range u.frames {
				if errs[i] = cmp.Or(ctx.Err(), w.append(w.acc, f)); errs[i] != nil {
					return
				}
			}
			w.acc.EndChunk()
			locks[u.fold].Lock()
			defer locks[u.fold].Unlock()
			errs[i] = fit.folds[u.fold].Merge(w.acc)
		})
		for i, err := range errs {
			if err != nil {
				return err
			}
			fit.rows += int64(units[i].rows)
		}
		return nil
	})
}

// A manyBodyRows makes the equations of frames.
type manyBodyRows struct {
	fit     *manyBodyFit
	builder *manybody.Builder
	s       manybody.Structure
	rhs     []float64
	weights []float64
}

func newManyBodyRows(fit *manyBodyFit) *manyBodyRows {
	return &manyBodyRows{fit: fit, builder: manybody.NewBuilder(fit.m.potential.Basis, fit.m.potential.Scaling)}
}

// append adds the equations of f to acc, the errors of which name f.
func (w *manyBodyRows) append(acc *lsq.Accumulator, f *Frame) error {
	fit, o := w.fit, &w.fit.opt.Materials
	if err := fit.m.structure(&w.s, f); err != nil {
		return err
	}
	rows, err := w.builder.Rows(&w.s)
	if err != nil {
		return f.errorf("%v", err)
	}
	n := f.Nodes()
	observed := fit.opt.observed(f)
	group := 1.0
	if g, ok := o.GroupWeights[f.group()]; ok {
		group = g
	}
	w.rhs, w.weights = grow(w.rhs, rows.Rows), grow(w.weights, rows.Rows)
	add := func(first, count int, weight float64) error {
		part := rows
		part.Rows, part.Data = count, rows.Data[first*rows.Stride:]
		for i := range count {
			w.weights[first+i] = weight * group
		}
		if err := acc.AppendWeighted(part, general(count, 1, w.rhs[first:][:count]), w.weights[first:][:count]); err != nil {
			return f.errorf("the features overflow: %v", err)
		}
		return nil
	}
	if observed[1] {
		w.place(rows, f)
		if err := add(0, len(f.Q), o.ForceWeight); err != nil {
			return err
		}
	}
	if observed[0] {
		e := f.potentialEnergy()
		for _, s := range w.s.Species {
			e -= fit.v.reference[s]
		}
		w.rhs[3*n+6] = e
		if err := add(3*n+6, 1, o.EnergyWeight/float64(n)*fit.v.trust(e/float64(n))); err != nil {
			return err
		}
	}
	if observed[2] {
		scale := f.volume() * o.StressUnit
		for a, x := range f.Stress {
			w.rhs[3*n+a] = scale * x
		}
		return add(3*n, 6, o.StressWeight/float64(n))
	}
	return nil
}

// place moves the rows of the coordinates that f has to the front, and sets their right-hand
// sides.
func (w *manyBodyRows) place(rows blas64.General, f *Frame) {
	for i, x := range f.PDot {
		w.rhs[i] = -x
		if from := i/f.Dim*3 + i%f.Dim; from != i {
			copy(rows.Data[i*rows.Stride:][:rows.Cols], rows.Data[from*rows.Stride:])
		}
	}
}

// total returns the problem without one fold, or whole if that is −1.
func (fit *manyBodyFit) total(without int) (*lsq.Accumulator, error) {
	acc := lsq.New(fit.m.potential.Basis.Width(), 1)
	for k, a := range fit.folds {
		if k == without {
			continue
		}
		if err := acc.Merge(a); err != nil {
			return nil, fmt.Errorf("hgn: %w", err)
		}
	}
	return acc, nil
}

// solve finds the coefficients of the model.
func (fit *manyBodyFit) solve(ctx context.Context) (*lsq.Solution, error) {
	acc, err := fit.total(-1)
	if err != nil {
		return nil, err
	}
	options := lsq.Options{Ridge: fit.opt.Ridge, RCond: fit.opt.RCond}
	if options.Ridge == 0 && options.RCond == 0 {
		options.Criterion = lsq.Evidence
	}
	sol, err := solveContext(ctx, acc, options)
	if err != nil {
		return nil, fmt.Errorf("hgn: %w", err)
	}
	fit.ridge = sol.Ridge
	fit.m.potential.Theta = fit.coefficients(sol)
	return sol, nil
}

// coefficients are those of a solution, with the reference energies added.
func (fit *manyBodyFit) coefficients(sol *lsq.Solution) []float64 {
	theta := column(sol.X)
	for k, e := range fit.v.reference {
		theta[len(theta)-len(fit.v.reference)+k] += e
	}
	return theta
}
