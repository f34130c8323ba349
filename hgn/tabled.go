package hgn

import (
	"fmt"
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
	moved   bool    // a body has left its place by half the skin
	broken  bool    // a coordinate is not finite
}

type tabledScratch struct {
	kineticScratch
	t, energy, factor [listBlock]float64
}

// newTabled returns nil without an error if a potential is not one of polynomials.
func newTabled(m *pairModel, f *Frame, g *Graph, reach float64, cells, workers int) (*tabled, error) {
	t := &tabled{m: m, f: f, workers: workers, reach: reach}
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
	for _, x := range []*[]float64{&t.p, &t.force, &t.built} {
		*x = make([]float64, 4*n)
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
func (t *tabled) place(reference, q, p []float64, kineticRange float64) error {
	if t.reach > 0 {
		copy(t.flat, reference)
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
	if err := t.forces(); err != nil {
		return err
	}
	return t.finish(0)
}

// reference is that of [mover].
func (t *tabled) reference() (positions []float64, kineticRange float64) {
	if t.reach > 0 {
		t.put(t.flat, t.built)
		positions = t.flat
	}
	return positions, t.kinetics[0].most
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
	return float64(math.FMA(p[2], p[2], math.FMA(p[1], p[1], float64(p[0]*p[0]))) * t.inverse[i])
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

// each calls f for all blocks of bodies.
func (t *tabled) each(f func(lo, hi int, sum *tabledSums, s *tabledScratch)) {
	t.sums = grow(t.sums, len(t.list.blocks))
	parallel.Blocks(len(t.list.blocks), t.workers, func(worker, b int) {
		lo, hi := t.list.bounds(b)
		t.sums[b] = tabledSums{}
		f(lo, hi, &t.sums[b], &t.scratch[worker])
	})
}

// forces computes the forces at the present positions.
func (t *tabled) forces() error {
	t.each(func(lo, hi int, sum *tabledSums, _ *tabledScratch) {
		clear(t.force[4*lo : 4*hi])
		species := t.list.species
		for from := lo; from < hi; {
			to := from + 1
			for to < hi && species[to] == species[from] {
				to++
			}
			for s := range t.kinetics {
				k := t.kernels[pairIndex(int(species[from]), s)]
				if k == nil {
					continue
				}
				found := k.Forces(t.force, t.q, &t.list.blocks[lo/listBlock][s], from, to)
				sum.Energy += found.Energy
				sum.Pairs += found.Pairs
				sum.Outside += found.Outside
				sum.Touching = sum.Touching || found.Touching
			}
			from = to
		}
	})
	t.potential = 0
	t.evaluated, t.outside = 0, 0
	for b := range t.sums {
		t.potential += t.sums[b].Energy
		t.evaluated += int64(t.sums[b].Pairs)
		t.outside += int64(t.sums[b].Outside)
	}
	t.potential /= 2 // every pair came twice
	t.evaluated /= 2
	t.outside /= 2
	for b := range t.sums {
		if t.sums[b].Touching && t.m.xi != DistanceSquared {
			return t.touching()
		}
	}
	return nil
}

// touching names two bodies that are at one point.
func (t *tabled) touching() error {
	for b := range t.list.blocks {
		for s := range t.list.blocks[b] {
			list := &t.list.blocks[b][s]
			for k, first := range list.Start[:len(list.Start)-1] {
				i := list.First + k
				for _, j := range list.Neighbors[first:list.Start[k+1]] {
					if int(j) == 4*len(t.inverse) {
						continue
					}
					r := 0.0
					for a := range t.f.Dim {
						x := t.image.reduce(a, t.q[int(j)+a]-t.q[4*i+a])
						r += x * x
					}
					if r == 0 {
						a, b := t.list.order[i], t.list.order[j/4]
						return fmt.Errorf("bodies %d and %d are at one point", min(a, b), max(a, b))
					}
				}
			}
		}
	}
	return errNotFinite
}

// kick adds h times the forces to the momenta, and T and the factors of p/m in ∂T/∂p of
// its bodies to s.
func (t *tabled) kick(lo, hi int, h float64, sum *tabledSums, s *tabledScratch) {
	most := 0.0
	for i := lo; i < hi; i++ {
		p, f := (*[4]float64)(t.p[4*i:]), (*[4]float64)(t.force[4*i:])
		p[0] = math.FMA(h, f[0], p[0])
		p[1] = math.FMA(h, f[1], p[1])
		p[2] = math.FMA(h, f[2], p[2])
		x := float64(math.FMA(p[2], p[2], math.FMA(p[1], p[1], float64(p[0]*p[0]))) * t.inverse[i])
		s.t[i-lo] = x
		most = max(most, x)
	}
	sum.most = most
	n := hi - lo
	x, energy, factor := s.t[:n], s.energy[:n], s.factor[:n]
	t.kinetics[0].eval(energy, factor, x, &s.kineticScratch)
	for k := 1; k < len(t.kinetics); k++ {
		var e, f [listBlock]float64
		t.kinetics[k].eval(e[:n], f[:n], x, &s.kineticScratch)
		for i, a := range t.list.species[lo:hi] {
			if int(a) == k {
				energy[i], factor[i] = e[i], f[i]
			}
		}
	}
}

// drift makes p ← p + h F, q ← q + d ∂T/∂p, and the list anew where it is due.
func (t *tabled) drift(h, d float64) error {
	half := 0.5 * (t.reach - t.m.cutoff)
	limit := math.Inf(1)
	if t.reach > 0 {
		limit = half * half
	}
	t.each(func(lo, hi int, sum *tabledSums, s *tabledScratch) {
		t.kick(lo, hi, h, sum, s)
		farthest := 0.0
		for i := lo; i < hi; i++ {
			q, p, b := (*[4]float64)(t.q[4*i:]), (*[4]float64)(t.p[4*i:]), (*[4]float64)(t.built[4*i:])
			v := d * s.factor[i-lo] * t.inverse[i]
			q[0] = math.FMA(v, p[0], q[0])
			q[1] = math.FMA(v, p[1], q[1])
			q[2] = math.FMA(v, p[2], q[2])
			x, y, z := q[0]-b[0], q[1]-b[1], q[2]-b[2]
			r := math.FMA(z, z, math.FMA(y, y, float64(x*x)))
			if !(r <= farthest) { // NaN stays
				farthest = r
			}
		}
		sum.moved = !(farthest < limit)
		sum.broken = !(farthest < math.Inf(1))
	})
	return t.afterPass()
}

// afterPass looks at what the blocks found in a pass over the momenta.
func (t *tabled) afterPass() error {
	moved, most := false, 0.0
	for b := range t.sums {
		if t.sums[b].broken {
			return errNotFinite
		}
		moved = moved || t.sums[b].moved
		most = max(most, t.sums[b].most)
	}
	if len(t.kinetics) > 0 && most > t.kinetics[0].most {
		t.tabulate(4 * most)
	}
	if moved && t.reach > 0 {
		return t.renew()
	}
	return nil
}

// advance is that of [mover].
func (t *tabled) advance(dt float64, stages []float64) error {
	outside, evaluated := int64(0), int64(0)
	for k, w := range stages {
		h := w * dt
		kick := h / 2
		if k > 0 {
			kick += stages[k-1] * dt / 2
		}
		if err := t.drift(kick, h); err != nil {
			return err
		}
		if err := t.forces(); err != nil {
			return err
		}
		outside, evaluated = outside+t.outside, evaluated+t.evaluated
	}
	t.outside, t.evaluated = outside, evaluated
	return t.finish(stages[len(stages)-1] * dt / 2)
}

// finish makes the last kick of a step and adds up the kinetic energy.
func (t *tabled) finish(h float64) error {
	t.each(func(lo, hi int, sum *tabledSums, s *tabledScratch) {
		t.kick(lo, hi, h, sum, s)
		for _, e := range s.energy[:hi-lo] {
			sum.kinetic += e
		}
	})
	t.kinetic = 0
	for b := range t.sums {
		t.kinetic += t.sums[b].kinetic
	}
	return t.afterPass()
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
