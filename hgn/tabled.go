package hgn

import (
	"math"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
	"github.com/rapidhgn/rapidhgn/kernels/pair"
)

// A tabled moves the bodies of a [Model.Rollout] by tabulated potentials. It keeps them in
// the order of its list, four numbers each, and does not depend on the number of workers.
type tabled struct {
	m       *pairModel
	f       *Frame // species, masses, charges, box
	workers int
	team    *parallel.Team
	reach   float64 // of the list, 0 for fixed edges
	list    pairList
	species []int32 // by body of the frame
	weight  []float64
	image   image

	kernels  []*pair.Kernel // by pairIndex, nil where training had no edge
	kinetics []kineticTable

	q, p, force, built []float64 // by place; q has one more row
	flat               []float64 // positions by body, where the list is built
	inverse            []float64 // 1/m, by place
	sums               []tabledSums
	scratch            []tabledScratch

	potential, kinetic float64
	outside, evaluated int64 // of the last step
}

// tabledSums are what a block of bodies adds up to.
type tabledSums struct {
	pair.Sums
	kinetic float64
	most    float64 // the largest |p|²/m
	moved   bool    // a body has left its place by half the skin, or is nowhere
}

type tabledScratch struct {
	kineticScratch
	t, energy, slope [listBlock]float64
}

// newTabled returns nil without an error if a potential is not one of polynomials.
func newTabled(m *pairModel, f *Frame, g *Graph, reach float64, cells, workers int, team *parallel.Team) (*tabled, error) {
	t := &tabled{m: m, f: f, workers: workers, team: team, reach: reach}
	var err error
	if t.weight, err = m.weight.of(f); err != nil {
		return nil, err
	}
	if t.species, err = m.numbers(nil, f); err != nil {
		return nil, err
	}
	t.image = f.Box.image(m.periodic)
	im := t.image
	for a := f.Dim; a < 3; a++ {
		im.length[a] = 0
	}
	for i := range m.radials {
		var k *pair.Kernel
		if r := &m.radials[i]; r.seen() {
			potential := r.polynomials(newTable(r, cells))
			if potential == nil {
				return nil, nil
			}
			potential.Weighted = t.weight != nil
			if k, err = pair.NewKernel(*potential, im.length); err != nil {
				return nil, nil
			}
		}
		t.kernels = append(t.kernels, k)
	}
	n := f.Nodes()
	for _, x := range []*[]float64{&t.p, &t.force} {
		*x = make([]float64, 4*n)
	}
	if g == nil {
		t.built = make([]float64, 4*n)
	}
	t.q = make([]float64, 4*n+4)
	t.flat = make([]float64, len(f.Q))
	t.inverse = make([]float64, n)
	t.scratch = make([]tabledScratch, workers)
	t.kinetics = make([]kineticTable, len(m.kinetics))
	for s := range t.kinetics {
		t.kinetics[s].exact = &m.kinetics[s]
	}
	if g == nil {
		return t, nil
	}
	if err := t.list.fromGraph(g, t.species, len(m.types)); err != nil {
		return nil, f.errorf("%v", err)
	}
	return t, t.listed()
}

// place is that of [mover].
func (t *tabled) place(q, p []float64, m *memory) error {
	built, kineticRange := q, 0.0
	if m != nil {
		built, kineticRange = m.reference, m.kinetic
	}
	if t.reach > 0 {
		if len(built) != len(t.flat) {
			return errMemory
		}
		copy(t.flat, built)
		if err := t.rebuild(); err != nil {
			return err
		}
	}
	t.take(q, p)
	if kineticRange == 0 {
		for i := range t.inverse {
			kineticRange = max(kineticRange, 4*t.argument(i))
		}
	}
	t.tabulate(kineticRange)
	return t.forces(true, 0)
}

// memory is that of [mover].
func (t *tabled) memory() memory {
	m := memory{kinetic: t.kinetics[0].most}
	if t.reach > 0 {
		t.put(t.flat, t.built)
		m.reference = t.flat
	}
	return m
}

// tabulate makes the kinetic energies valid up to most.
func (t *tabled) tabulate(most float64) {
	for s := range t.kinetics {
		t.kinetics[s].tabulate(most)
	}
}

