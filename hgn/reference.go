package hgn

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"
)

// A Reference is a pair potential that is known beforehand. [Train] subtracts what it says
// about forces, energies and stresses, learns the rest, and the model adds it again: what no
// data tell, the repulsion of bodies that come very close, is then right. It is 0 from its
// cutoff on, which must not be beyond that of the model; with fixed edges it acts along
// these. See [NewZBL] and [NewTabulated].
type Reference struct {
	inner, outer float64 // of ZBL; outer is 0 for tables
	tables       []PairTable
}

// NewZBL returns the screened repulsion of nuclei of Ziegler, Biersack and Littmark (The
// Stopping and Range of Ions in Matter, 1985),
//
//	V(r) = k Z_i Z_j φ(r/a)/r + S(r),  a = 0.46850 Å/(Z_i^0.23 + Z_j^0.23),  k = 14.399645 eV Å
//	φ(x) = 0.18175 e^(−3.19980x) + 0.50986 e^(−0.94229x) + 0.28022 e^(−0.40290x) + 0.02817 e^(−0.20162x)
//
// in eV and Å, for species that are atomic numbers Z. Between inner and outer S is the
// polynomial of fourth degree with which V, V′ and V″ are 0 at outer, and continuous at
// inner but for a constant that goes on to r = 0: pair_style zbl of LAMMPS.
func NewZBL(inner, outer float64) (*Reference, error) {
	if !(inner >= 0 && inner < outer && outer < math.Inf(1)) {
		return nil, fmt.Errorf("hgn: ZBL from %v to %v; want lengths, the second above the first", inner, outer)
	}
	return &Reference{inner: inner, outer: outer}, nil
}

// A PairTable is a tabulated potential of the bodies of two species. Between the distances
// R, which ascend, V is the cubic with the given energies and forces at both ends; nearer
// than the first V goes on with its force, and from the last on it is 0, as the last energy
// and force must be to 1e-6 of the largest in the outer half of the distances.
type PairTable struct {
	Species          [2]int
	R, Energy, Force []float64 // V, −V′
}

// NewTabulated returns the potentials of tables, each of its own pair of species; bodies of
// other species do not interact.
func NewTabulated(tables []PairTable) (*Reference, error) {
	if len(tables) == 0 {
		return nil, fmt.Errorf("hgn: no table")
	}
	tables = slices.Clone(tables)
	for i := range tables {
		t := &tables[i]
		t.R, t.Energy, t.Force = slices.Clone(t.R), slices.Clone(t.Energy), slices.Clone(t.Force)
		if t.Species[0] > t.Species[1] {
			t.Species[0], t.Species[1] = t.Species[1], t.Species[0]
		}
		if err := t.check(); err != nil {
			return nil, fmt.Errorf("hgn: table of species %d and %d: %w", t.Species[0], t.Species[1], err)
		}
	}
	slices.SortFunc(tables, func(a, b PairTable) int {
		return cmp.Or(cmp.Compare(a.Species[1], b.Species[1]), cmp.Compare(a.Species[0], b.Species[0]))
	})
	for i := range tables[1:] {
		if s := tables[i].Species; s == tables[i+1].Species {
			return nil, fmt.Errorf("hgn: two tables of species %d and %d", s[0], s[1])
		}
	}
	return &Reference{tables: tables}, nil
}

// endOfTable is what the last energy and force of a table may be, relative to the largest in
// the outer half of its distances: those of a hard core say nothing about its end.
const endOfTable = 1e-6

// check returns what is wrong with t.
func (t *PairTable) check() error {
	n := len(t.R)
	if n < 2 || len(t.Energy) != n || len(t.Force) != n {
		return fmt.Errorf("%d distances, %d energies and %d forces; want as many, at least 2", n, len(t.Energy), len(t.Force))
	}
	energy, force := 0.0, 0.0 // the largest in the outer half
	for i, r := range t.R {
		switch sum := t.Energy[i] + t.Force[i]; {
		case !(r > 0 && r < math.Inf(1)) || sum-sum != 0:
			return fmt.Errorf("at the distance %v: energy %v, force %v", r, t.Energy[i], t.Force[i])
		case i > 0 && r <= t.R[i-1]:
			return fmt.Errorf("the distance %v comes after %v", r, t.R[i-1])
		}
		if r >= t.R[0]/2+t.R[n-1]/2 {
			energy, force = max(energy, math.Abs(t.Energy[i])), max(force, math.Abs(t.Force[i]))
		}
	}
	if math.Abs(t.Energy[n-1]) > endOfTable*energy || math.Abs(t.Force[n-1]) > endOfTable*force {
		return fmt.Errorf("at its end, %v, energy and force are %v and %v, not 0: shift or smooth it", t.R[n-1], t.Energy[n-1], t.Force[n-1])
	}
	return nil
}

