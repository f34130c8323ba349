package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/trajectory"
	"github.com/rapidhgn/rapidhgn/internal/filecause"
	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

const trainUsage = `Usage: hgn train -data FILE (-edges CSV | -cutoff R) [flags]

Train fits a model to trajectories: the energy whose derivatives are the observed
velocities and forces. The first frames of each file train, the rest test.

  hgn train -data run.dump.gz -edges bonds.csv -energy thermo.csv -out model.safetensors
  hgn train -data 'runs/*.dump' -box periodic -cutoff 2.5 -out model.safetensors

Data
  -data FILE       .dump, .xyz (.gz too) or .npz; a quoted pattern, or repeated
  -test FILE       test on these; all of -data trains
  -split S         share of the frames of each file that trains, above 0 and at
                   most 1 (default 0.8)
  -shuffle         train on that share of all frames, drawn at random as -seed says
  -energy CSV      columns step and etotal: total energies of the frames
  -masses T=M,…    masses by type, for files without them (default 1)

Interactions, one of the two
  -edges CSV       fixed edges: columns i,j, bodies counted from 0; or those in an .npz
  -cutoff R        all pairs closer than R
  -box KIND        free or periodic: nearest images in the directions that a frame
                   marks as periodic (default free; periodic for many-body)

Model
  -encoding E      invariant (default): a sum over bodies and pairs; many-body, for
                   atoms (default where frames have no velocities); the network of
                   arXiv 2506.06558 on coordinates in a frame that moves with the
                   bodies: frame, or on invariants: invariant-network
  -features K      edge features per pair of species (default 64); of many-body: in
                   all (default what generalised cross-validation calls for); of a
                   network: features of every layer (default 256; invariant-network:
                   64, of nodes 16)
  -edge-readout    networks: the energy depends on the sum of edge features, too
  -sampler S       elm-whitened (default), elm or swim (default for frame); networks:
                   aswim, too
  -activation A    gaussian (default), tanh, softplus (default for frame), sin or
                   sigmoid
  -xi F            distances enter as r (default) or r2; log or 1/r: V is multiplied by
                   the charges, or by the masses where all charges are 0
  -omega W         width of elm-whitened (default 1 with -edges, 4 with -cutoff)
  -widen W         use the features this far beyond the distances seen, as a fraction
                   of their range, before forces go on linearly (default 0)
  -seed S          of the random features (default 0)

Motion, invariant models (networks: -series difference alone)
  -series F        learn from positions and momenta (or velocities) as a time series,
                   without forces: boole, simpson or trapezoid (integrals over 5, 3 or
                   2 frames) or difference (of 5 frames); frames are equally spaced
  -dt H            with -series: the time a step takes (default: what the data say)
  -damping K       learn friction ṗ = −∂H/∂q − γ q̇, too, with a γ for each species or
                   body
  -coupling        learn an energy of pairs f(r) p_i·p_j + g(r) (p_i·u)(p_j·u), too, from
                   files with both momenta and velocities, or momenta and -series

Invariant and many-body models
  -reference R     learn what is left beside a pair potential, which models then add:
                   zbl:INNER,OUTER, the repulsion of nuclei in eV and Å, switched off
                   between two distances, for species that are atomic numbers; or a
                   file of tables of LAMMPS, or .csv with i,j,r,energy,force

Many-body
  -force-weight W  weight of forces (default 1), 0: not used
  -energy-weight W of energies per atom, in 1/length (default 100)
  -stress-weight W of virials per atom, in 1/length (default 1)
  -weight G=W,…    further weights of groups: config_type, or the name of a file
  -stress-unit U   bar, kbar, GPa or eV/A3 (-bar …: positive is pressure); auto
                   (default): the one that goes with energies and forces
  -candidates N    features of least degree that those of the model are chosen from,
                   by orthogonal least squares (default 900)
  -members N       sets of coefficients that standard deviations come from (default 8)
  -pairs           features of pairs alone, to compare with
  -plot SVG        draw predicted against reference forces, of training and test
  -appendable      keep the equations with the model, some megabytes, for -append
  -append MODEL    add the frames of -data, all of them, to what MODEL was trained on, or
                   without -data only change weights of kinds and groups; the features
                   stay. What -out writes is appendable again

Solver
  -ridge M         ridge relative to the largest singular value (default 1e-16; the
                   one of most evidence for many-body and with -series)
  -rcond C         in place of a ridge, cut off singular values below C times the
                   largest; 0: none
  -repeat N        train N times and report the shortest (default 1)

Output
  -out MODEL       write the model, a .safetensors file` + commonUsage

