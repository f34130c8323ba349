package hgn

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
	"github.com/rapidhgn/rapidhgn/kernels/lsq"
)

// joint says whether the coefficients of V, T and what else there is are those of one
// problem, with equations for the coordinates of ṗ and q̇ that may span several frames.
func (o *Options) joint() bool {
	return o.Series != NoSeries || o.Damping != NoDamping || o.Coupling
}

// A jointLayout says which columns of the joint problem belong to what. Those of V come
// first.
type jointLayout struct {
	coupling, damping, kinetic int // the first of each
	width                      int
}

// layout returns that of m, whose friction has its final number of coefficients.
func (m *pairModel) layout() (l jointLayout) {
	for i := range m.radials {
		l.coupling += len(m.radials[i].w)
	}
	l.damping = l.coupling
	for i := range m.couplings {
		l.damping += 2 * (1 + len(m.radials[i].w))
	}
	l.kinetic = l.damping + len(m.friction.gamma)
	l.width = l.kinetic
	for i := range m.kinetics {
		l.width += 1 + len(m.kinetics[i].w)
	}
	return l
}

// fitJoint finds the coefficients of such a problem, and returns how long the solver took.
// The report lacks the error of the forces.
func (m *pairModel) fitJoint(ctx context.Context, d *dataset, opt *Options, st *statistics) (*Report, time.Duration, error) {
	if n := opt.frames(); st.series.longest < n && opt.Series != NoSeries {
		return nil, 0, fmt.Errorf("hgn: the time series %v needs %d frames in a row; there are no more than %d", opt.Series, n, st.series.longest)
	}
	if opt.Coupling {
		for i := range m.radials {
			m.couplings = append(m.couplings, coupling{radial: &m.radials[i]})
		}
	}
	m.friction = friction{opt.Damping, make([]float64, opt.Damping.count(len(m.types), st.first.Nodes()))}
	fit := &jointFit{m: m, opt: opt, layout: m.layout()}
	if fit.layout.width > MaxFeatures {
		return nil, 0, fmt.Errorf("hgn: %d features for all species are more than %d", fit.layout.width, MaxFeatures)
	}
	if err := fit.assemble(ctx, d); err != nil {
		return nil, 0, err
	}
	start := time.Now()
	options := lsq.Options{RCond: opt.RCond, Ridge: opt.Ridge, Floor: make([]float64, fit.layout.width)}
	copy(options.Floor, m.expectedNorms(st))
	if options.Ridge == 0 && options.RCond == 0 {
		options.Criterion = lsq.Evidence
	}
	solution, err := solveContext(ctx, fit.all, options)
	if err != nil {
		return nil, 0, fmt.Errorf("hgn: energy: %w", err)
	}
	m.settings.ridge = solution.Ridge
	m.setJoint(column(solution.X), &fit.layout)
	return &Report{
		Rows: fit.rows, Features: fit.layout.width, Rank: solution.Rank, Cond: solution.Cond,
		minimumNorm: fit.rows < int64(fit.layout.width),
	}, fit.solving + time.Since(start), nil
}

// setJoint takes over the coefficients x.
func (m *pairModel) setJoint(x []float64, l *jointLayout) {
	take := func(n int) (c []float64) { c, x = x[:n:n], x[n:]; return c }
	for i := range m.radials {
		m.radials[i].setCoefficients(take(len(m.radials[i].w)))
	}
	for i := range m.couplings {
		n := 1 + len(m.radials[i].w)
		m.couplings[i].f, m.couplings[i].g = take(n), take(n)
	}
	m.friction.gamma = take(l.kinetic - l.damping)
	for i := range m.kinetics {
		m.kinetics[i].setCoefficients(take(1 + len(m.kinetics[i].w)))
	}
}

// A jointFit holds the joint problem.
type jointFit struct {
	m      *pairModel
	opt    *Options
	layout jointLayout

	all     *lsq.Accumulator
	mu      sync.Mutex // guards all
	rows    int64
	chunk   int64 // the next one
	solving time.Duration
}

// A jointUnit is what a worker does at a time: the equations of some bodies that begin at
// some frames. They become a chunk of the problem, or several if one body has more rows.
type jointUnit struct {
	starts []int // numbers of frames
	lo, hi int   // bodies
	chunk  int64 // the first
}

