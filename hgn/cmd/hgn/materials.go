package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// weights is a flag GROUP=W,GROUP=W,…
type weights map[string]float64

func (w *weights) String() string { return "" }

func (w *weights) Set(text string) error {
	if *w == nil {
		*w = weights{}
	}
	for _, field := range strings.Split(text, ",") {
		at := strings.LastIndexByte(field, '=')
		if at <= 0 {
			return fmt.Errorf("%q is not GROUP=WEIGHT", field)
		}
		x, err := strconv.ParseFloat(field[at+1:], 64)
		if err != nil || !(x >= 0) || math.IsInf(x, 1) {
			return fmt.Errorf("%q is not GROUP=WEIGHT with a weight of at least 0", field)
		}
		if _, twice := (*w)[field[:at]]; twice {
			return fmt.Errorf("group %q has two weights", field[:at])
		}
		(*w)[field[:at]] = x
	}
	return nil
}

// materials defines the flags of many-body models.
func (f *trainFlags) materials(o *hgn.Materials) {
	weight := func(dst *float64, name string) {
		f.Func(name, "", func(text string) error {
			x, err := strconv.ParseFloat(text, 64)
			if err != nil || !(x >= 0) || math.IsInf(x, 1) {
				return errors.New("want a number of at least 0")
			}
			if *dst = x; x == 0 {
				*dst = -1 // not used
			}
			return nil
		})
	}
	weight(&o.ForceWeight, "force-weight")
	weight(&o.EnergyWeight, "energy-weight")
	weight(&o.StressWeight, "stress-weight")
	f.Var(&f.weights, "weight", "")
	f.Func("stress-unit", "", func(text string) (err error) {
		o.StressUnit, err = parseStressUnit(text)
		return err
	})
	f.BoolVar(&o.Pairs, "pairs", false, "")
	f.BoolVar(&o.Appendable, "appendable", false, "")
	f.count(&o.Candidates, "candidates", 900, 1, hgn.MaxFeatures)
	f.Func("members", "", func(text string) error {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return errors.New("want a number of at least 0")
		}
		if o.Members = n; n == 0 {
			o.Members = -1 // none
		}
		return nil
	})
}

// parseStressUnit returns the unit of the given name, 0 for auto.
func parseStressUnit(text string) (float64, error) {
	name, sign := text, 1.0
	if strings.HasPrefix(text, "-") {
		name, sign = text[1:], -1
	}
	switch strings.ToLower(name) {
	case "auto":
		return 0, nil
	case "ev/a3":
		return sign * hgn.ElectronVoltPerCubicAngstrom, nil
	case "gpa":
		return sign * hgn.Gigapascal, nil
	case "kbar":
		return sign * hgn.Kilobar, nil
	case "bar":
		return sign * hgn.Bar, nil
	}
	return 0, fmt.Errorf("unknown unit %q (want auto, bar, kbar, GPa or eV/A3, with a sign or without)", text)
}

// manyBodyFlags are the flags of train that only many-body models have.
var manyBodyFlags = [...]string{"weight", "force-weight", "energy-weight", "stress-weight", "stress-unit", "candidates", "members", "appendable", "pairs", "plot"}

// choose settles what depends on whether there is motion in the data.
func (f *trainFlags) choose(first *hgn.Frame) error {
	o := &f.options
	if !f.given("encoding") && o.Graph == nil && first != nil && first.QDot == nil && o.Series == hgn.NoSeries {
		o.Encoding = hgn.ManyBody
	}
	if o.Encoding == hgn.ManyBody {
		o.Periodic = o.Periodic || f.box == ""
		return nil
	}
	for _, name := range manyBodyFlags {
		if f.given(name) {
			return usagef("-%s goes with -encoding many-body, not with %v", name, o.Encoding)
		}
	}
	return nil
}

// materialsResult is what train adds to its result for many-body models: errors in eV/Å,
// meV per atom and GPa, if units are eV and Å.
type materialsResult struct {
	ForceTrain    number        `json:"force_rmse_train"`
	ForceTrainMAE number        `json:"force_mae_train"`
	ForceTest     number        `json:"force_rmse_test"`
	ForceTestMAE  number        `json:"force_mae_test"`
	EnergyTrain   number        `json:"energy_rmse_train"`
	EnergyTest    number        `json:"energy_rmse_test"`
	StressTrain   number        `json:"stress_rmse_train"`
	StressTest    number        `json:"stress_rmse_test"`
	Coverage      number        `json:"coverage_95"`
	HeldOut       []heldOut     `json:"held_out"`
	StressUnit    string        `json:"stress_unit"`
	Groups        []groupResult `json:"groups"`
}

// heldOut is about a part of the data that was left out of the fit.
type heldOut struct {
	Part     string `json:"part"`
	RMSE     number `json:"force_rmse"`
	Coverage number `json:"coverage_95"`
}

