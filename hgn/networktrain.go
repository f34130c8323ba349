package hgn

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/rapidhgn/rapidhgn/hgn/internal/network"
	"github.com/rapidhgn/rapidhgn/internal/parallel"
	"github.com/rapidhgn/rapidhgn/kernels/lsq"
)

// poolFrames and poolBodies bound the frames, drawn at random, whose inputs stand for
// those of all frames when hidden layers are drawn.
const (
	poolFrames = 256
	poolBodies = 1 << 12
)

// A networkTrainer fits a networkModel.
type networkTrainer struct {
	m       *networkModel
	opt     *Options
	samples int
	nodes   int
	first   Frame
	pool    []*Frame
	solving time.Duration
	rows    int64
}

// trainFrame and trainInvariantNetwork are what [Train] does for their encodings.
func trainFrame(ctx context.Context, d *dataset, opt *Options) (hamiltonian, *Report, error) {
	return trainNetwork(ctx, d, opt, network.Frame)
}

func trainInvariantNetwork(ctx context.Context, d *dataset, opt *Options) (hamiltonian, *Report, error) {
	return trainNetwork(ctx, d, opt, network.Invariant)
}

// trainNetwork makes the passes over d and solves: one to draw the layers, one for
// the rows, and for ASWIM a further one for those of the layers that are drawn anew.
func trainNetwork(ctx context.Context, d *dataset, opt *Options, in network.Inputs) (hamiltonian, *Report, error) {
	start, read := time.Now(), d.reading
	t := &networkTrainer{opt: opt, m: &networkModel{settings: settingsOf(opt), lo: math.Inf(1), hi: math.Inf(-1)}}
	if err := t.gather(ctx, d, in); err != nil {
		return nil, nil, err
	}
	t.m.Network = network.New(network.Shape{
		Inputs: in, Dim: t.first.Dim, Activation: opt.Activation,
		Node: opt.NodeFeatures, Edge: opt.Features, Message: opt.Features, EdgeReadout: opt.EdgeReadout,
	})
	if n := t.m.Columns(); n > MaxFeatures {
		return nil, nil, fmt.Errorf("hgn: %d features are more than %d", n, MaxFeatures)
	}
	var pool []*network.Sample
	for _, f := range t.pool {
		s, err := t.m.sample(f, opt.Graph)
		if err != nil {
			return nil, nil, err
		}
		pool = append(pool, s)
	}
	rng := rand.New(rand.NewPCG(opt.Seed, weightStream))
	t.m.Draw(pool, opt.Sampler.ofNetwork(), opt.Omega, rng)
	report, err := t.fit(ctx, d)
	if err == nil && opt.Sampler == ASWIM {
		t.m.Redraw(pool, rng)
		report, err = t.fit(ctx, d)
	}
	if err != nil {
		return nil, nil, err
	}
	model := &Model{t.m}
	if t.first.HasEnergy {
		h, err := model.Energy(&t.first, opt.Graph)
		if err != nil {
			return nil, nil, err
		}
		t.m.Offset = t.first.Energy - h
	}
	total := time.Since(start) - (d.reading - read)
	report.Samples, report.Nodes, report.Edges = t.samples, t.nodes, float64(opt.Graph.Edges())
	report.Seconds = total.Seconds()
	report.SecondsSolve = t.solving.Seconds()
	report.SecondsFeatures = (total - t.solving).Seconds()
	e, err := model.evaluate(ctx, d, EvaluateOptions{Graph: opt.Graph, Workers: opt.Workers})
	if err != nil {
		return nil, nil, err
	}
	report.ForceError = e.Force
	return t.m, report, nil
}

// ofNetwork is s for the layers of a network.
func (s Sampler) ofNetwork() network.Sampler {
	switch s {
	case ELM:
		return network.ELM
	case ELMWhitened:
		return network.ELMWhitened
	case SWIM:
		return network.SWIM
	}
	return network.ASWIM
}

// gather counts frames and draws those of the pool.
func (t *networkTrainer) gather(ctx context.Context, d *dataset, in network.Inputs) error {
	rng := rand.New(rand.NewPCG(t.opt.Seed, reservoirStream))
	g := t.opt.Graph
	err := d.batches(ctx, func(frames []*Frame) error {
		for _, f := range frames {
			if t.samples == 0 {
				t.first.CopyFrom(f)
				t.nodes = f.Nodes()
				if len(f.Species) > 0 {
					t.m.species = f.Species[0]
				}
			}
			if err := admitToNetwork(f, g, in, t.first.Dim, t.m.species); err != nil {
				return err
			}
			if f.Dim != t.first.Dim {
				return f.errorf("%d dimensions, the first frame has %d", f.Dim, t.first.Dim)
			}
			if f.PDot == nil || f.QDot == nil {
				return f.errorf("training needs velocities and forces")
			}
			t.samples++
			e := network.Encoder{Dim: f.Dim, Senders: g.Senders, Receivers: g.Receivers}
			e.EachLength(f.Q, func(r float64) { t.m.lo, t.m.hi = min(t.m.lo, r), max(t.m.hi, r) })
			most := max(1, min(poolFrames, poolBodies/f.Nodes()))
			if len(t.pool) < most {
				kept := new(Frame)
				kept.CopyFrom(f)
				t.pool = append(t.pool, kept)
			} else if i := rng.IntN(t.samples); i < most {
				t.pool[i].CopyFrom(f)
			}
		}
		return nil
	})
	if err == nil && t.samples == 0 {
		err = fmt.Errorf("hgn: no frame to train on")
	}
	return err
}