// assemble makes the equations. Each frame begins one, unless its series ends too soon.
func (fit *jointFit) assemble(ctx context.Context, d *dataset) error {
	fit.all = lsq.New(fit.layout.width, 1)
	workers := make([]jointRows, fit.opt.Workers)
	for i := range workers {
		workers[i].begin(fit)
	}
	finders := make([]pairFinder, fit.opt.Workers)
	var fixed *adjacency // by the edges that are the same for all frames
	if g := fit.opt.Graph; g != nil {
		fixed = new(adjacency)
		fixed.build(g)
	}
	var recent []*Frame // the last frames of the batch before
	return d.batches(ctx, func(batch []*Frame) error {
		frames := make([]jointFrame, len(recent)+len(batch))
		for i, f := range append(recent[:len(recent):len(recent)], batch...) {
			frames[i] = jointFrame{Frame: f, ends: fixed}
		}
		if err := fit.prepare(frames, finders); err != nil {
			return err
		}
		units := fit.units(frames)
		errs, busy, solving := make([]error, len(units)), make([]time.Duration, len(units)), make([]time.Duration, len(units))
		begin := time.Now()
		parallel.Blocks(len(units), fit.opt.Workers, func(worker, i int) {
			if ctx.Err() == nil {
				start := time.Now()
				solving[i], errs[i] = workers[worker].run(fit, frames, &units[i])
				busy[i] = time.Since(start)
			}
		})
		wall := time.Since(begin)
		var sumBusy, sumSolving time.Duration
		for i, err := range errs {
			if err != nil {
				return err
			}
			sumBusy, sumSolving = sumBusy+busy[i], sumSolving+solving[i]
		}
		if sumBusy > 0 {
			fit.solving += time.Duration(float64(wall) * float64(sumSolving) / float64(sumBusy))
		}
		keep := frames[max(0, len(frames)-fit.opt.frames()+1):]
		recent = make([]*Frame, len(keep))
		for i, f := range keep {
			recent[i] = new(Frame)
			recent[i].CopyFrom(f.Frame)
		}
		return ctx.Err()
	})
}

// prepare prepares frames.
func (fit *jointFit) prepare(frames []jointFrame, finders []pairFinder) error {
	o := fit.opt
	errs := make([]error, len(frames))
	parallel.Blocks(len(frames), o.Workers, func(worker, i int) {
		find := &finders[worker]
		find.fixed, find.cutoff, find.periodic = o.Graph, o.Cutoff, o.Periodic
		find.workers = max(1, o.Workers/len(frames))
		errs[i] = frames[i].prepare(fit.m, find)
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// seriesWindows is the least number of equations of a coordinate that a unit has where each
// spans several frames, whose rows are then made once for almost all of them.
const seriesWindows = 16

// units cuts the equations of frames.
func (fit *jointFit) units(frames []jointFrame) []jointUnit {
	var units []jointUnit
	most := lsq.ChunkRows(fit.layout.width)
	var run []int // frames at which equations begin, of as many bodies
	finish := func() {
		if len(run) == 0 {
			return
		}
		n, each := frames[run[0]].Nodes(), 2*frames[run[0]].Dim
		least := 1
		if fit.opt.frames() > 1 {
			least = min(seriesWindows, len(run))
		}
		bodies := max(1, min(n, most/(least*each)))
		windows := max(1, most/(bodies*each))
		for ; len(run) > 0; run = run[min(windows, len(run)):] {
			starts := run[:min(windows, len(run))]
			for lo := 0; lo < n; lo += bodies {
				u := jointUnit{starts, lo, min(n, lo+bodies), fit.chunk}
				rows := len(starts) * (u.hi - u.lo) * each
				fit.chunk += int64((rows + most - 1) / most)
				fit.rows += int64(rows)
				units = append(units, u)
			}
		}
		run = nil
	}
	for k := 0; k+fit.opt.frames() <= len(frames); k++ {
		if !inSeries(frames[k : k+fit.opt.frames()]) {
			continue
		}
		if len(run) > 0 && (frames[run[0]].Nodes() != frames[k].Nodes() || frames[run[0]].Dim != frames[k].Dim) {
			finish()
		}
		run = append(run, k)
	}
	finish()
	return units
}

// inSeries says whether frames follow each other in one time series.
func inSeries(frames []jointFrame) bool {
	for i, f := range frames[1:] {
		if f.begins(frames[i].File, frames[i].Step) {
			return false
		}
	}
	return true
}

// run makes the equations of u and factors them, and returns how long the latter took.
func (w *jointRows) run(fit *jointFit, frames []jointFrame, u *jointUnit) (time.Duration, error) {
	if err := w.equations(frames, u); err != nil {
		return 0, err
	}
	start := time.Now()
	width, most := fit.layout.width, lsq.ChunkRows(fit.layout.width)
	for at, chunk := 0, u.chunk; at < len(w.u); at, chunk = at+most, chunk+1 {
		end := min(at+most, len(w.u))
		err := factor(w.acc, w.z[at*width:end*width], w.u[at:end], chunk)
		var refused *lsq.RowError
		if errors.As(err, &refused) {
			row, each := at+int(refused.Row), 2*frames[u.starts[0]].Dim
			window := row / ((u.hi - u.lo) * each)
			return 0, frames[u.starts[window]].errorf("features of body %d overflow", u.lo+row/each%(u.hi-u.lo))
		}
		if err != nil {
			return 0, err
		}
		fit.mu.Lock()
		err = fit.all.Merge(w.acc)
		fit.mu.Unlock()
		if err != nil {
			return 0, err
		}
	}
	return time.Since(start), nil
}
