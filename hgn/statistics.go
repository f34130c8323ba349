package hgn

import (
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
	nodes   int     // of the first frame
	bodies  int64   // of all frames
	edges   float64 // of all frames
	dim     int     // of the first frame
	first   Frame   // copy of the first frame

	it    interaction
	pairs map[[2]int]*inputs // by the two species, ascending
	types map[int]*inputs    // by species
}

// inputs are the moments of the input of a layer and, for SWIM, a sub-sample.
type inputs struct {
	moments
	reservoir
}

// frameInputs are the inputs that one frame contributes, by number of pair and
// of species.
type frameInputs struct {
	edges  int
	radii  []moments
	xi, t  [][]float64 // the values themselves, for SWIM
	arg    []moments
	failed error
}

// gather makes the first pass over d.
func (o *Options) gather(ctx context.Context, d *dataset) (*statistics, error) {
	st := &statistics{
		it:    interaction{xi: o.Xi, cutoff: o.Cutoff, periodic: o.Periodic},
		pairs: map[[2]int]*inputs{},
		types: map[int]*inputs{},
	}
	var table speciesTable
	var scratch []inputScratch
	err := d.batches(ctx, func(frames []*Frame) error {
		for _, f := range frames {
			if err := st.admit(o, f, &table); err != nil {
				return err
			}
		}
		results := make([]frameInputs, len(frames))
		if scratch == nil {
			scratch = make([]inputScratch, o.Workers)
			for i := range scratch {
				scratch[i].find = pairFinder{fixed: o.Graph, cutoff: o.Cutoff, periodic: o.Periodic}
			}
		}
		parallel.Blocks(len(frames), o.Workers, func(worker, i int) {
			results[i].failed = scratch[worker].inputs(&results[i], frames[i], &table, &st.it, o.Sampler == SWIM)
		})
		for i := range results {
			if err := results[i].failed; err != nil {
				return err
			}
			st.merge(o, &results[i], &table)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, in := range st.pairs {
		in.sample = in.kept
	}
	for _, in := range st.types {
		in.sample = in.kept
	}
	return st, nil
}

// admit checks f and takes note of its species.
func (st *statistics) admit(o *Options, f *Frame, table *speciesTable) error {
	if err := f.check(); err != nil {
		return err
	}
	if f.PDot == nil || f.QDot == nil {
		return f.errorf("training needs velocities and forces")
	}
	if st.samples == 0 {
		st.first.CopyFrom(f)
		st.nodes, st.dim = f.Nodes(), f.Dim
		if o.Xi == LogDistance {
			st.it.weight = byMass
			if slices.ContainsFunc(f.Charge, func(q float64) bool { return q != 0 }) {
				st.it.weight = byCharge
			}
		}
	}
	st.samples++
	st.bodies += int64(f.Nodes())
	for _, s := range f.Species {
		if i, found := slices.BinarySearch(table.types, s); !found {
			table.types = slices.Insert(table.types, i, s)
		}
	}
	return nil
}

// inputScratch is the workspace of one worker.
type inputScratch struct {
	find    pairFinder
	species []int32
	edges   edgeList
}

// inputs computes what f contributes.
func (s *inputScratch) inputs(dst *frameInputs, f *Frame, table *speciesTable, it *interaction, keep bool) error {
	g, err := s.find.edges(f)
	if err != nil {
		return err
	}
	if s.species, err = table.numbers(s.species, f); err != nil {
		return err
	}
	if err = s.edges.fill(f, g, nil, s.species, it); err != nil {
		return err
	}
	dst.edges = g.Edges()
	dst.radii = make([]moments, pairCount(len(table.types)))
	dst.xi = make([][]float64, len(dst.radii))
	for p := range dst.radii {
		lo, hi := math.Inf(1), math.Inf(-1)
		values := dst.xi[p]
		for _, k := range s.edges.pairs(p) {
			r := s.edges.r[k]
			lo, hi = min(lo, r), max(hi, r)
			xi, _, _ := it.xi.derivatives(r)
			values = append(values, xi)
		}
		dst.radii[p].add(values, lo, hi)
		for _, k := range s.edges.pairs(p) {
			w := s.edges.factor(k)
			dst.radii[p].weight2 = math.FMA(w, w, dst.radii[p].weight2)
		}
		dst.xi[p] = values
	}
	dst.arg = make([]moments, len(table.types))
	dst.t = make([][]float64, len(dst.arg))
	for i, sp := range s.species {
		dst.t[sp] = append(dst.t[sp], squaredMomentum(f, i)/f.Mass[i])
	}
	for sp, values := range dst.t {
		if len(values) > 0 {
			dst.arg[sp].add(values, slices.Min(values), slices.Max(values))
		}
	}
	if !keep {
		dst.xi, dst.t = nil, nil
	}
	return nil
}

// squaredMomentum is |p|² of body i.
func squaredMomentum(f *Frame, i int) float64 {
	s := 0.0
	for _, p := range f.P[i*f.Dim:][:f.Dim] {
		s = math.FMA(p, p, s)
	}
	return s
}

// merge adds one frame's inputs; called in the order of frames.
func (st *statistics) merge(o *Options, in *frameInputs, table *speciesTable) {
	st.edges += float64(in.edges)
	for b, tb := range table.types {
		for a, ta := range table.types[:b+1] {
			mergeInputs(st.pairs, [2]int{ta, tb}, in.radii[pairIndex(a, b)], in.xi, pairIndex(a, b), o.Seed)
		}
		mergeInputs(st.types, tb, in.arg[b], in.t, b, o.Seed)
	}
}

func mergeInputs[K comparable](all map[K]*inputs, key K, m moments, values [][]float64, i int, seed uint64) {
	if m.n == 0 {
		return
	}
	in := all[key]
	if in == nil {
		in = &inputs{reservoir: reservoir{rng: rand.New(rand.NewPCG(seed, reservoirStream))}}
		all[key] = in
	}
	in.moments.merge(m)
	if values != nil {
		in.reservoir.add(values[i])
	}
}

// The streams of the generator PCG(seed, stream).
const (
	weightStream    = 0x77656967687473 // "weights"
	reservoirStream = 0x73616d706c65   // "sample"
)