// trainFlags are the flags of train.
type trainFlags struct {
	*flags
	data, test           list
	edges, energies, out string
	reference            string
	append               string // a model to go on from
	plot                 string
	box                  string
	split                float64
	shuffle              bool
	weights              weights
	masses               masses
	options              hgn.Options
}

func newTrainFlags() *trainFlags {
	f := &trainFlags{flags: newFlags("train")}
	o := &f.options
	f.Var(&f.data, "data", "")
	f.Var(&f.test, "test", "")
	f.file(&f.edges, "edges")
	f.file(&f.energies, "energy")
	f.file(&f.reference, "reference")
	f.StringVar(&f.out, "out", "", "")
	f.file(&f.append, "append")
	f.file(&f.plot, "plot")
	f.StringVar(&f.box, "box", "", "")
	f.Var(&f.masses, "masses", "")
	f.number(&f.split, "split", 0.8, "a number above 0 and at most 1", func(x float64) bool { return x > 0 && x <= 1 })
	f.number(&o.Cutoff, "cutoff", 0, "a number above 0", positive)
	f.number(&o.Omega, "omega", 0, "a number above 0", positive)
	f.number(&o.Widen, "widen", 0, "a number from 0 to 1", func(x float64) bool { return x >= 0 && x <= 1 })
	f.number(&o.RCond, "rcond", 0, "a number of at least 0 and below 1", func(x float64) bool { return x >= 0 && x < 1 })
	f.number(&o.Ridge, "ridge", 0, "a number of at least 0", func(x float64) bool { return x >= 0 })
	f.count(&o.Features, "features", 64, 1, hgn.MaxFeatures)
	f.BoolVar(&o.EdgeReadout, "edge-readout", false, "")
	f.count(&o.Repeat, "repeat", 1, 1, math.MaxInt)
	f.Uint64Var(&o.Seed, "seed", 0, "")
	f.BoolVar(&f.shuffle, "shuffle", false, "")
	f.materials(&o.Materials)
	choice(f.flags, &o.Encoding, "encoding", hgn.ParseEncoding)
	choice(f.flags, &o.Sampler, "sampler", hgn.ParseSampler)
	choice(f.flags, &o.Activation, "activation", dense.ParseActivation)
	choice(f.flags, &o.Xi, "xi", hgn.ParseXi)
	choice(f.flags, &o.Series, "series", hgn.ParseSeries)
	choice(f.flags, &o.Damping, "damping", hgn.ParseDamping)
	f.number(&o.DT, "dt", 0, "a number above 0", positive)
	f.BoolVar(&o.Coupling, "coupling", false, "")
	return f
}

