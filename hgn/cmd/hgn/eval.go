package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/trajectory"
)

const evalUsage = `Usage: hgn eval -model MODEL -data FILE [flags]

Eval compares the forces, velocities and energies of a model with those of
trajectories, which may be of another system than the one it was trained on.

  hgn eval -model model.safetensors -data other.dump.gz -edges bonds.csv

  -model MODEL     written by hgn train
  -data FILE       .dump, .xyz (.gz too) or .npz; a quoted pattern, or repeated
  -edges CSV       edges of this system, if the model was trained on fixed ones:
                   columns i,j, bodies counted from 0; or the edges in an .npz
  -energy CSV      columns step and etotal: total energies of the frames
  -masses T=M,…    masses by type, for files without them (default 1)
  -atoms CSV       many-body: write how sure the model is of every atom: frame,atom,grade
                   and standard deviations of the force, sigma_x,sigma_y,sigma_z. An
                   extrapolation grade above 1 is beyond those of training` + commonUsage

// evalResult is what eval prints.
type evalResult struct {
	Force        number `json:"force_rel_error"`
	Velocity     number `json:"velocity_rel_error"`
	Energy       number `json:"energy_max_error"`
	Samples      int    `json:"samples"`
	Nodes        int    `json:"nodes"`
	Extrapolated number `json:"extrapolated_fraction"`
	*atomsResult
}

func (r *evalResult) rows() []row {
	rows := []row{
		{"compared with", fmt.Sprintf("%d frames of %d bodies", r.Samples, r.Nodes)},
		{"force error", r.Force},
		{"velocity error", r.Velocity},
		{"energy error", r.Energy},
		{"edges outside the training range", percent(r.Extrapolated)},
	}
	if r.atomsResult != nil {
		rows = append(rows, groupRows(r.Groups)...)
	}
	return rows
}

// percent shows a fraction.
func percent(x number) string { return fmt.Sprintf("%v %%", 100*x) }

// eval is the command.
func eval(ctx context.Context, s streams, args []string) error {
	f := newFlags("eval")
	var data list
	var model, edges, energies, atoms string
	var m masses
	f.file(&model, "model")
	f.Var(&data, "data", "")
	f.file(&edges, "edges")
	f.file(&energies, "energy")
	f.Var(&m, "masses", "")
	f.file(&atoms, "atoms")
	if err := f.parse(args); err != nil {
		return err
	}
	if err := f.need("model", "data"); err != nil {
		return err
	}
	names, err := trajectory.Expand(data)
	if err != nil {
		return err
	}
	if err := writable([]string{atoms, f.profile}, slices.Concat(names, []string{model, edges, energies})...); err != nil {
		return err
	}
	var found *hgn.Evaluation
	var byAtom *atomsResult
	err = profiled(f.profile, func() (err error) {
		if found, err = compare(ctx, s, model, names, edges, energies, m, f.workers); err != nil {
			return err
		}
		byAtom, err = evalAtoms(ctx, model, names, atoms, m, f.workers)
		return err
	})
	if err != nil {
		return err
	}
	return s.print(&evalResult{
		Force:        number(found.Force),
		Velocity:     number(found.Velocity),
		Energy:       number(found.Energy),
		Samples:      found.Samples,
		Nodes:        found.Nodes,
		Extrapolated: number(found.Extrapolated),

		atomsResult: byAtom,
	}, f.json)
}

// compare evaluates the model of the named file on the named trajectories.
func compare(ctx context.Context, s streams, modelFile string, data []string, edges, energies string, m masses, workers int) (*hgn.Evaluation, error) {
	p := s.progress("comparing", -1)
	defer p.end()
	model, err := load(modelFile, edges)
	if err != nil {
		return nil, err
	}
	r := &reader{options: trajectory.Options{Masses: m}}
	e, err := r.energies(energies)
	if err != nil {
		return nil, err
	}
	files, err := r.open(data)
	if err != nil {
		return nil, err
	}
	start, err := first(whole(files)[0])
	if err != nil {
		return nil, err
	}
	graph, err := r.edges(edges, start)
	if err != nil {
		return nil, err
	}
	return model.Evaluate(ctx, r.source(whole(files), e, p.tick), hgn.EvaluateOptions{Graph: graph, Workers: workers})
}

// load reads a model, which must be of the kind that goes with edges, the name of
// a file or "".
func load(name, edges string) (*hgn.Model, error) {
	model, err := hgn.Load(name)
	switch {
	case err != nil:
		return nil, err
	case model.Cutoff() > 0 && edges != "":
		return nil, fmt.Errorf("%s: the model finds its edges by a cutoff of %v and takes no -edges", name, model.Cutoff())
	case model.Cutoff() == 0 && edges == "":
		return nil, fmt.Errorf("%s: the model was trained on fixed edges: -edges is missing", name)
	}
	return model, nil
}
