package hgn

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/rapidhgn/rapidhgn/kernels/lsq"
)

// The kinds of equations of a many-body model.
const (
	energyKind = iota
	forceKind
	stressKind
	kinds
)

// manyBodyEquations are those of a fit: for each part of the data, and each kind by
// itself, the factor of the rows as they are without weights of kinds and groups. So weights
// can change, parts be left out, and frames be added without a look at those before.
type manyBodyEquations struct {
	energyScale
	width int
	folds int // parts of each group: 1 where whole groups are left out in turn, 0: all in one part
	parts []*equationPart
}

// An equationPart is one fold of a group.
type equationPart struct {
	group   string
	fold    int
	weight  float64 // of the group
	frames  int
	factors [kinds]*lsq.Accumulator
	samples [kinds]sampledRows // some rows: of energies per body, force components, energies of a body

	next  int64 // the next free chunk of the forces
	count [kinds]int
}

// wholeGroups is the number of groups from which on they are left out as a whole.
const wholeGroups = 3

// splitFolds is the number of parts of each group where there are fewer.
const splitFolds = 4

// foldsOf is the number of parts that each of so many groups is cut into; 0: nobody asks for
// parts.
func (o *Materials) foldsOf(groups int) int {
	switch {
	case o.Members == 0 && !o.Appendable:
		return 0
	case groups < wholeGroups:
		return splitFolds
	}
	return 1
}

// maxUnits is the number of units at most.
const maxUnits = 16

// share returns which of so many runs of about equal length element i of n is in.
func share(i, n, runs int) int { return i * runs / n }

// part returns the given fold of a group, which it makes if need be.
func (eq *manyBodyEquations) part(group string, fold int) *equationPart {
	i, found := slices.BinarySearchFunc(eq.parts, group, func(p *equationPart, g string) int {
		return cmp.Or(cmp.Compare(p.group, g), cmp.Compare(p.fold, fold))
	})
	if !found {
		p := &equationPart{group: group, fold: fold, weight: 1}
		for k := range p.factors {
			p.factors[k] = lsq.New(eq.width, 1)
			p.factors[k].Workers = 1
			p.samples[k].width = eq.width + 1
		}
		eq.parts = slices.Insert(eq.parts, i, p)
	}
	return eq.parts[i]
}

// deal returns the part that the next frame of a group belongs to, and counts it.
func (eq *manyBodyEquations) deal(group string) *equationPart {
	frames := 0
	for _, p := range eq.parts {
		if p.group == group {
			frames += p.frames
		}
	}
	p := eq.part(group, frames%max(1, eq.folds))
	p.frames++
	return p
}

// unit is the number of what p is left out with: its group, some groups whose names follow
// each other, or its fold of all groups.
func (eq *manyBodyEquations) unit(p *equationPart) int {
	if eq.folds > 1 {
		return p.fold
	}
	return share(slices.Index(eq.parts, p), len(eq.parts), eq.units())
}

// units is their number.
func (eq *manyBodyEquations) units() int {
	if eq.folds > 1 {
		return eq.folds
	}
	return min(maxUnits, len(eq.parts))
}

// unitName is what a report calls a unit.
func (eq *manyBodyEquations) unitName(unit int) string {
	if eq.folds > 1 {
		return fmt.Sprintf("%d of %d", unit+1, eq.folds)
	}
	var names []string
	for _, p := range eq.parts {
		if eq.unit(p) == unit {
			names = append(names, p.group)
		}
	}
	return span(names)
}

// span names groups by the first and the last.
func span(groups []string) string {
	if len(groups) == 1 {
		return groups[0]
	}
	return groups[0] + "…" + groups[len(groups)-1]
}