// parse reads and checks args.
func (f *trainFlags) parse(args []string) error {
	if err := f.flags.parse(args); err != nil {
		return err
	}
	f.options.Workers = f.workers
	if f.given("append") {
		return f.checkAppend()
	}
	if err := f.need("data"); err != nil {
		return err
	}
	switch {
	case f.given("edges") == f.given("cutoff"):
		return usagef("exactly one of -edges and -cutoff is needed")
	case f.given("edges") && f.edges == "":
		return usagef("-edges needs the name of a file")
	case f.options.RCond != 0 && f.options.Ridge != 0:
		return usagef("-rcond and -ridge exclude each other")
	case f.box != "" && f.box != "free" && f.box != "periodic":
		return usagef("-box %q: want free or periodic", f.box)
	case f.network() && (f.given("cutoff") || f.box == "periodic" || f.given("xi")):
		return usagef("-encoding %v goes with -edges, not with -cutoff, -box periodic or -xi", f.options.Encoding)
	case !f.network() && (f.options.EdgeReadout || f.options.Sampler == hgn.ASWIM):
		return usagef("-edge-readout and -sampler aswim go with a network: -encoding frame or invariant-network")
	case f.options.Encoding == hgn.ManyBody && f.given("edges"):
		return usagef("-encoding %v goes with -cutoff, not with -edges", hgn.ManyBody)
	case f.network() && f.reference != "":
		return usagef("-reference goes with -encoding %v or %v", hgn.Invariant, hgn.ManyBody)
	case f.options.Series != hgn.NoSeries && f.reference != "":
		return usagef("-reference and -series exclude each other")
	case f.options.Series == hgn.NoSeries && f.given("dt"):
		return usagef("-dt goes with -series")
	case f.options.Encoding != hgn.Invariant && (f.options.Damping != hgn.NoDamping || f.options.Coupling):
		return usagef("-damping and -coupling go with -encoding %v", hgn.Invariant)
	case f.network() && f.options.Series > hgn.Difference || f.options.Encoding == hgn.ManyBody && f.options.Series != hgn.NoSeries:
		return usagef("-series %v goes with -encoding %v (difference with networks, too)", f.options.Series, hgn.Invariant)
	case f.shuffle && f.options.Series != hgn.NoSeries:
		return usagef("-shuffle takes frames out of their -series")
	case f.shuffle && len(f.test) > 0:
		return usagef("-shuffle and -test exclude each other")
	}
	f.options.Periodic = f.box == "periodic"
	f.options.Materials.GroupWeights = f.weights
	if !f.given("features") {
		f.options.Features = 0 // the default of the encoding
	}
	if f.options.Encoding == hgn.LocalFrame {
		f.options.NodeFeatures = f.options.Features
	}
	if f.options.RCond == 0 && f.options.Ridge == 0 && (f.given("rcond") || f.given("ridge")) {
		f.options.RCond = -1
	}
	return nil
}

// trainResult is what train prints.
type trainResult struct {
	Samples      int    `json:"samples"`
	Nodes        int    `json:"nodes"`
	Edges        number `json:"edges"`
	Rows         int64  `json:"rows"`
	Features     int    `json:"features"`
	Rank         int    `json:"rank"`
	Cond         number `json:"cond"`
	RankP        int    `json:"rank_p"`
	CondP        number `json:"cond_p"`
	ForceTrain   number `json:"force_rel_error_train"`
	ForceTest    number `json:"force_rel_error_test"`
	VelocityTest number `json:"velocity_rel_error_test"`
	EnergyTest   number `json:"energy_max_error_test"`
	TimeFeatures number `json:"seconds_features"`
	TimeSolve    number `json:"seconds_solve"`
	TimeTotal    number `json:"seconds_total"`
	TimeRead     number `json:"seconds_read"`
	PeakMemory   int64  `json:"peak_rss_bytes"`
	Level        string `json:"level"`
	*materialsResult
	*frictionResult
	tested       int
	extrapolated number
	savedIn      string
}

func (r *trainResult) rows() []row {
	trained := fmt.Sprintf("%d frames of %d bodies and %v edges", r.Samples, r.Nodes, r.Edges)
	if r.Nodes == 0 { // nothing was appended
		trained = fmt.Sprintf("the %d frames of before, with the weights as they are now", r.Samples)
	}
	rows := []row{
		{"trained on", trained},
		{"equations", fmt.Sprintf("%d for %d features", r.Rows, r.Features)},
		{"rank", fmt.Sprintf("%d (q), %d (p)", r.Rank, r.RankP)},
		{"condition", fmt.Sprintf("%v (q), %v (p)", r.Cond, r.CondP)},
		{"force error, training", r.ForceTrain},
		{"force error, test", r.ForceTest},
		{"velocity error, test", r.VelocityTest},
		{"energy error, test", r.EnergyTest},
		{"tested on", fmt.Sprintf("%d frames", r.tested)},
		{"edges outside training, test", percent(r.extrapolated)},
		{"time", fmt.Sprintf("%s: features %s, solver %s", duration(r.TimeTotal), duration(r.TimeFeatures), duration(r.TimeSolve))},
		{"time to read", duration(r.TimeRead)},
		{"peak memory", fmt.Sprintf("%.1f MB", float64(r.PeakMemory)/1e6)},
		{"level", r.Level},
	}
	if r.frictionResult != nil {
		rows = append(rows, r.frictionResult.row())
	}
	if r.savedIn != "" {
		rows = append(rows, row{"model", r.savedIn})
	}
	if r.materialsResult != nil {
		rows = append(rows, r.materialsResult.rows()...)
	}
	return rows
}

