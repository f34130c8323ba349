package main

import (
	"bytes"
	"context"
	"fmt"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/trajectory"
	"github.com/rapidhgn/rapidhgn/internal/atomicfile"
	"github.com/rapidhgn/rapidhgn/internal/filecause"
)

// atomsResult is what eval adds to its result for many-body models.
type atomsResult struct {
	Grade    number        `json:"grade"`               // highest extrapolation grade of an atom
	Beyond   number        `json:"extrapolating_atoms"` // share of atoms of a grade above 1
	Coverage number        `json:"coverage_95"`
	Groups   []groupResult `json:"groups"`
}

// evalAtoms compares a many-body model with the named files, nil if the model is another, and
// writes the named table of atoms unless the name is empty.
func evalAtoms(ctx context.Context, modelFile string, data []string, table string, m masses, workers int) (*atomsResult, error) {
	model, err := hgn.Load(modelFile)
	switch {
	case err != nil:
		return nil, err
	case !model.ManyBody() && table != "":
		return nil, fmt.Errorf("%s: not a many-body model, which -atoms needs", modelFile)
	case !model.ManyBody():
		return nil, nil
	}
	r := &reader{options: trajectory.Options{Masses: m}}
	files, err := r.open(data)
	if err != nil {
		return nil, err
	}
	source := r.source(whole(files), nil, func() {})
	errors, err := model.Errors(ctx, source, hgn.ErrorOptions{Deviations: true, Workers: workers})
	if err != nil {
		return nil, err
	}
	all := newGroupResult("", &errors[0])
	result := &atomsResult{Grade: all.Grade, Beyond: all.Beyond, Coverage: all.Coverage}
	for i := range errors {
		result.Groups = append(result.Groups, newGroupResult("", &errors[i]))
	}
	if table == "" {
		return result, nil
	}
	var b bytes.Buffer
	b.WriteString("frame,atom,grade,sigma_x,sigma_y,sigma_z\n")
	number := 0
	for f, err := range source.Frames() {
		if err != nil {
			return nil, err
		}
		u, err := model.Uncertainty(f)
		if err != nil {
			return nil, err
		}
		for i, g := range u.Grade {
			sigma := [3]float64{}
			copy(sigma[:], u.Force[i*f.Dim:][:f.Dim])
			fmt.Fprintf(&b, "%d,%d,%.4g,%.4g,%.4g,%.4g\n", number, i, g, sigma[0], sigma[1], sigma[2])
		}
		number++
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	if err := atomicfile.Write(table, b.Bytes()); err != nil {
		return nil, fmt.Errorf("%s: %w", table, filecause.Write(err))
	}
	return result, nil
}
