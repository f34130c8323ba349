package hgn

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/kernels/lsq"
)

// A Report says what a training did and how good the fit is.
type Report struct {
	Samples  int     // frames
	Nodes    int     // bodies of the first frame
	Edges    float64 // unordered pairs per frame, the mean
	Rows     int64   // equations of both least-squares problems
	Features int     // columns of both

	Rank, RankP int     // numerical rank of the problem of q and of that of p, see lsq.Options.RCond
	Cond, CondP float64 // condition number of their column-scaled factors

	// ForceError is ‖Z a + ṗ‖₂/‖ṗ‖₂ over the training frames, relative to all of ṗ also where a
	// reference gives a part of it; NaN for ManyBody. Where polynomials stood for the features,
	// see [Train], it is an estimate: the error of the polynomials and that of the features beside
	// these are taken to be orthogonal.
	ForceError float64

	StressUnit float64   // of ManyBody: Materials.StressUnit, given or found; 0: none
	Coverage   float64   // of ManyBody: the mean of those of HeldOut; NaN if there are none
	HeldOut    []HeldOut // of ManyBody: parts of the data that were left out in turn

	Seconds         float64 // from frames in memory to coefficients; the least of Options.Repeat
	SecondsFeatures float64 // of Seconds: everything but the solver
	SecondsSolve    float64 // of Seconds: factorization and solution
	SecondsRead     float64 // spent in the Source

	minimumNorm bool
}

// MinimumNorm says whether one of the two problems had fewer equations than
// coefficients, so that its solution is the one of least norm among those that fit.
func (r *Report) MinimumNorm() bool { return r.minimumNorm }

// Train fits a model to the frames of src, which need velocities and forces.
//
// The hidden weights are drawn at random, the coefficients solve
//
//	min ‖Z_q a + ṗ‖₂,  min ‖Z_p c − q̇‖₂
//
// over all coordinates of all frames (arXiv 2506.06558, section 3), where row
// Z_q holds the derivatives of the edge features with respect to a coordinate and
// Z_p those of the node features with respect to a momentum. If the first frame
// has an energy, H is shifted to agree with it there.
//
// From some hundred rows on Z_q is not set up itself: V′ is found in 16 or 32 Chebyshev
// polynomials per pair of species, and the features are fitted to it where the distances of
// the frames are, unless Ridge or RCond are given. Rank and Cond of the report are then those of that fit. If the polynomials
// of the highest degrees still matter, beside rounding, noise, and what the features cannot
// represent, that is given up and Z_q solved for.
//
// The frames are read twice, or once if they fit into 256 MB, and once more where polynomials
// are given up; memory does not grow with their number. The model depends on src and opt alone, neither on
// opt.Workers nor on the instruction set.
//
// The error is a [*FrameError] where a frame is at fault, and otherwise comes from src,
// from ctx, or names the option that is wrong.
func Train(ctx context.Context, src Source, opt Options) (*Model, *Report, error) {
	opt, err := opt.withDefaults()
	if err != nil {
		return nil, nil, err
	}
	if opt.Encoding.network() && opt.Series != NoSeries {
		src = &differences{src, &opt}
	}
	d := newDataset(src, cacheFloats)
	var preparing time.Duration
	if opt.Encoding == ManyBody { // its reference is subtracted from stresses in their unit
		start := time.Now()
		if err := opt.setStressUnit(ctx, d); err != nil {
			return nil, nil, err
		}
		preparing = time.Since(start) - d.reading
	}
	d = opt.withoutReference(d)
	var model *Model
	var report *Report
	for range opt.Repeat {
		m, r, err := encodings[opt.Encoding].train(ctx, d, &opt)
		if err != nil {
			return nil, nil, err
		}
		if opt.Encoding.network() && math.IsNaN(r.ForceError) {
			return nil, nil, errNoModel
		}
		if model == nil || r.Seconds < report.Seconds {
			model, report = &Model{m}, r
		}
	}
	report.Seconds += preparing.Seconds()
	report.SecondsFeatures += preparing.Seconds()
	report.SecondsRead = d.reading.Seconds()
	return model, report, nil
}