// train is the command.
func train(ctx context.Context, s streams, args []string) error {
	f := newTrainFlags()
	if err := f.parse(args); err != nil {
		return err
	}
	data, err := trajectory.Expand(f.data)
	if err != nil {
		return err
	}
	test, err := trajectory.Expand(f.test)
	if err != nil {
		return err
	}
	inputs := slices.Concat(data, test, []string{f.edges, f.energies})
	if !strings.HasPrefix(f.reference, zblPrefix) {
		inputs = append(inputs, f.reference)
	}
	if f.append != f.out { // a model may be written in its own place
		inputs = append(inputs, f.append)
	}
	if err := writable([]string{f.out, f.plot, f.profile}, inputs...); err != nil {
		return err
	}
	r := &reader{options: trajectory.Options{Masses: f.masses, Observed: f.options.Series != hgn.NoSeries}}
	var result *trainResult
	err = profiled(f.profile, func() (err error) {
		if f.append != "" {
			result, err = f.extend(ctx, s, r, data, test)
		} else {
			result, err = f.fit(ctx, s, r, data, test)
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.print(result, f.json)
}

// fit trains, tests, and writes the model.
func (f *trainFlags) fit(ctx context.Context, s streams, r *reader, data, test []string) (*trainResult, error) {
	p := s.progress("training", -1)
	defer p.end()
	energies, err := r.energies(f.energies)
	if err != nil {
		return nil, err
	}
	if f.options.Reference, err = readReference(f.reference); err != nil {
		return nil, err
	}
	if r := f.options.Reference; r != nil && f.options.Cutoff > 0 && r.Cutoff() > f.options.Cutoff {
		return nil, fmt.Errorf("-reference %s reaches to %v, beyond the -cutoff of %v", f.reference, r.Cutoff(), f.options.Cutoff)
	}
	trainParts, testParts, err := f.parts(ctx, r, data, test)
	if err != nil {
		return nil, err
	}
	source := r.source(trainParts, energies, p.tick)
	reference, err := first(source)
	if err != nil {
		return nil, err
	}
	if f.options.Graph, err = r.edges(f.edges, reference); err != nil {
		return nil, err
	}
	if err := f.choose(reference); err != nil {
		return nil, err
	}
	coupled := &couplingWatch{Source: source}
	if f.options.Coupling {
		source = coupled
	}
	model, report, err := hgn.Train(ctx, source, f.options)
	if err != nil {
		return nil, err
	}
	var errors *materialsResult
	if f.options.Encoding == hgn.ManyBody {
		var test hgn.Source
		if len(testParts) > 0 {
			test = r.source(testParts, energies, p.tick)
		}
		if errors, err = f.compare(ctx, model, report, source, test); err != nil {
			return nil, err
		}
		if f.plot != "" {
			if err := plotForces(ctx, f.plot, model, source, test); err != nil {
				return nil, err
			}
		}
	}
	nan := math.NaN()
	tested := &hgn.Evaluation{Force: nan, Velocity: nan, Energy: nan, Extrapolated: nan}
	if len(testParts) > 0 {
		tested, err = model.Evaluate(ctx, r.source(testParts, energies, p.tick), hgn.EvaluateOptions{
			Graph:     f.options.Graph,
			Reference: reference,
			Workers:   f.workers,
		})
		if err != nil {
			return nil, err
		}
	}
	if f.out != "" {
		if err := model.Save(f.out); err != nil {
			return nil, fmt.Errorf("%s: %w", f.out, filecause.Write(err))
		}
	}
	if f.options.Coupling && !coupled.found {
		fmt.Fprintln(s.err, "hgn: warning: velocities are momenta over masses in all frames, perhaps as the data have only one of them: they show no -coupling")
	}
	if report.Edges == 0 {
		fmt.Fprintf(s.err, "hgn: warning: no two bodies that the model was trained on are closer than the cutoff %v: they do not interact\n", f.options.Cutoff)
	}
	if report.MinimumNorm() {
		fmt.Fprintf(s.err, "hgn: %d equations for %d features: took the model of least norm among those that fit best\n",
			report.Rows, report.Features)
	}
	result := f.result(report, tested, errors, r)
	result.frictionResult = frictionOf(model)
	return result, nil
}
