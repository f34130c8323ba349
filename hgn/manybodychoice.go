package hgn

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"
)

// choose reduces the model to the features that matter most, as many as the options say or
// else as generalised cross-validation calls for. A feature that matters for one species is
// kept for all. It makes a pass over d, unless there is nothing to choose, and returns the
// time that the choice itself took.
func (fit *manyBodyFit) choose(ctx context.Context, d *dataset, v *survey) (time.Duration, error) {
	basis, species := fit.m.potential.Basis, len(fit.m.types)
	each := basis.Features()
	if fit.opt.Features >= each*species {
		return 0, nil
	}
	fit.eq = &manyBodyEquations{energyScale: v.energyScale, width: basis.Width()}
	if err := fit.assemble(ctx, d, nil); err != nil {
		return 0, err
	}
	start := time.Now()
	fit.eq.weigh(fit.opt.Materials.GroupWeights)
	acc, err := fit.eq.total(fit.opt.Materials.weights(), -1)
	if err != nil {
		return 0, err
	}
	columns, left, err := acc.Select(basis.Width())
	if err != nil {
		return 0, fmt.Errorf("hgn: %w", err)
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
		if free := 1 - width/v.equations(); free > 0 && left[i]/(free*free) < least {
			best, least = len(order), left[i]/(free*free)
		}
	}
	fit.m.selected = order[:max(best, min(1, len(order)))]
	slices.Sort(fit.m.selected)
	if len(order) == 0 {
		fit.m.selected = []int{0}
	}
	fit.m.subset()
	return time.Since(start), nil
}
