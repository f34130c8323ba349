package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/rapidhgn/rapidhgn/hgn/cmd/hgn/internal/tables"
	"github.com/rapidhgn/rapidhgn/internal/atomicfile"
	"github.com/rapidhgn/rapidhgn/internal/filecause"
	"github.com/rapidhgn/rapidhgn/internal/simd"
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

The springs of the table benchmark are those of m3rg/spring5.npz in the folder that
RAPIDHGN_DATA names, or in ../shared/data; where there are none they are made anew.` + commonUsage

// benchResult is what bench prints as JSON.
type benchResult struct {
	Environment map[string]string `json:"environment"`
	Tables      []*tables.Table   `json:"tables"`
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
	if err := f.parse(args); err != nil {
		return err
	}
	if err := f.need("table"); err != nil {
		return err
	}
	if !known(name) {
		return usagef("-table %q: want %s or all", name, strings.Join(tables.Names(), ", "))
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
	result := &benchResult{Environment: environment(args), Tables: []*tables.Table{}}
	err := profiled(f.profile, func() error {
		return tables.Run(ctx, name, opt, func(t *tables.Table) error {
			result.Tables = append(result.Tables, t)
			opt.Progress("")
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
		if out != "" && len(result.Tables) > 0 {
			return fmt.Errorf("%w; what is finished is in %s", err, out)
		}
		return err
	}
	if !f.json {
		return nil
	}
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(result); err != nil {
		return err
	}
	_, err = s.out.Write(b.Bytes())
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

// save writes the files of t and the report of all tables so far.
func (r *benchResult) save(folder string, t *tables.Table) error {
	svg, err := t.SVG()
	if err != nil {
		return err
	}
	if svg != nil {
		if err := write(filepath.Join(folder, t.Name+".svg"), svg); err != nil {
			return err
		}
	}
	if err := write(filepath.Join(folder, t.Name+".csv"), t.CSV()); err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("# Results\n\nWhat `hgn bench` found: the network of Rahma, Datar, Cukarska and Dietrich (arXiv 2506.06558) and the default model of hgn, measured on this machine. What is reported in the paper and was not measured here is marked as reported.\n\n| | |\n| --- | --- |\n")
	for _, key := range []string{"command", "date", "commit", "processor", "level", "cores", "go"} {
		fmt.Fprintf(&b, "| %s | %s |\n", key, r.Environment[key])
	}
	b.WriteString("\n")
	for _, t := range r.Tables {
		b.WriteString(t.Markdown())
		fmt.Fprintf(&b, "![%s](%s.svg)\n\n", t.Title, t.Name)
	}
	return write(filepath.Join(folder, "RESULTS.md"), []byte(strings.TrimRight(b.String(), "\n")+"\n"))
}

// environment says what the tables were made with.
func environment(args []string) map[string]string {
	e := map[string]string{
		"command":   "hgn bench " + strings.Join(args, " "),
		"date":      time.Now().UTC().Format("2006-01-02"),
		"commit":    "unknown",
		"processor": processor(),
		"level":     simd.Active().String(),
		"cores":     fmt.Sprint(runtime.GOMAXPROCS(0)),
		"go":        runtime.Version(),
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				e["commit"] = s.Value[:min(12, len(s.Value))]
			case s.Key == "vcs.modified" && s.Value == "true":
				e["commit"] += ", changed"
			}
		}
	}
	return e
}

// processor names the processor, where the system tells.
func processor() string {
	data, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(data)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}
