package hgn

import (
	"fmt"
	"math"
	"slices"

	"github.com/rapidhgn/rapidhgn/hgn/internal/manybody"
)

// choose reduces the model to the features that matter most, as many as the options say or
// else as generalised cross-validation calls for. A feature that matters for one species is
// kept for all.
func (fit *manyBodyFit) choose() error {
	old, species := fit.m.potential.Basis, len(fit.m.types)
	each := old.Features()
	if fit.opt.Features >= each*species {
		return nil
	}
	acc, err := fit.total(-1)
	if err != nil {
		return err
	}
	columns, left, err := acc.Select(old.Width())
	if err != nil {
		return fmt.Errorf("hgn: %w", err)
	}
	var order []int
	seen := map[int]bool{}
	best, least := 0, math.Inf(1)
	for i, j := range columns {
		if k := j % each; j < species*each && !seen[k] {
			seen[k] = true
			order = append(order, k)
		}
		width := float64((len(order) + 1) * species)
		if fit.opt.Features > 0 {
			if len(order) > 0 && len(order)*species <= fit.opt.Features {
				best = len(order)
			}
			continue
		}
		if free := 1 - width/fit.v.equations(); free > 0 && left[i]/(free*free) < least {
			best, least = len(order), left[i]/(free*free)
		}
	}
	fit.m.selected = order[:max(best, min(1, len(order)))]
	slices.Sort(fit.m.selected)
	if len(order) == 0 {
		fit.m.selected = []int{0}
	}
	return fit.reduce(old)
}

// reduce leaves the columns of the selected features in the problem.
func (fit *manyBodyFit) reduce(old *manybody.Basis) error {
	var columns []int
	species, each := len(fit.m.types), old.Features()
	order := fit.m.subset(old)
	for s := range species {
		for _, k := range order {
			columns = append(columns, s*each+k)
		}
	}
	for s := range species {
		columns = append(columns, species*each+s)
	}
	for k, a := range fit.folds {
		b, err := a.Columns(columns)
		if err != nil {
			return fmt.Errorf("hgn: %w", err)
		}
		fit.folds[k] = b
	}
	return nil
}
