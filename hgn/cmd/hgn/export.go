package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/rapidhgn/rapidhgn/hgn"
)

const exportUsage = `Usage: hgn export -model MODEL -format FORMAT -out FILE [flags]

Export writes the pair potentials of a model for other programs. Only models of the
invariant encoding, without products of masses or charges, have such potentials.

  hgn export -model model.safetensors -format lammps-table -out lj.table
  hgn export -model model.safetensors -format numpy -out model.npz

  -model MODEL     written by hgn train
  -format FORMAT   lammps-table: a file for pair_style table, or for bond_style table if
                   the model was trained on fixed edges, with how to use it on top, and
                   coefficients of friction, which tables cannot hold, in comments;
                   numpy: an .npz file with the features, of models without a reference
  -out FILE        file to write

Tables
  -points N        distances per table, from 2 (default 10000)
  -from R          shortest distance (default half the shortest where features hold)
  -to R            with fixed edges: the longest distance (default twice the longest seen)` + commonUsage

// exportFlags are the flags of export.
type exportFlags struct {
	*flags
	model, format, out string
	points             int
	from, to           float64
}

func newExportFlags() *exportFlags {
	f := &exportFlags{flags: newFlags("export")}
	f.file(&f.model, "model")
	f.StringVar(&f.format, "format", "", "")
	f.file(&f.out, "out")
	f.count(&f.points, "points", 10000, 2, hgn.MaxTable)
	f.number(&f.from, "from", 0, "a number above 0", positive)
	f.number(&f.to, "to", 0, "a number above 0", positive)
	return f
}

// exportResult is what export prints.
type exportResult struct {
	Format string `json:"format"`
	Pairs  int    `json:"pairs"`
	out    string
}

func (r *exportResult) rows() []row {
	return []row{{"format", r.Format}, {"pairs of species", r.Pairs}, {"file", r.out}}
}

// export is the command.
func export(_ context.Context, s streams, args []string) error {
	f := newExportFlags()
	if err := f.parse(args); err != nil {
		return err
	}
	if err := f.need("model", "format", "out"); err != nil {
		return err
	}
	encode := map[string]func(*hgn.Model, []hgn.PairPotential) ([]byte, error){"lammps-table": f.tables, "numpy": f.arrays}[f.format]
	if encode == nil {
		return usagef("-format %q: want lammps-table or numpy", f.format)
	}
	if err := writable([]string{f.out, f.profile}, f.model); err != nil {
		return err
	}
	result := &exportResult{Format: f.format, out: f.out}
	err := profiled(f.profile, func() error {
		model, err := hgn.Load(f.model)
		if err != nil {
			return err
		}
		pairs, err := model.PairPotentials()
		if err != nil {
			return fmt.Errorf("%s: cannot be exported: %s", f.model, strings.TrimPrefix(err.Error(), "hgn: "))
		}
		data, err := encode(model, pairs)
		if err != nil {
			return err
		}
		result.Pairs = len(pairs)
		if err := write(f.out, data); err != nil {
			return err
		}
		if _, of := model.Damping(); of != hgn.NoDamping {
			fmt.Fprintf(s.err, "hgn: warning: what was exported lacks the friction of the model, a coefficient per %v\n", of)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.print(result, f.json)
}

// tables returns a table of LAMMPS for each pair of species, with energy and force at
// distances of equal spacing.
func (f *exportFlags) tables(m *hgn.Model, pairs []hgn.PairPotential) ([]byte, error) {
	style := "pair"
	if m.Cutoff() == 0 {
		style = "bond"
	} else if f.to != 0 {
		return nil, usagef("-to is for models with fixed edges; tables of this one end at its cutoff, %v", m.Cutoff())
	}
	b := fmt.Appendf(nil, "# Learned potentials, tabulated by hgn export, in the units of the training data.\n#\n")
	b = fmt.Appendf(b, "#   %s_style table spline %d\n", style, f.points)
	for i := range pairs {
		p := pairs[i].Species
		if style == "pair" {
			b = fmt.Appendf(b, "#   pair_coeff %d %d %s %s %v\n", p[0], p[1], f.out, keyword(p), m.Cutoff())
		} else {
			b = fmt.Appendf(b, "#   bond_coeff %d %s %s\n", i+1, f.out, keyword(p))
		}
	}
	if gamma, of := m.Damping(); of != hgn.NoDamping {
		b = fmt.Appendf(b, "#\n# The model has friction −γ v besides, for each %v in ascending order with γ =\n", of)
		for _, g := range gamma {
			b = fmt.Appendf(b, "#   %v\n", g)
		}
	}
	for i := range pairs {
		v := &pairs[i]
		from, to := f.from, f.to
		if from == 0 {
			from = v.From / 2
		}
		switch {
		case style == "pair":
			to = m.Cutoff()
		case to == 0:
			to = 2 * v.Hi
		}
		if !(from > 0 && from < to) {
			return nil, fmt.Errorf("%s: no table from %v to %v: give -from", f.model, from, to)
		}
		// A pair table says how its distances are spaced, and LAMMPS computes them; a bond
		// table takes those listed.
		b = fmt.Appendf(b, "\n# features hold from %v, training saw %v to %v\n%s\nN %d", v.From, v.Lo, v.Hi, keyword(v.Species), f.points)
		if style == "pair" {
			b = fmt.Appendf(b, " R %v %v", from, to)
		}
		b = append(b, '\n', '\n')
		step := (to - from) / float64(f.points-1)
		for k := range f.points {
			r := from + float64(float64(k)*step)
			if k == f.points-1 {
				r = to
			}
			value, slope := v.Eval(r)
			b = fmt.Appendf(b, "%d %.17g %.17g %.17g\n", k+1, r, value, -slope)
		}
	}
	return b, nil
}

// keyword is the name of a table.
func keyword(species [2]int) string { return fmt.Sprintf("SPECIES_%d_%d", species[0], species[1]) }
