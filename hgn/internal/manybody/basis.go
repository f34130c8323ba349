package manybody

import (
	"cmp"
	"slices"
)

// A Spec says which features there are.
type Spec struct {
	Species int     // kinds of atoms
	Cutoff  float64 // r_c, unit of length
	Min     float64 // r_min, the shortest distance that the data hold, below Cutoff
	Columns int     // features of an atom
	Pairs   bool    // only the M_n00: a pair potential for each pair of species
}

// pairFunctions is the number of functions of the distance of a basis of pairs alone.
const pairFunctions = 16

// The degree of the function R_n Y_lm is 1+n+l, that of a product the sum. The cost of a
// feature is its degree and what follows; features are taken in the order of cost. The
// numbers balance what the orders add on the published sets for molybdenum and silicon.
const (
	maxL        = 5
	costPair    = 2  // of M_n00
	costTriplet = 0  // of invariants of second order
	costQuad    = -1 // of third order
	costFactor  = 4  // of each factor of a product beyond the first, of two the cheaper one,
	costDensity = 2  // where it is a M_n00
)

// A Basis holds the features of a Spec and where the messages that they are made of stand.
type Basis struct {
	spec       Spec
	radial     radial
	lmax       []int // highest l of each radial function
	size       int   // number of messages from one species
	invariants []invariant
	runs       []run
	columns    int
}

// An invariant is, of order 1, the message at a place, of order 2 the sum over m of
// products of messages of one l, of order 3 the sum over couplings.
type invariant struct {
	order  int
	at     [3]int // place of the first message, m = 0, of each factor
	l      [3]int
	terms  []coupling
	degree int
}

// cost is that of an invariant that is a feature by itself.
func (v *invariant) cost() int {
	return v.degree + [...]int{costPair, costTriplet, costQuad}[v.order-1]
}

// price is what v costs as a further factor of a product.
func (v *invariant) price() int {
	if v.order == 1 {
		return costDensity
	}
	return costFactor
}

// NewBasis returns the basis that spec asks for.
func NewBasis(spec Spec) *Basis {
	if spec.Pairs {
		spec.Columns = min(spec.Columns, pairFunctions*spec.Species)
	}
	b := &Basis{spec: spec}
	for limit := 2; ; limit++ {
		b.plan(limit)
		b.invariants = b.enumerate(limit)
		features := b.features(limit)
		if len(features) >= spec.Columns {
			b.choose(features[:spec.Columns])
			return b
		}
	}
}

// Spec returns what b was made from.
func (b *Basis) Spec() Spec { return b.spec }

// Width is the number of columns of a row: for each species of atoms its features, and one
// that counts its atoms.
func (b *Basis) Width() int { return b.spec.Species * (b.columns + 1) }

// Invariants is the number of invariants that the features are made of.
func (b *Basis) Invariants() int { return len(b.invariants) }

// messages is the number of messages of an atom.
func (b *Basis) messages() int { return b.size * b.spec.Species }

// plan finds the radial functions that invariants up to a cost need and the highest l of
// each.
func (b *Basis) plan(limit int) {
	b.lmax, b.size = b.lmax[:0], 0
	for n := 0; ; n++ {
		l := -1
		if 1+n+costPair <= limit {
			l = 0
		}
		for k := 1; k <= maxL && !b.spec.Pairs; k++ {
			others := k // least sum of two l that couple with k
			if k == 1 {
				others = 3
			}
			second := 2 + n + 2*k + costTriplet
			third := 3 + n + k + others + costQuad
			if min(second, third) <= limit {
				l = k
			}
		}
		if l < 0 {
			break
		}
		b.lmax = append(b.lmax, l)
		b.size += (l + 1) * (l + 1)
	}
	b.radial = radial{min: b.spec.Min, cutoff: b.spec.Cutoff, count: len(b.lmax)}
}

// channel is a message of one l, a factor of invariants.
type channel struct{ at, l, degree int }

// channels lists the messages.
func (b *Basis) channels() (channels []channel) {
	at := 0
	for range b.spec.Species {
		for n, lmax := range b.lmax {
			for l := range lmax + 1 {
				channels = append(channels, channel{at + l*l, l, 1 + n + l})
			}
			at += (lmax + 1) * (lmax + 1)
		}
	}
	return channels
}

// enumerate lists the invariants whose cost is within a limit, by degree.
func (b *Basis) enumerate(limit int) (list []invariant) {
	known := map[[3]int][]coupling{}
	keep := func(factors ...channel) {
		v := invariant{order: len(factors)}
		for i, f := range factors {
			v.at[i], v.l[i], v.degree = f.at, f.l, v.degree+f.degree
		}
		if v.cost() > limit {
			return
		}
		if v.order == 3 {
			if known[v.l] == nil {
				known[v.l] = couplings(v.l[0], v.l[1], v.l[2])
			}
			v.terms = known[v.l]
		}
		list = append(list, v)
	}
	channels := b.channels()
	for i, x := range channels {
		if x.l == 0 {
			keep(x)
			continue
		}
		for j, y := range channels[i:] {
			if y.l == 0 || x.degree+y.degree > limit {
				continue
			}
			if x.l == y.l {
				keep(x, y)
			}
			for _, z := range channels[i+j:] {
				if z.l > 0 && coupled(x.l, y.l, z.l) {
					keep(x, y, z)
				}
			}
		}
	}
	slices.SortStableFunc(list, func(x, y invariant) int { return cmp.Compare(x.degree, y.degree) })
	return list
}
