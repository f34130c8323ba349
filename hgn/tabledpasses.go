package hgn

import (
	"fmt"
	"math"

	"github.com/rapidhgn/rapidhgn/kernels/pair"
)

// each calls f for all blocks of bodies.
func (t *tabled) each(f func(lo, hi int, sum *tabledSums, s *tabledScratch)) {
	t.sums = grow(t.sums, len(t.list.blocks))
	t.team.Blocks(len(t.list.blocks), func(worker, b int) {
		lo, hi := t.list.bounds(b)
		t.sums[b] = tabledSums{}
		f(lo, hi, &t.sums[b], &t.scratch[worker])
	})
}

// forces computes the forces at the present positions. If it is the last time of a step,
// it also makes the last kick, by h, and adds up the kinetic energy.
func (t *tabled) forces(last bool, h float64) error {
	t.each(func(lo, hi int, sum *tabledSums, s *tabledScratch) {
		t.blockForces(lo, hi, sum)
		if !last {
			return
		}
		t.kick(lo, hi, h, sum, s)
		sum.kinetic = total(s.energy[:hi-lo])
	})
	t.potential, t.kinetic = 0, 0
	t.evaluated, t.outside = 0, 0
	for b := range t.sums {
		t.potential += t.sums[b].Energy
		t.kinetic += t.sums[b].kinetic
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
	return t.afterPass()
}

// total returns Σ x, by four sums of every fourth number.
func total(x []float64) float64 {
	var sums [4]float64
	for ; len(x) >= 4; x = x[4:] {
		sums[0] += x[0]
		sums[1] += x[1]
		sums[2] += x[2]
		sums[3] += x[3]
	}
	for k, v := range x {
		sums[k] += v
	}
	return (sums[0] + sums[1]) + (sums[2] + sums[3])
}

// blockForces computes the forces on the bodies of a block.
func (t *tabled) blockForces(lo, hi int, sum *tabledSums) {
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

// kick adds h times the forces to the momenta, and T and its derivatives by |p|²/m of its
// bodies to s.
func (t *tabled) kick(lo, hi int, h float64, sum *tabledSums, s *tabledScratch) {
	n := hi - lo
	x, energy, slope := s.t[:n], s.energy[:n], s.slope[:n]
	sum.most = pair.Kick(t.p[4*lo:4*hi], t.force[4*lo:4*hi], h, t.inverse[lo:hi], x)
	t.kinetics[0].eval(energy, slope, x, sum.most, &s.kineticScratch)
	for k := 1; k < len(t.kinetics); k++ {
		var e, f [listBlock]float64
		t.kinetics[k].eval(e[:n], f[:n], x, sum.most, &s.kineticScratch)
		for i, a := range t.list.species[lo:hi] {
			if int(a) == k {
				energy[i], slope[i] = e[i], f[i]
			}
		}
	}
}

// drift makes p ← p + h F, q ← q + d ∂T/∂p, and the list anew where it is due.
func (t *tabled) drift(h, d float64) error {
	limit := math.Inf(1)
	if t.reach > 0 {
		half := 0.5 * (t.reach - t.m.cutoff)
		limit = half * half
	}
	t.each(func(lo, hi int, sum *tabledSums, s *tabledScratch) {
		t.kick(lo, hi, h, sum, s)
		var places []float64 // of the list
		if t.reach > 0 {
			places = t.built[4*lo : 4*hi]
		}
		sum.moved = pair.Drift(t.q[4*lo:4*hi], t.p[4*lo:4*hi], 2*d, s.slope[:hi-lo], t.inverse[lo:hi], places, limit)
	})
	return t.afterPass()
}

// afterPass looks at what the blocks found in a pass over the momenta.
func (t *tabled) afterPass() error {
	moved, most := false, 0.0
	for b := range t.sums {
		moved = moved || t.sums[b].moved
		most = max(most, t.sums[b].most)
	}
	if len(t.kinetics) > 0 && most > t.kinetics[0].most {
		t.tabulate(4 * most)
	}
	if !moved {
		return nil
	}
	for _, x := range t.q[:len(t.q)-4] {
		if x-x != 0 {
			return errNotFinite
		}
	}
	if t.reach == 0 {
		return nil
	}
	return t.renew()
}
