package hgn

import (
	"math"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
)

// A curve gives a pair potential at a block of distances, directly or from a
// table.
type curve interface {
	// eval writes V and V′ at the at most edgeBlock distances r into v and v1
	// and returns how many were outside the training range.
	eval(v, v1, r []float64, s *radialScratch) (outside int)
}

// An evaluator computes the energy and forces of states of one system. Edges are
// taken in blocks of edgeBlock, bodies in blocks of bodyBlock; what it computes
// does not depend on the number of workers.
type evaluator struct {
	m       *pairModel
	f       *Frame // species, masses, charges, box
	workers int    // at least 1
	species []int32
	weight  []float64 // per body, or nil
	image   image
	tables  []curve // per pair of species, where tabulated

	find   pairFinder
	graph  *Graph
	ends   *incidence
	edges  edgeGroups
	blocks []edgeRange

	v1 []float64    // V′ of each edge
	u  [][3]float64 // its direction

	coupled []coupledEdge // of each edge, where momenta are coupled
	moving  []float64     // velocities that nobody asked for

	sums    []blockSums
	scratch []evaluatorScratch

	outside, evaluated int64 // edges of the last call of potential
}

// bodyBlock is the number of bodies whose forces or kinetic energy are summed at
// a time.
const bodyBlock = 1024

// edgesPerTask is how many blocks of edges a worker takes at a time.
const edgesPerTask = 16

// An edgeRange is a block of edges of one pair of species.
type edgeRange struct {
	pair  int
	edges []int32
}

type blockSums struct {
	energy             float64
	outside, evaluated int64
	err                error
}

type evaluatorScratch struct {
	radialScratch
	kineticScratch
	couplingScratch
	r, v, v1 [edgeBlock]float64
	kept     [edgeBlock]int32
}

// reset prepares e for the bodies of f with the edges g, or those within the
// cutoff of m.
func (e *evaluator) reset(f *Frame, g *Graph, workers int) error {
	if err := e.bodies(f, workers); err != nil {
		return err
	}
	e.find.fixed, e.find.cutoff, e.find.periodic, e.find.workers = g, e.m.cutoff, e.m.periodic, workers
	g, err := e.find.edges(f)
	if err != nil {
		return err
	}
	return e.connect(g)
}

// bodies prepares e for the bodies of f.
func (e *evaluator) bodies(f *Frame, workers int) error {
	if err := f.check(); err != nil {
		return err
	}
	e.f, e.workers = f, workers
	var err error
	if e.weight, err = e.m.weight.of(f); err != nil {
		return err
	}
	if e.species, err = e.m.numbers(e.species, f); err != nil {
		return err
	}
	if err := e.m.friction.check(f); err != nil {
		return err
	}
	e.image = f.Box.image(e.m.periodic)
	if len(e.scratch) != workers {
		e.scratch = make([]evaluatorScratch, workers)
	}
	return nil
}

// connect makes g the edges of e.
func (e *evaluator) connect(g *Graph) error {
	e.graph = g
	e.ends = newIncidence(g)
	e.edges.group(g.Senders, g.Receivers, e.species)
	e.blocks = e.blocks[:0]
	for p := range e.m.radials {
		edges := e.edges.pairs(p)
		if len(edges) > 0 && !e.m.radials[p].seen() {
			i, j := g.Senders[edges[0]], g.Receivers[edges[0]]
			return e.f.errorf("bodies %d and %d interact, but training had no edge between species %d and %d",
				i, j, e.f.Species[i], e.f.Species[j])
		}
		for len(edges) > 0 {
			n := min(edgeBlock, len(edges))
			e.blocks = append(e.blocks, edgeRange{p, edges[:n]})
			edges = edges[n:]
		}
	}
	e.v1, e.u = grow(e.v1, g.Edges()), grow(e.u, g.Edges())
	return nil
}