// errNoModel says that numbers have overflowed.
var errNoModel = errors.New("hgn: the errors of the model are not finite; is the length of a time step what it should be?")

// overflows says whether e, relative to what was observed, is not finite and ought to be.
func overflows(e float64, observed []float64) bool {
	return !(math.Abs(e) <= math.MaxFloat64) && slices.ContainsFunc(observed, func(x float64) bool { return x != 0 })
}

// trainPairs makes the two passes over d and solves.
func trainPairs(ctx context.Context, d *dataset, opt *Options) (hamiltonian, *Report, error) {
	start, read := time.Now(), d.reading
	work := &d.pairs
	st, err := opt.gather(ctx, d, work)
	if err != nil {
		return nil, nil, err
	}
	if st.samples == 0 {
		return nil, nil, fmt.Errorf("hgn: no frame to train on")
	}
	m := newPairModel(st, opt)
	reference, err := opt.Reference.among(m.types)
	if err != nil {
		return nil, nil, err
	}
	var report *Report
	var solve time.Duration
	if opt.joint() {
		report, solve, err = m.fitJoint(ctx, d, opt, st)
	} else {
		report, solve, err = m.fit(ctx, d, opt, st, work)
	}
	if err != nil {
		return nil, nil, err
	}
	if st.first.HasEnergy {
		h, err := (&Model{m}).Energy(st.first, opt.Graph)
		if err != nil {
			return nil, nil, err
		}
		m.offset = st.first.Energy - h
	}
	total := time.Since(start) - (d.reading - read)
	report.Samples = st.samples
	report.Nodes = st.first.Nodes()
	report.Edges = st.edges / float64(st.samples)
	report.Seconds = total.Seconds()
	report.SecondsSolve = solve.Seconds()
	report.SecondsFeatures = (total - solve).Seconds()
	if opt.joint() {
		found, err := (&Model{m}).evaluate(ctx, d, EvaluateOptions{Graph: opt.Graph, Workers: opt.Workers})
		if err != nil {
			return nil, nil, err
		}
		if overflows(found.Force, st.first.PDot) || overflows(found.Velocity, st.first.QDot) {
			return nil, nil, errNoModel
		}
		report.ForceError = found.Force
		if r, ok := d.src.(*remainder); ok && r.after > 0 {
			report.ForceError *= math.Sqrt(r.after / r.before)
		}
	}
	m.refer(reference)
	return m, report, nil
}

// newPairModel draws the hidden layers: those of the pairs of species in the order
// (0,0), (0,1), (1,1), …, then those of the species.
func newPairModel(st *statistics, opt *Options) *pairModel {
	m := &pairModel{interaction: st.it, settings: settingsOf(opt)}
	for s := range st.types {
		m.types = append(m.types, s)
	}
	slices.Sort(m.types)
	rng := rand.New(rand.NewPCG(opt.Seed, weightStream))
	layer := func(k int, in *inputs, omega float64) hidden {
		h := hidden{w: make([]float64, k), b: make([]float64, k)}
		opt.draw(&h, &in.moments, omega, rng)
		return h
	}
	for b, tb := range m.types {
		for _, ta := range m.types[:b+1] {
			in := st.pairs[[2]int{ta, tb}]
			v := radial{xi: st.it.xi, cutoff: st.it.cutoff, lo: math.Inf(1), hi: math.Inf(-1)}
			if in == nil {
				in = new(inputs) // no such edge: its columns are zero
			} else {
				v.lo, v.hi = in.lo, in.hi
			}
			if in.n > 0 {
				width := opt.Widen * (v.hi - v.lo)
				least := v.lo / 2
				if v.xi == DistanceSquared {
					least = 0 // where features are smooth
				}
				v.lo, v.hi = max(v.lo-width, least), v.hi+width
			}
			v.from = v.lo
			if in.n > 0 && v.cutoff > 0 {
				_, slope, _ := v.xi.derivatives(v.lo)
				v.from = max(v.lo-in.std()/(8*math.Abs(slope)), v.lo/2)
				v.hi = v.cutoff
			}
			v.hidden = layer(opt.Features, in, opt.Omega)
			m.radials = append(m.radials, v)
		}
	}
	for _, s := range m.types {
		m.kinetics = append(m.kinetics, kinetic{hidden: layer(opt.NodeFeatures, st.types[s], 1)})
	}
	return m
}