// sample returns f as a sample, with its targets.
func (m *networkModel) sample(f *Frame, g *Graph) (*network.Sample, error) {
	s := network.NewSample(&network.Encoder{Inputs: m.Inputs, Dim: f.Dim, Senders: g.Senders, Receivers: g.Receivers, Mass: f.Mass})
	if err := s.Encode(f.Q, f.P); err != nil {
		return nil, f.errorf("%v", err)
	}
	for _, x := range f.PDot {
		s.Target = append(s.Target, -x)
	}
	s.Target = append(s.Target, f.QDot...)
	return s, nil
}

// A networkUnit is the workspace of one worker.
type networkUnit struct {
	w   network.RowWorkspace
	acc *lsq.Accumulator
	z   []float64
}

// fit solves for the last layer: the rows of all coordinates of q and p form one
// problem. Frames are taken one by one, each as whole chunks of the solver, so that the
// result does not depend on which worker did what.
func (t *networkTrainer) fit(ctx context.Context, d *dataset) (*Report, error) {
	cols := t.m.Columns()
	most := lsq.ChunkRows(cols)
	all := lsq.New(cols, 1)
	workers := make([]networkUnit, t.opt.Workers)
	for i := range workers {
		workers[i].acc = lsq.NewShard(cols, 1, 0)
	}
	var mu sync.Mutex // guards all
	chunk := int64(0)
	t.rows = 0
	err := d.batches(ctx, func(frames []*Frame) error {
		groups := groupByRows(frames, most)
		begin := time.Now()
		firsts := make([]int64, len(groups))
		for i, g := range groups {
			firsts[i] = chunk
			chunk += int64((rowsOf(g) + most - 1) / most)
			t.rows += int64(rowsOf(g))
		}
		failed := make([]error, len(groups))
		solving := make([]time.Duration, len(groups))
		busy := make([]time.Duration, len(groups))
		parallel.Blocks(len(groups), t.opt.Workers, func(worker, i int) {
			if ctx.Err() == nil {
				start := time.Now()
				solving[i], failed[i] = t.factor(&workers[worker], groups[i], firsts[i], most, all, &mu)
				busy[i] = time.Since(start)
			}
		})
		wall := time.Since(begin)
		var sum, sumBusy time.Duration
		for i, err := range failed {
			if err != nil {
				return err
			}
			sum, sumBusy = sum+solving[i], sumBusy+busy[i]
		}
		if sumBusy > 0 {
			t.solving += time.Duration(float64(wall) * float64(sum) / float64(sumBusy))
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	start := time.Now()
	solution, err := solveContext(ctx, all, lsq.Options{RCond: t.opt.RCond, Ridge: t.opt.Ridge})
	t.solving += time.Since(start)
	if err != nil {
		return nil, fmt.Errorf("hgn: energy: %w", err)
	}
	copy(t.m.Theta, column(solution.X))
	return &Report{
		Rows: t.rows, Features: cols, Rank: solution.Rank, Cond: solution.Cond,
		minimumNorm: t.rows < int64(cols),
	}, nil
}

// rowsOf is the number of equations of frames.
func rowsOf(frames []*Frame) int {
	n := 0
	for _, f := range frames {
		n += 2 * f.Dim * f.Nodes()
	}
	return n
}

// groupByRows cuts frames into groups of at most the given number of rows, or of one
// frame.
func groupByRows(frames []*Frame, most int) (groups [][]*Frame) {
	first := 0
	for i := range frames {
		if i > first && rowsOf(frames[first:i+1]) > most {
			groups = append(groups, frames[first:i])
			first = i
		}
	}
	return append(groups, frames[first:])
}

// factor makes the rows of frames the chunks of all from the given one on, and
// returns how long the solver took.
func (t *networkTrainer) factor(u *networkUnit, frames []*Frame, chunk int64, most int, all *lsq.Accumulator, mu *sync.Mutex) (time.Duration, error) {
	cols := t.m.Columns()
	n := rowsOf(frames)
	u.z = grow(u.z, n*cols)
	target := make([]float64, 0, n)
	for _, f := range frames {
		s, err := t.m.sample(f, t.opt.Graph)
		if err != nil {
			return 0, err
		}
		t.m.Rows(&u.w, u.z[len(target)*cols:], s)
		target = append(target, s.Target...)
	}
	start := time.Now()
	for lo := 0; lo < n; lo += most {
		hi := min(n, lo+most)
		if err := factor(u.acc, u.z[lo*cols:hi*cols], target[lo:hi], chunk); err != nil {
			var refused *lsq.RowError
			if errors.As(err, &refused) {
				at := lo + int(refused.Row)
				for _, f := range frames {
					if r := 2 * f.Dim * f.Nodes(); at >= r {
						at -= r
						continue
					}
					return 0, f.errorf("features of body %d overflow", at/f.Dim%f.Nodes())
				}
			}
			return 0, err
		}
		chunk++
		mu.Lock()
		err := all.Merge(u.acc)
		mu.Unlock()
		if err != nil {
			return 0, err
		}
	}
	return time.Since(start), nil
}