// total returns the problem under the given weights of the kinds without one unit, or whole
// if that is −1.
func (eq *manyBodyEquations) total(weights [kinds]float64, without int) (*lsq.Accumulator, error) {
	acc := lsq.New(eq.width, 1)
	for _, p := range eq.parts {
		if eq.unit(p) == without {
			continue
		}
		for k, a := range p.factors {
			w := p.weight * weights[k]
			if math.IsInf(w, 0) {
				return nil, lsq.ErrOverflow
			}
			if err := acc.MergeWeighted(a, w); err != nil {
				return nil, fmt.Errorf("hgn: %w", err)
			}
		}
	}
	return acc, nil
}

// frames is the number of frames in all parts.
func (eq *manyBodyEquations) frames() (n int) {
	for _, p := range eq.parts {
		n += p.frames
	}
	return n
}

// rows is the number of equations of a kind, of all parts.
func (eq *manyBodyEquations) rows(kind int) (n int64) {
	for _, p := range eq.parts {
		n += p.factors[kind].Rows()
	}
	return n
}

// weigh sets the weights of the groups that are named.
func (eq *manyBodyEquations) weigh(groups map[string]float64) {
	for _, p := range eq.parts {
		if w, ok := groups[p.group]; ok {
			p.weight = w
		}
	}
}

// weightless says whether all equations have a weight of 0, if kinds have those given.
func (eq *manyBodyEquations) weightless(weights [kinds]float64) bool {
	for _, p := range eq.parts {
		for k, a := range p.factors {
			if p.weight*weights[k] > 0 && a.Rows() > 0 {
				return false
			}
		}
	}
	return true
}

// settle brings the factors into the form in which they are kept, a triangle where there are
// more rows than columns.
func (eq *manyBodyEquations) settle() error {
	for _, p := range eq.parts {
		p.next, p.count = 0, [kinds]int{}
		for k, a := range p.factors {
			if k != forceKind && a.Rows() <= int64(eq.width) || a.Rows() == 0 {
				continue // as rows they take less, and keep their order
			}
			one := lsq.New(eq.width, 1)
			one.Workers = 1
			if err := one.MergeWeighted(a, 1); err != nil {
				return fmt.Errorf("hgn: %w", err)
			}
			p.factors[k] = one
		}
	}
	return nil
}

// clone returns a copy that can be added to.
func (eq *manyBodyEquations) clone() (*manyBodyEquations, error) {
	c := *eq
	c.parts = nil
	for _, p := range eq.parts {
		own := *p
		for k, a := range p.factors {
			own.factors[k] = lsq.New(eq.width, 1)
			own.factors[k].Workers = 1
			if err := own.factors[k].Merge(a); err != nil {
				return nil, fmt.Errorf("hgn: %w", err)
			}
			own.samples[k].data = slices.Clone(p.samples[k].data)
		}
		c.parts = append(c.parts, &own)
	}
	return &c, nil
}

// sampledRows are rows with their right-hand sides.
type sampledRows struct {
	width int // with the right-hand side
	data  []float64
}

func (s *sampledRows) add(row []float64, rhs float64) {
	s.data = append(append(s.data, row...), rhs)
}

// addScaled adds a row and its right-hand side times a factor.
func (s *sampledRows) addScaled(factor float64, row []float64, rhs float64) {
	for _, x := range row {
		s.data = append(s.data, factor*x)
	}
	s.data = append(s.data, factor*rhs)
}

func (s *sampledRows) len() int { return len(s.data) / s.width }

func (s *sampledRows) row(i int) (row []float64, rhs float64) {
	r := s.data[i*s.width:][:s.width]
	return r[:s.width-1], r[s.width-1]
}

// sampled is about how many rows of each kind a part keeps to judge errors by.
var sampled = [kinds]int{energyKind: 64, forceKind: 384, bodyKind: 256}

// bodyKind, in place of stresses, is that of the samples of energies of bodies.
const bodyKind = stressKind

// stride is the distance of rows of which about want are kept of count. It takes all
// coordinates.
func stride(count, want int) int {
	n := max(1, count/want)
	if n > 1 && n%3 == 0 {
		n++
	}
	return n
}