// groupResult is about one group of frames of one part of the data.
type groupResult struct {
	Part       string `json:"part"` // train or test
	Group      string `json:"group"`
	Frames     int    `json:"frames"`
	Atoms      int    `json:"atoms"`
	EnergyRMSE number `json:"energy_rmse"`
	EnergyMAE  number `json:"energy_mae"`
	ForceRMSE  number `json:"force_rmse"`
	ForceMAE   number `json:"force_mae"`
	StressRMSE number `json:"stress_rmse"`
	StressMAE  number `json:"stress_mae"`
	Coverage   number `json:"coverage_95"`
	Grade      number `json:"grade"`               // highest extrapolation grade of an atom
	Beyond     number `json:"extrapolating_atoms"` // share of atoms of a grade above 1
}

const (
	milli      = 1e3                // meV per eV
	gigapascal = 1 / hgn.Gigapascal // GPa per eV/Å³
)

func newGroupResult(part string, e *hgn.GroupError) groupResult {
	return groupResult{
		part, e.Group, e.Frames, e.Bodies,
		number(milli * e.Energy.RMSE), number(milli * e.Energy.MAE),
		number(e.Force.RMSE), number(e.Force.MAE),
		number(gigapascal * e.Stress.RMSE), number(gigapascal * e.Stress.MAE),
		number(e.Coverage), number(e.Grade), number(e.Extrapolated),
	}
}

// compare finds the errors of model on the frames that trained it and on those that test it;
// either may be nil.
func (f *trainFlags) compare(ctx context.Context, model *hgn.Model, report *hgn.Report, train, test hgn.Source) (*materialsResult, error) {
	unknown := number(math.NaN())
	r := &materialsResult{
		ForceTrain: unknown, ForceTrainMAE: unknown, EnergyTrain: unknown, StressTrain: unknown,
		ForceTest: unknown, ForceTestMAE: unknown, EnergyTest: unknown, StressTest: unknown, Coverage: unknown,
	}
	r.StressUnit = stressUnitName(report.StressUnit)
	add := func(part string, src hgn.Source) (groupResult, error) {
		table, err := model.Errors(ctx, src, hgn.ErrorOptions{
			StressUnit: report.StressUnit,
			Deviations: part == "test",
			Workers:    f.workers,
		})
		if err != nil {
			return groupResult{}, err
		}
		for i := range table {
			r.Groups = append(r.Groups, newGroupResult(part, &table[i]))
		}
		return r.Groups[len(r.Groups)-len(table)], nil
	}
	if train != nil {
		all, err := add("train", train)
		if err != nil {
			return nil, err
		}
		r.ForceTrain, r.ForceTrainMAE, r.EnergyTrain, r.StressTrain = all.ForceRMSE, all.ForceMAE, all.EnergyRMSE, all.StressRMSE
	}
	r.Coverage = number(report.Coverage)
	for _, h := range report.HeldOut {
		r.HeldOut = append(r.HeldOut, heldOut{h.Part, number(h.RMSE), number(h.Coverage)})
	}
	if test == nil {
		return r, nil
	}
	all, err := add("test", test)
	if err != nil {
		return nil, err
	}
	r.ForceTest, r.ForceTestMAE, r.EnergyTest, r.StressTest, r.Coverage = all.ForceRMSE, all.ForceMAE, all.EnergyRMSE, all.StressRMSE, all.Coverage
	return r, nil
}

// stressUnitName is the inverse of parseStressUnit.
func stressUnitName(unit float64) string {
	for _, name := range []string{"eV/A3", "GPa", "kbar", "bar"} {
		for _, sign := range []string{"", "-"} {
			if u, err := parseStressUnit(sign + name); err == nil && u == unit {
				return sign + name
			}
		}
	}
	return "none"
}

// rows is the table of all groups.
func (r *materialsResult) rows() []row {
	rows := []row{
		{"coverage of the 95 % interval", r.Coverage},
		{"unit of stress", r.StressUnit},
	}
	for _, h := range r.HeldOut {
		rows = append(rows, row{"left out: " + h.Part, fmt.Sprintf("force error %v eV/Å, %s within 1.96 standard deviations", h.RMSE, percent(h.Coverage))})
	}
	return append(rows, groupRows(r.Groups)...)
}

// groupRows is a table of groups.
func groupRows(groups []groupResult) []row {
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "\nframes\tatoms\tmeV/atom\tMAE\teV/Å\tMAE\tGPa\tMAE\tin 95 %\tgrade\tabove 1\t\n")
	for _, g := range groups {
		fmt.Fprintf(w, "%d\t%d\t%v\t%v\t%v\t%v\t%v\t%v\t%v\t%v\t%v\t\n", g.Frames, g.Atoms, g.EnergyRMSE, g.EnergyMAE, g.ForceRMSE, g.ForceMAE,
			g.StressRMSE, g.StressMAE, percent(g.Coverage), g.Grade, percent(g.Beyond))
	}
	w.Flush()
	lines := strings.Split(strings.TrimRight(b.String(), "\n"), "\n")[1:]
	rows := []row{{"errors: RMSE and MAE", lines[0]}}
	for i, g := range groups {
		name := g.Group
		if name == "" {
			name = "all"
		}
		rows = append(rows, row{strings.TrimSpace(g.Part + " " + name), lines[i+1]})
	}
	return rows
}

// network says whether the encoding is one of the networks, which have layers.
func (f *trainFlags) network() bool {
	return f.options.Encoding == hgn.LocalFrame || f.options.Encoding == hgn.InvariantNetwork
}
