package main

import (
	"context"
	"fmt"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/cmd/hgn/internal/tables"
)

// plotForces draws the components of forces that model predicts against those of the frames
// that trained it and of those that test it, into the named file; either may be nil.
func plotForces(ctx context.Context, name string, model *hgn.Model, train, test hgn.Source) error {
	var panels []tables.Parity
	for _, part := range []struct {
		title string
		src   hgn.Source
	}{{"training", train}, {"test", test}} {
		if part.src == nil {
			continue
		}
		p := tables.Parity{}
		for f, err := range part.src.Frames() {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return err
			}
			if f.PDot == nil {
				continue
			}
			forces := make([]float64, len(f.PDot))
			if _, err := model.Forces(forces, f, nil); err != nil {
				return err
			}
			p.Reference = append(p.Reference, f.PDot...)
			p.Predicted = append(p.Predicted, forces...)
		}
		p.Title = fmt.Sprintf("%s: %d components", part.title, len(p.Reference))
		panels = append(panels, p)
	}
	svg, err := tables.ParitySVG("force (eV/Å)", panels)
	if err != nil {
		return err
	}
	return write(name, svg)
}