// potential returns Σ V at q and keeps what [evaluator.forces] needs.
func (e *evaluator) potential(q []float64) (float64, error) {
	tasks := (len(e.blocks) + edgesPerTask - 1) / edgesPerTask
	e.sums = grow(e.sums, tasks)
	parallel.Blocks(tasks, e.workers, func(worker, t int) {
		e.sums[t] = blockSums{}
		for _, block := range e.blocks[t*edgesPerTask : min((t+1)*edgesPerTask, len(e.blocks))] {
			if e.potentialBlock(&e.sums[t], block, q, &e.scratch[worker]); e.sums[t].err != nil {
				return
			}
		}
	})
	energy := 0.0
	e.outside, e.evaluated = 0, 0
	for t := range e.sums {
		if e.sums[t].err != nil {
			return 0, e.sums[t].err
		}
		energy += e.sums[t].energy
		e.outside += e.sums[t].outside
		e.evaluated += e.sums[t].evaluated
	}
	return energy, nil
}

// potentialBlock does one block of edges.
func (e *evaluator) potentialBlock(sum *blockSums, block edgeRange, q []float64, s *evaluatorScratch) {
	radial := &e.m.radials[block.pair]
	n := 0
	for _, k := range block.edges {
		i, j := e.graph.Senders[k], e.graph.Receivers[k]
		r := separation(&e.u[k], q, e.f.Dim, i, j, &e.image)
		if err := e.m.xi.checkDistance(e.f, i, j, r); err != nil {
			sum.err = err
			return
		}
		e.v1[k] = 0
		if radial.cutoff > 0 && r >= radial.cutoff { // in the skin of the list
			continue
		}
		s.r[n], s.kept[n] = r, k
		n++
	}
	var potential curve = radial
	if e.tables != nil {
		potential = e.tables[block.pair]
	}
	sum.outside += int64(potential.eval(s.v[:n], s.v1[:n], s.r[:n], &s.radialScratch))
	sum.evaluated += int64(n)
	for x, k := range s.kept[:n] {
		w := 1.0
		if e.weight != nil {
			w = e.weight[e.graph.Senders[k]] * e.weight[e.graph.Receivers[k]]
		}
		sum.energy = math.FMA(w, s.v[x], sum.energy)
		e.v1[k] = w * s.v1[x]
	}
}

// forces writes −∂V/∂q at the q of the last call of potential into dst: each
// body sums over its edges in their order.
func (e *evaluator) forces(dst []float64) {
	dim, nodes := e.f.Dim, e.f.Nodes()
	parallel.Blocks((nodes+bodyBlock-1)/bodyBlock, e.workers, func(_, b int) {
		for i := b * bodyBlock; i < min((b+1)*bodyBlock, nodes); i++ {
			var sum [3]float64
			for _, k := range e.ends.edges[e.ends.start[i]:e.ends.start[i+1]] {
				v1 := e.v1[k]
				if int(e.graph.Receivers[k]) == i {
					v1 = -v1
				}
				for a := range dim {
					sum[a] = math.FMA(v1, e.u[k][a], sum[a])
				}
			}
			copy(dst[i*dim:], sum[:dim])
		}
	})
}

// kinetic returns Σ T at p and, unless dst is nil, writes ∂T/∂p into it.
func (e *evaluator) kinetic(dst, p []float64) float64 {
	dim, nodes := e.f.Dim, e.f.Nodes()
	tasks := (nodes + bodyBlock - 1) / bodyBlock
	e.sums = grow(e.sums, tasks)
	parallel.Blocks(tasks, e.workers, func(worker, b int) {
		energy := 0.0
		s := &e.scratch[worker]
		for species := range e.m.kinetics {
			n := 0
			flush := func() {
				e.m.kinetics[species].eval(s.v[:n], s.v1[:n], s.r[:n], &s.kineticScratch)
				for j, i := range s.kept[:n] {
					energy += s.v[j]
					if dst == nil {
						continue
					}
					c := s.v1[j] / e.f.Mass[i]
					for a := int(i) * dim; a < (int(i)+1)*dim; a++ {
						dst[a] = c * p[a]
					}
				}
				n = 0
			}
			for i := b * bodyBlock; i < min((b+1)*bodyBlock, nodes); i++ {
				if int(e.species[i]) != species {
					continue
				}
				p2 := 0.0
				for _, x := range p[i*dim:][:dim] {
					p2 = math.FMA(x, x, p2)
				}
				s.r[n], s.kept[n] = p2/e.f.Mass[i], int32(i)
				if n++; n == edgeBlock {
					flush()
				}
			}
			flush()
		}
		e.sums[b].energy = energy
	})
	energy := 0.0
	for b := range e.sums {
		energy += e.sums[b].energy
	}
	return energy
}
