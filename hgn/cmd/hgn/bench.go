package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/rapidhgn/rapidhgn/hgn/cmd/hgn/internal/tables"
	"github.com/rapidhgn/rapidhgn/internal/atomicfile"
	"github.com/rapidhgn/rapidhgn/internal/filecause"
)

const benchUsage = `Usage: hgn bench -table NAME [flags]

Bench computes the tables by which the method of arXiv 2506.06558 is judged, with
the network of the paper and with the default model.

  hgn bench -table all -quick
  hgn bench -table zero-shot -out results

  -table NAME      potentials  errors on springs, quartic springs, Morse bonds and a
                               Lennard-Jones liquid
                   zero-shot   small systems train, large ones move
                   benchmark   rollouts of springs and of gravitation
                   ablation    inputs, readout, sampler, solver; other functions of r
                   scaling     time and memory against samples, bodies and features
                   optimizers  15 optimizers against random features
                   all         all of these, in this order
  -quick           small sizes: all in 2 minutes rather than 30
  -seed S          of the random features (default 0)
  -out DIR         write a .csv and a .svg of each table and RESULTS.md; what is
                   finished is there if the command is interrupted
  -python PROGRAM  a Python with PyTorch, which runs bench/peers/torch_network.py for
                   the table optimizers; without it PyTorch is left out

The springs of the table benchmark are those of m3rg/spring5.npz in the folder that
RAPIDHGN_DATA names, or in ../shared/data; where there are none they are made anew.` + commonUsage

// benchResult is what bench prints as JSON.
type benchResult struct {
	Environment map[string]string `json:"environment"`
	Tables      []*tables.Table   `json:"tables"`
	Incomplete  bool              `json:"incomplete,omitempty"` // it was interrupted

	all bool // whether all tables are wanted, in full size
}

// bench is the command.
func bench(ctx context.Context, s streams, args []string) error {
	f := newFlags("bench")
	var name, out string
	var opt tables.Options
	f.StringVar(&name, "table", "", "")
	f.BoolVar(&opt.Quick, "quick", false, "")
	f.Uint64Var(&opt.Seed, "seed", 0, "")
	f.StringVar(&out, "out", "", "")
	f.StringVar(&opt.Python, "python", "", "")
	if err := f.parse(args); err != nil {
		return err
	}
	if err := f.need("table"); err != nil {
		return err
	}
	if !known(name) {
		return usagef("-table %q: want %s or all", name, strings.Join(tables.Names(), ", "))
	}
	if opt.Python != "" {
		if _, err := os.Stat(tables.TorchScript); err != nil {
			return fmt.Errorf("-python: %s: %w", tables.TorchScript, filecause.Read(err))
		}
	}
	if err := writable([]string{f.profile}); err != nil {
		return err
	}
	report := filepath.Join(out, "RESULTS.md")
	if out != "" {
		if err := os.MkdirAll(out, 0o777); err != nil {
			return fmt.Errorf("%s: %w", out, filecause.Write(err))
		}
		if err := atomicfile.Check(report); err != nil {
			return fmt.Errorf("%s: %w", report, filecause.Write(err))
		}
	}
	opt.Workers = f.workers
	opt.Data = dataFolder()
	opt.Progress = s.stage()
	result := &benchResult{Environment: environment(args), Tables: []*tables.Table{}, all: name == "all" && !opt.Quick}
	err := profiled(f.profile, func() error {
		return tables.Run(ctx, name, opt, func(t *tables.Table) error {
			result.Tables = append(result.Tables, t)
			opt.Progress("")
			if !isTerminal(s.err) {
				fmt.Fprintf(s.err, "hgn: table %s took %v s\n", t.Name, t.Seconds)
			}
			if !f.json {
				if _, err := fmt.Fprint(s.out, t.Text()); err != nil {
					return fmt.Errorf("standard output: %w", filecause.Write(err))
				}
			}
			if out == "" {
				return nil
			}
			return result.save(out, t)
		})
	})
	if err != nil {
		if len(result.Tables) == 0 {
			return err
		}
		if f.json {
			result.Incomplete = true
			if failed := result.print(s.out); failed != nil {
				return failed
			}
		}
		if out != "" {
			return fmt.Errorf("%w; what is finished is in %s", err, out)
		}
		return err
	}
	if !f.json {
		return nil
	}
	return result.print(s.out)
}

// print writes the result as JSON.
func (r *benchResult) print(w io.Writer) error {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(r); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

// known says whether there is such a table.
func known(name string) bool {
	for _, n := range append(tables.Names(), "all") {
		if n == name {
			return true
		}
	}
	return false
}

// dataFolder is where sets of data are that are not part of the repository.
func dataFolder() string {
	if name := os.Getenv("RAPIDHGN_DATA"); name != "" {
		return name
	}
	return filepath.Join("..", "shared", "data")
}

// stage returns a function that shows on a terminal what is under way.
func (s streams) stage() func(string) {
	if !isTerminal(s.err) {
		return func(string) {}
	}
	return func(what string) { fmt.Fprintf(s.err, "\r\x1b[K%s", what) }
}
