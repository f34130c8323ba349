package hgn

import "math"

// A direct moves the bodies of a [Model.Rollout] by potentials evaluated from their
// features, or from tables of any number of cells.
type direct struct {
	evaluator
	q, p, force, velocity []float64

	reach float64   // of the list, 0 for fixed edges
	built []float64 // positions at the last build of the list

	v, t                     float64 // potential and kinetic energy
	outsideSum, evaluatedSum int64   // of a step
}

// newDirect begins at f.
func newDirect(m *pairModel, f *Frame, g *Graph, reach float64, cells, workers int) (*direct, error) {
	d := &direct{evaluator: evaluator{m: m}, reach: reach}
	if err := d.bodies(f, workers); err != nil {
		return nil, err
	}
	d.q, d.p = make([]float64, len(f.Q)), make([]float64, len(f.Q))
	d.force, d.velocity = make([]float64, len(f.Q)), make([]float64, len(f.Q))
	d.find = pairFinder{fixed: g, cutoff: m.cutoff, periodic: m.periodic, workers: workers}
	if g != nil {
		g, err := d.find.edges(f)
		if err != nil {
			return nil, err
		}
		if err := d.connect(g); err != nil {
			return nil, err
		}
	}
	if cells > 0 {
		for i := range m.radials {
			var c curve = &m.radials[i]
			if m.radials[i].seen() {
				c = newTable(&m.radials[i], cells)
			}
			d.tables = append(d.tables, c)
		}
	}
	return d, nil
}

// place is that of [mover].
func (d *direct) place(q, p []float64, m *memory) error {
	if d.reach > 0 {
		built := q
		if m != nil {
			built = m.reference
		}
		if len(built) != len(q) {
			return errMemory
		}
		if err := d.list(built); err != nil {
			return err
		}
	}
	copy(d.q, q)
	copy(d.p, p)
	d.outsideSum, d.evaluatedSum = 0, 0
	err := d.Forces(d.force, d.q)
	d.t = d.kinetic(d.velocity, d.p)
	return err
}

// list builds the list for positions q.
func (d *direct) list(q []float64) error {
	at := *d.f
	at.Q = q
	if err := d.find.within(&d.find.found, &at, d.reach); err != nil {
		return err
	}
	d.built = append(d.built[:0], q...)
	return d.connect(&d.find.found)
}

// Forces is that of [Separable], with a new list where it is due.
func (d *direct) Forces(dst, q []float64) (err error) {
	if d.reach > 0 && d.stale() {
		if err := d.list(q); err != nil {
			return err
		}
	}
	if d.v, err = d.evaluator.potential(q); err != nil {
		return err
	}
	d.evaluator.forces(dst)
	d.outsideSum += d.outside
	d.evaluatedSum += d.evaluated
	return nil
}

// stale says whether a body may have come within the cutoff of one that is not
// on its list: whether one has moved half the skin since the list was built.
func (d *direct) stale() bool {
	half := 0.5 * (d.reach - d.m.cutoff)
	dim := d.f.Dim
	for i := 0; i < len(d.q); i += dim {
		s := 0.0
		for a := i; a < i+dim; a++ {
			x := d.q[a] - d.built[a]
			s = math.FMA(x, x, s)
		}
		if !(s < half*half) {
			return true
		}
	}
	return false
}

// Velocities is that of [Separable].
func (d *direct) Velocities(dst, p []float64) { d.kinetic(dst, p) }

// advance is that of [mover].
func (d *direct) advance(lengths []float64) error {
	d.outsideSum, d.evaluatedSum = 0, 0
	err := leap(d, d.q, d.p, d.force, d.velocity, lengths)
	d.t = d.kinetic(nil, d.p)
	return err
}

// energies is that of [mover].
func (d *direct) energies() (potential, kinetic float64) { return d.v, d.t }

// counts is that of [mover].
func (d *direct) counts() (outside, evaluated int64) { return d.outsideSum, d.evaluatedSum }

// show is that of [mover].
func (d *direct) show(f *Frame) {
	copy(f.Q, d.q)
	copy(f.P, d.p)
	copy(f.PDot, d.force)
	d.kinetic(f.QDot, d.p)
}

// memory is that of [mover].
func (d *direct) memory() memory { return memory{reference: d.built} }