// argument is |p|²/m of the body at a place.
func (t *tabled) argument(i int) float64 {
	p := (*[4]float64)(t.p[4*i:])
	return (float64(p[0]*p[0]) + float64(p[1]*p[1]) + float64(p[2]*p[2])) * t.inverse[i]
}

// take sets positions and momenta, given by body.
func (t *tabled) take(q, p []float64) {
	dim := t.f.Dim
	for place, i := range t.list.order {
		copy(t.q[4*place:], q[int(i)*dim:][:dim])
		copy(t.p[4*place:], p[int(i)*dim:][:dim])
		t.q[4*place+3] = 1
		if t.weight != nil {
			t.q[4*place+3] = t.weight[i]
		}
		t.inverse[place] = 1 / t.f.Mass[i]
	}
	for a := range 4 {
		t.q[len(t.q)-4+a] = math.NaN()
	}
}

// put is the inverse of take.
func (t *tabled) put(dst, x []float64) {
	dim := t.f.Dim
	for place, i := range t.list.order {
		copy(dst[int(i)*dim:][:dim], x[4*place:])
	}
}

// rebuild makes the list for positions t.flat.
func (t *tabled) rebuild() error {
	err := t.list.build(t.flat, t.f.Dim, t.species, len(t.m.types), &t.f.Box, t.m.periodic, t.reach, t.workers)
	if err != nil {
		return err
	}
	for place, i := range t.list.order {
		copy(t.built[4*place:], t.flat[int(i)*t.f.Dim:][:t.f.Dim])
	}
	return t.listed()
}

// listed checks a new list.
func (t *tabled) listed() error {
	n := t.f.Nodes()
	errs := make([]error, len(t.list.blocks))
	parallel.Blocks(len(t.list.blocks), t.workers, func(_, b int) {
		for s := range t.list.blocks[b] {
			list := &t.list.blocks[b][s]
			if errs[b] = list.Check(n); errs[b] != nil {
				return
			}
			for i, first := range list.Start[:len(list.Start)-1] {
				if first == list.Start[i+1] {
					continue
				}
				place := list.First + i
				if t.kernels[pairIndex(int(t.list.species[place]), s)] == nil {
					i, j := t.list.order[place], t.list.order[list.Neighbors[first]/4]
					errs[b] = t.f.errorf("bodies %d and %d interact, but training had no edge between species %d and %d",
						i, j, t.f.Species[i], t.f.Species[j])
					return
				}
			}
		}
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// renew rebuilds the list at the present positions.
func (t *tabled) renew() error {
	t.put(t.flat, t.q)
	p := make([]float64, len(t.flat))
	t.put(p, t.p)
	if err := t.rebuild(); err != nil {
		return err
	}
	t.take(t.flat, p)
	return nil
}

// advance is that of [mover].
func (t *tabled) advance(lengths []float64) error {
	outside, evaluated := int64(0), int64(0)
	for k, h := range lengths {
		kick := h / 2
		if k > 0 {
			kick += lengths[k-1] / 2
		}
		if err := t.drift(kick, h); err != nil {
			return err
		}
		if err := t.forces(k == len(lengths)-1, h/2); err != nil {
			return err
		}
		outside, evaluated = outside+t.outside, evaluated+t.evaluated
	}
	t.outside, t.evaluated = outside, evaluated
	return nil
}

// show is that of [mover].
func (t *tabled) show(f *Frame) {
	t.put(f.Q, t.q)
	t.put(f.P, t.p)
	t.put(f.PDot, t.force)
	for place, i := range t.list.order {
		var energy, factor [1]float64
		t.kinetics[t.list.species[place]].exact.eval(energy[:], factor[:], []float64{t.argument(place)}, &t.scratch[0].kineticScratch)
		for a := int(i) * f.Dim; a < (int(i)+1)*f.Dim; a++ {
			f.QDot[a] = factor[0] / f.Mass[i] * f.P[a]
		}
	}
}

// energies is that of [mover].
func (t *tabled) energies() (potential, kinetic float64) { return t.potential, t.kinetic }

// counts is that of [mover].
func (t *tabled) counts() (outside, evaluated int64) { return t.outside, t.evaluated }