// Cutoff is the distance from which on the potentials are 0.
func (p *Reference) Cutoff() float64 {
	cutoff := p.outer
	for i := range p.tables {
		cutoff = max(cutoff, p.tables[i].R[len(p.tables[i].R)-1])
	}
	return cutoff
}

// among returns p without the tables of other species than types. The error says that none
// is left.
func (p *Reference) among(types []int) (*Reference, error) {
	if p == nil || p.outer > 0 {
		return p, nil
	}
	tables := slices.DeleteFunc(slices.Clone(p.tables), func(t PairTable) bool {
		return !slices.Contains(types, t.Species[0]) || !slices.Contains(types, t.Species[1])
	})
	if len(tables) == 0 {
		return nil, fmt.Errorf("hgn: no table of the reference is for two of the species %v of the frames", types)
	}
	return &Reference{tables: tables}, nil
}

// between returns the potential of two species, which gives V and V′ at r > 0; nil if there
// is none.
func (p *Reference) between(a, b int) func(r float64) (v, v1 float64) {
	if p.outer > 0 {
		z := newZBLPair(a, b, p.inner, p.outer)
		return z.eval
	}
	for i := range p.tables {
		if t := &p.tables[i]; t.Species == [2]int{min(a, b), max(a, b)} {
			return t.eval
		}
	}
	return nil
}

// Eval returns V and V′ for two species at the distance r > 0.
func (p *Reference) Eval(a, b int, r float64) (value, slope float64) {
	if f := p.between(a, b); f != nil {
		return f(r)
	}
	return 0, 0
}

// eval returns V and V′ at r.
func (t *PairTable) eval(r float64) (v, v1 float64) {
	n := len(t.R)
	switch {
	case r >= t.R[n-1]:
		return 0, 0
	case r <= t.R[0]:
		return math.FMA(-t.Force[0], r-t.R[0], t.Energy[0]), -t.Force[0]
	}
	k := sort.SearchFloat64s(t.R, r) - 1
	h := t.R[k+1] - t.R[k]
	x := (r - t.R[k]) / h
	d := (t.Energy[k+1] - t.Energy[k]) / h
	a, b := -t.Force[k], -t.Force[k+1]
	c2, c3 := 3*d-2*a-b, a+b-2*d // V = V_k + h (a x + c2 x² + c3 x³)
	return math.FMA(h*x, math.FMA(x, math.FMA(x, c3, c2), a), t.Energy[k]), math.FMA(x, math.FMA(3*x, c3, 2*c2), a)
}

// A zbl is the repulsion of two nuclei.
type zbl struct {
	scale, per   float64 // k Z_i Z_j, 1/a
	inner, outer float64
	a, b, c      float64 // S = a (r−inner)³/3 + b (r−inner)⁴/4 + c
}

// screening are the amplitudes and rates of φ.
var screening = [4][2]float64{{0.18175, 3.19980}, {0.50986, 0.94229}, {0.28022, 0.40290}, {0.02817, 0.20162}}

func newZBLPair(za, zb int, inner, outer float64) zbl {
	const coulomb, length = 14.399645, 0.46850 // eV Å, Å
	x, y := float64(za), float64(zb)
	z := zbl{scale: coulomb * x * y, per: (math.Pow(x, 0.23) + math.Pow(y, 0.23)) / length, inner: inner, outer: outer}
	v, v1, v2 := z.bare(outer)
	d := outer - inner
	z.a, z.b, z.c = (d*v2-3*v1)/(d*d), (2*v1-d*v2)/(d*d*d), d*v1/2-d*d*v2/12-v
	return z
}

// bare returns V − S and its first two derivatives.
func (z *zbl) bare(r float64) (v, v1, v2 float64) {
	var f, f1, f2 float64
	for _, s := range screening {
		rate := s[1] * z.per
		e := s[0] * math.Exp(-rate*r)
		f, f1, f2 = f+e, f1-rate*e, f2+rate*rate*e
	}
	v = z.scale * f / r
	v1 = (z.scale*f1 - v) / r
	return v, v1, (z.scale*f2 - 2*v1) / r
}

// eval returns V and V′ at r.
func (z *zbl) eval(r float64) (v, v1 float64) {
	if r >= z.outer {
		return 0, 0
	}
	v, v1, _ = z.bare(r)
	v += z.c
	if d := r - z.inner; d > 0 {
		v += d * d * d * (z.a/3 + z.b/4*d)
		v1 += d * d * (z.a + z.b*d)
	}
	return v, v1
}
