package manybody

import (
	"cmp"
	"slices"
)

// A feature is a product of standardised invariants, in ascending order.
type feature struct {
	factors []int
	cost    int
}

// features lists the features within a limit, by cost.
func (b *Basis) features(limit int) (list []feature) {
	for k := range b.invariants {
		if c := b.invariants[k].cost(); c <= limit {
			list = append(list, feature{[]int{k}, c})
		}
		if b.spec.Pairs {
			continue
		}
		list = b.products(list, []int{k}, b.invariants[k].degree, 0, limit)
	}
	slices.SortStableFunc(list, func(x, y feature) int { return cmp.Compare(x.cost, y.cost) })
	return list
}

// products appends to list the products of the given factors, whose degree is given and what
// they cost beyond it, with others that do not come before the last of them.
func (b *Basis) products(list []feature, factors []int, degree, several, limit int) []feature {
	first := factors[0]
	for k := factors[len(factors)-1]; k < len(b.invariants); k++ {
		v := &b.invariants[k]
		total, more := degree+v.degree, several+v.price()
		if len(factors) == 1 {
			more = min(v.price(), b.invariants[first].price())
		}
		if total+several+costDensity > limit {
			break // those that follow have no lower degree
		}
		if total+more > limit {
			continue
		}
		product := append(slices.Clone(factors), k)
		list = append(list, feature{product, total + more})
		list = b.products(list, product, total, more, limit)
	}
	return list
}

// A run is a range of columns that have all factors but the last in common: the products of
// these with the invariants first … first+n−1, which begin at column.
type run struct {
	factors          []int
	first, n, column int
}

// Subset returns the basis with only the given features of b, in ascending order, and the
// numbers that its invariants have in b.
func (b *Basis) Subset(features []int) (subset *Basis, invariants []int) {
	var list []feature
	for _, k := range features {
		for _, u := range b.runs {
			if k >= u.column && k < u.column+u.n {
				list = append(list, feature{factors: append(slices.Clone(u.factors), u.first+k-u.column)})
			}
		}
	}
	c := *b
	c.invariants, c.runs = slices.Clone(b.invariants), nil
	return &c, c.choose(list)
}

// choose makes the given features the columns of b, which are ordered so that they form long
// runs, and drops the invariants that none of them needs. It returns those that are left.
func (b *Basis) choose(list []feature) (invariants []int) {
	place := make([]int, len(b.invariants))
	for _, f := range list {
		for _, k := range f.factors {
			place[k] = 1
		}
	}
	kept := b.invariants[:0]
	for k, v := range b.invariants {
		if place[k] == 1 {
			place[k] = len(kept)
			kept = append(kept, v)
			invariants = append(invariants, k)
		}
	}
	b.invariants = kept
	for _, f := range list {
		for i, k := range f.factors {
			f.factors[i] = place[k]
		}
	}
	slices.SortFunc(list, func(x, y feature) int {
		return cmp.Or(cmp.Compare(len(x.factors), len(y.factors)), slices.Compare(x.factors, y.factors))
	})
	b.columns = len(list)
	for i, f := range list {
		common, last := f.factors[:len(f.factors)-1], f.factors[len(f.factors)-1]
		if n := len(b.runs); n > 0 && slices.Equal(b.runs[n-1].factors, common) && b.runs[n-1].first+b.runs[n-1].n == last {
			b.runs[n-1].n++
			continue
		}
		b.runs = append(b.runs, run{common, last, 1, i})
	}
	return invariants
}

// Features is the number of features of an atom.
func (b *Basis) Features() int { return b.columns }

// product is that of the common factors.
func (u *run) product(z []float64) float64 {
	p := 1.0
	for _, k := range u.factors {
		p *= z[k]
	}
	return p
}