// fit makes passes over d, with the columns of one try after the other, until there is a
// solution, and returns how much of the time the solver took.
func (m *pairModel) fit(ctx context.Context, d *dataset, opt *Options, st *statistics, work *pairWork) (*Report, time.Duration, error) {
	solving := time.Duration(0)
	for _, p := range work.tries(opt, len(m.radials), st.bodies*int64(st.first.Dim)) {
		eq, err := m.assemble(ctx, d, opt, st, work, p)
		if err != nil {
			return nil, 0, err
		}
		start := time.Now()
		report, err := m.solve(ctx, eq, opt, st, work, d.force2(eq.force2))
		solving += eq.solving + time.Since(start)
		if err != nil {
			return nil, 0, err
		}
		if report != nil {
			return report, solving, nil
		}
	}
	panic("hgn: the features have no solution")
}

// solve finds the coefficients of both problems; force2 is what the error of the forces is
// relative to. It returns nil if compressed columns do not do.
func (m *pairModel) solve(ctx context.Context, eq *equations, opt *Options, st *statistics, work *pairWork, force2 float64) (*Report, error) {
	options := lsq.Options{RCond: opt.RCond, Ridge: opt.Ridge}
	kinetic := startSolve(eq.p, options)
	options.Floor = m.expectedNorms(st)
	var q *potentialFit
	var err error
	if eq.compressed {
		q, err = eq.solveCompressed(ctx, options, work)
	} else {
		q, err = eq.solveFeatures(ctx, options)
	}
	p, kineticErr := kinetic(ctx)
	switch {
	case err != nil:
		return nil, fmt.Errorf("hgn: potential energy: %w", err)
	case kineticErr != nil:
		return nil, fmt.Errorf("hgn: kinetic energy: %w", kineticErr)
	case q == nil:
		return nil, nil
	}
	a, c := q.a, column(p.X)
	for i := range m.radials {
		k := len(m.radials[i].w)
		m.radials[i].setCoefficients(a[i*k:][:k:k])
	}
	for i := range m.kinetics {
		k := 1 + len(m.kinetics[i].w)
		m.kinetics[i].setCoefficients(c[i*k:][:k:k])
	}
	return &Report{
		Rows:       eq.rows,
		Features:   len(a) + len(c),
		Rank:       q.rank,
		RankP:      p.Rank,
		Cond:       q.cond,
		CondP:      p.Cond,
		ForceError: ratio(q.residual, math.Sqrt(force2)),

		minimumNorm: eq.q.Rows() < int64(len(a)) || eq.p.Rows() < int64(len(c)),
	}, nil
}

// solveContext is a.Solve, which takes a while for thousands of columns, given up
// when ctx is done.
func solveContext(ctx context.Context, a *lsq.Accumulator, options lsq.Options) (*lsq.Solution, error) {
	return startSolve(a, options)(ctx)
}

// startSolve starts a.Solve and returns what waits for it, or until ctx is done.
func startSolve(a *lsq.Accumulator, options lsq.Options) func(context.Context) (*lsq.Solution, error) {
	type result struct {
		solution *lsq.Solution
		err      error
	}
	done := make(chan result, 1)
	go func() {
		solution, err := a.Solve(options)
		done <- result{solution, err}
	}()
	return func(ctx context.Context) (*lsq.Solution, error) {
		select {
		case r := <-done:
			return r.solution, r.err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// column returns the only column of x.
func column(x blas64.General) []float64 {
	c := make([]float64, x.Rows)
	for i := range c {
		c[i] = x.Data[i*x.Stride]
	}
	return c
}

// ratio is x/y, and 0 for 0/0.
func ratio(x, y float64) float64 {
	if x == 0 {
		return 0
	}
	return x / y
}
