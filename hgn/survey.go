package hgn

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/hgn/internal/manybody"
	"github.com/rapidhgn/rapidhgn/internal/parallel"
	"github.com/rapidhgn/rapidhgn/kernels/lsq"
)

// A survey is what the encoding ManyBody needs to know of all frames before it fits.
type survey struct {
	speciesTable
	samples, nodes int
	bodies         int // of all frames
	edges          float64
	shortest       float64 // distance of two bodies
	groups         map[string]groupSize
	energies       int        // frames whose energies become equations
	kinds          [kinds]int // frames with energies, forces, stresses that count

	squares, fourths float64 // Σ x², Σ x⁴ over what the frames say, forces if there are any

	energyScale
}

// An energyScale says which energies are usual.
type energyScale struct {
	reference []float64 // energy of a body of each species
	median    float64   // of the energy per body beyond that of the reference
	spread    float64   // s of [Materials]
}

// newSurvey reads all frames.
func newSurvey(ctx context.Context, d *dataset, opt *Options) (*survey, error) {
	v := &survey{shortest: math.Inf(1), groups: map[string]groupSize{}}
	found := map[int]bool{}
	err := d.batches(ctx, func(frames []*Frame) error {
		type result struct {
			edges    int
			shortest float64
			err      error
		}
		results := make([]result, len(frames))
		parallel.Blocks(len(frames), opt.Workers, func(_, i int) {
			r := &results[i]
			r.edges, r.shortest, r.err = surveyFrame(frames[i], opt)
		})
		for i, f := range frames {
			r := &results[i]
			if r.err != nil {
				return r.err
			}
			if v.samples == 0 {
				v.nodes = f.Nodes()
			}
			v.samples++
			v.bodies += f.Nodes()
			v.edges += float64(r.edges) / 2
			v.shortest = min(v.shortest, r.shortest)
			g := v.groups[f.group()]
			v.groups[f.group()] = groupSize{g.frames + 1, g.bodies + f.Nodes()}
			for _, s := range f.Species {
				found[s] = true
			}
			if opt.observed(f)[energyKind] {
				v.energies++
			}
			used := opt.used(f)
			for k, has := range used {
				if has {
					v.kinds[k]++
				}
			}
			if used[forceKind] {
				for _, x := range f.PDot {
					v.count(x)
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if v.samples == 0 {
		return nil, fmt.Errorf("hgn: no frame to train on")
	}
	for s := range found {
		v.types = append(v.types, s)
	}
	slices.Sort(v.types)
	for _, g := range slices.Sorted(maps.Keys(opt.Materials.GroupWeights)) {
		if v.groups[g].frames == 0 {
			return nil, fmt.Errorf("hgn: no frame is of group %q, which has a weight (there are %v)", g, slices.Sorted(maps.Keys(v.groups)))
		}
	}
	return v, v.refer(ctx, d, opt)
}

// surveyFrame checks a frame and returns the number of its edges and the shortest distance.
func surveyFrame(f *Frame, opt *Options) (edges int, shortest float64, err error) {
	if err := f.check(); err != nil {
		return 0, 0, err
	}
	if opt.used(f) == [kinds]bool{} {
		return 0, 0, f.errorf("neither an energy nor forces nor a stress that could be used")
	}
	for _, x := range f.Stress {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return 0, 0, f.errorf("the stress is %v", f.Stress)
		}
	}
	var s manybody.Structure
	m := manyBodyModel{speciesTable: speciesTable{slices.Compact(slices.Sorted(slices.Values(f.Species)))}, periodic: opt.Periodic}
	if err := m.structure(&s, f); err != nil {
		return 0, 0, err
	}
	edges, shortest, err = manybody.Distances(&s, opt.Cutoff)
	if err != nil {
		return 0, 0, f.errorf("%v", err)
	}
	return edges, shortest, nil
}

// used says which of energy, forces and stress of f have a weight.
func (o *Options) used(f *Frame) [kinds]bool {
	has := f.holds(o.Materials.StressUnit)
	for k, w := range o.Materials.weights() {
		has[k] = has[k] && w > 0
	}
	return has
}

// observed says which of them become equations: those, and where these are kept the others,
// too, whose weight may come later.
func (o *Options) observed(f *Frame) [kinds]bool {
	if o.Materials.Appendable {
		return f.holds(o.Materials.StressUnit)
	}
	return o.used(f)
}

// holds says which of energy, forces and stress f has.
func (f *Frame) holds(stressUnit float64) [kinds]bool {
	return [kinds]bool{
		energyKind: f.HasEnergy,
		forceKind:  f.PDot != nil,
		stressKind: f.HasStress && stressUnit != 0 && f.volume() > 0,
	}
}

// weights are those of the kinds of equations.
func (o *Materials) weights() [kinds]float64 {
	return [kinds]float64{energyKind: o.EnergyWeight, forceKind: o.ForceWeight, stressKind: o.StressWeight}
}

// potentialEnergy is the energy of f without the kinetic one.
func (f *Frame) potentialEnergy() float64 {
	return f.Energy - kineticEnergy(nil, f.P, f.Mass, f.Dim)
}

// refer finds the energies of the species that fit best, and how far those of the frames
// are from them.
func (v *survey) refer(ctx context.Context, d *dataset, opt *Options) error {
	species := len(v.types)
	v.reference = make([]float64, species)
	if v.energies == 0 {
		return nil
	}
	acc := lsq.New(species, 1)
	var perBody []float64
	var rows [][]float64
	row := make([]float64, species)
	err := d.batches(ctx, func(frames []*Frame) error {
		for _, f := range frames {
			if !opt.observed(f)[energyKind] {
				continue
			}
			clear(row)
			for _, s := range f.Species {
				row[v.number(s)] += 1 / float64(f.Nodes())
			}
			e := f.potentialEnergy() / float64(f.Nodes())
			perBody, rows = append(perBody, e), append(rows, slices.Clone(row))
			if err := acc.Append(general(1, species, row), general(1, 1, []float64{e})); err != nil {
				return f.errorf("%v", err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	sol, err := acc.Solve(lsq.Options{RCond: 1e-10})
	if err != nil {
		return fmt.Errorf("hgn: energies of the species: %w", err)
	}
	v.reference = column(sol.X)
	for i, r := range rows {
		for k, share := range r {
			perBody[i] -= share * v.reference[k]
		}
	}
	if v.kinds[forceKind] == 0 && v.kinds[energyKind] > 0 {
		for _, e := range perBody {
			v.count(e)
		}
	}
	v.median = median(perBody)
	for i := range perBody {
		perBody[i] = math.Abs(perBody[i] - v.median)
	}
	v.spread = 4 * median(perBody)
	return nil
}

// count takes a right-hand side of an equation into account.
func (v *survey) count(x float64) {
	v.squares = math.FMA(x, x, v.squares)
	v.fourths = math.FMA(x*x, x*x, v.fourths)
}

// equations is the number of equations that count, (Σ x²)²/Σ x⁴ of their right-hand sides x:
// of many crystals at rest and one liquid it is the liquid that says something.
func (v *survey) equations() float64 {
	if v.fourths == 0 {
		return 1
	}
	return v.squares * v.squares / v.fourths
}

// trust is the c of [Materials] for an energy per body beyond that of the reference.
func (v *energyScale) trust(e float64) float64 {
	if v.spread == 0 {
		return 1
	}
	x := (e - v.median) / v.spread
	return 1 / (1 + x*x)
}

// median sorts x and returns what is in the middle.
func median(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}

// general is a matrix without gaps.
func general(rows, cols int, data []float64) blas64.General {
	return blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: data}
}
