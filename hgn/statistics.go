package hgn

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
)

// statistics is what a first pass over the training frames finds out: how many
// there are, which species, and the distribution of the inputs of every layer.
type statistics struct {
	samples int
	bodies  int64   // of all frames
	edges   float64 // of all frames
	first   *Frame  // copy of the first frame
	series  seriesCheck

	it    interaction
	pairs map[[2]int]*inputs // by the two species, ascending
	types map[int]*inputs    // by species
}

// inputs are the moments of the input of a layer and, for SWIM, a sub-sample.
type inputs struct {
	moments
	reservoir
}

// gather makes the first pass over d.
func (o *Options) gather(ctx context.Context, d *dataset, work *pairWork) (*statistics, error) {
	st := &statistics{
		it:    interaction{xi: o.Xi, cutoff: o.Cutoff, periodic: o.Periodic},
		pairs: map[[2]int]*inputs{},
		types: map[int]*inputs{},
	}
	if len(work.finders) != o.Workers {
		work.finders = make([]inputScratch, o.Workers)
		for i := range work.finders {
			work.finders[i].find = pairFinder{fixed: o.Graph, cutoff: o.Cutoff, periodic: o.Periodic}
		}
	}
	work.large.cutoff, work.large.periodic, work.large.workers = o.Cutoff, o.Periodic, o.Workers
	work.kept.graphs, work.kept.size, work.kept.full = work.kept.graphs[:0], 0, o.Cutoff == 0
	var table speciesTable
	err := d.batches(ctx, func(frames []*Frame) error {
		first := st.samples
		for _, f := range frames {
			if err := st.admit(o, f, &table); err != nil {
				return err
			}
		}
		work.kept.reserve(len(frames))
		parts, err := work.parts(frames, first, &table)
		if err != nil {
			return err
		}
		work.tallies = grow(work.tallies, len(parts))
		parallel.Blocks(len(parts), o.Workers, func(worker, i int) {
			t := &work.tallies[i]
			t.reset(len(table.types), o.Sampler == SWIM)
			t.failed = t.add(&parts[i], &work.finders[worker], &work.kept, &table, &st.it)
		})
		for i := range work.tallies {
			t := &work.tallies[i]
			if t.failed != nil {
				return t.failed
			}
			st.merge(o, t, &table)
			work.kept.size += t.kept
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, in := range st.pairs {
		in.sample = in.reservoir.kept
	}
	for _, in := range st.types {
		in.sample = in.reservoir.kept
	}
	return st, nil
}

// admit checks f and takes note of its species.
func (st *statistics) admit(o *Options, f *Frame, table *speciesTable) error {
	if err := f.check(); err != nil {
		return err
	}
	switch {
	case o.Series != NoSeries:
		if err := cmp.Or(f.moves(), st.series.add(f, o)); err != nil {
			return err
		}
	case f.PDot == nil || f.QDot == nil:
		return f.errorf("training needs velocities and forces, or a time series")
	}
	if st.samples == 0 {
		if o.Xi.weighted() {
			st.it.weight = byMass
			if slices.ContainsFunc(f.Charge, func(q float64) bool { return q != 0 }) {
				st.it.weight = byCharge
			}
		}
		st.first = new(Frame)
		st.first.CopyFrom(f)
	}
	st.samples++
	st.bodies += int64(f.Nodes())
	for i, s := range f.Species {
		if i > 0 && s == f.Species[i-1] {
			continue
		}
		if at, found := slices.BinarySearch(table.types, s); !found {
			table.types = slices.Insert(table.types, at, s)
		}
	}
	return nil
}

// inputs returns those of the pairs of species, by pairIndex; nil where there is no edge.
func (m *pairModel) inputs(st *statistics) []*inputs {
	all := make([]*inputs, 0, len(m.radials))
	for b, tb := range m.types {
		for _, ta := range m.types[:b+1] {
			all = append(all, st.pairs[[2]int{ta, tb}])
		}
	}
	return all
}

// squaredMomentum is |p|² of body i.
func squaredMomentum(f *Frame, i int) float64 {
	s := 0.0
	for _, p := range f.P[i*f.Dim:][:f.Dim] {
		s = math.FMA(p, p, s)
	}
	return s
}

// merge adds the inputs of one part of the data; called in their order.
func (st *statistics) merge(o *Options, t *inputTally, table *speciesTable) {
	st.edges += float64(t.edges)
	for b, tb := range table.types {
		for a, ta := range table.types[:b+1] {
			mergeInputs(st.pairs, [2]int{ta, tb}, &t.pairs[pairIndex(a, b)], o.Seed)
		}
		mergeInputs(st.types, tb, &t.types[b], o.Seed)
	}
}

func mergeInputs[K comparable](all map[K]*inputs, key K, t *tally, seed uint64) {
	if t.n == 0 {
		return
	}
	in := all[key]
	if in == nil {
		in = &inputs{reservoir: reservoir{rng: rand.New(rand.NewPCG(seed, reservoirStream))}}
		all[key] = in
	}
	in.moments.merge(t.moments())
	in.reservoir.add(t.values)
}

// The streams of the generator PCG(seed, stream).
const (
	weightStream    = 0x77656967687473 // "weights"
	reservoirStream = 0x73616d706c65   // "sample"
)
