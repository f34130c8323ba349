package tables

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Options of [Run].
type Options struct {
	Quick    bool   // small sizes, for a look
	Workers  int    // goroutines; default GOMAXPROCS
	Data     string // folder with m3rg/spring5.npz; where it is absent, that system is made anew
	Seed     uint64
	Python   string            // a Python with PyTorch; without it PyTorch is left out
	Progress func(what string) // told what is under way, unless nil
}

// An experiment fills a table.
type experiment struct {
	name, title string
	columns     []string
	run         func(r *runner, t *Table) error
}

func experiments() []experiment {
	return []experiment{
		{"potentials", "relative force error on unseen states", potentialColumns, potentials},
		{"zero-shot", "small systems train, large ones move", zeroShotColumns, zeroShot},
		{"benchmark", "rollouts of springs and of gravitation", benchmarkColumns, benchmark},
		{"ablation", "what each part contributes", ablationColumns, ablation},
		{"scaling", "time and memory", scalingColumns, scaling},
		{"optimizers", "15 optimizers and random features on the 3-D lattice", optimizerColumns, optimizers},
	}
}

// Names lists the tables, without "all".
func Names() (names []string) {
	for _, e := range experiments() {
		names = append(names, e.name)
	}
	return names
}

// A runner is what experiments share.
type runner struct {
	Options
	ctx context.Context
}

// tell says what is under way, and returns the error of an interruption.
func (r *runner) tell(format string, args ...any) error {
	if r.Progress != nil {
		r.Progress(fmt.Sprintf(format, args...))
	}
	return r.ctx.Err()
}

// pick is quick or full.
func pick[T any](r *runner, quick, full T) T {
	if r.Quick {
		return quick
	}
	return full
}

// Run computes the named table, or all, and hands each to done when it is complete.
// When ctx is done or an experiment fails, that table is handed over too, with what
// it has, marked as incomplete, and Run returns the error.
func Run(ctx context.Context, name string, opt Options, done func(*Table) error) error {
	known := false
	for _, e := range experiments() {
		if name != e.name && name != "all" {
			continue
		}
		known = true
		t := &Table{Name: e.name, Title: e.title, Columns: e.columns, Rows: [][]any{}}
		start := time.Now()
		err := e.run(&runner{Options: opt, ctx: ctx}, t)
		t.Seconds = Number(time.Since(start).Seconds())
		t.Incomplete = err != nil
		if failed := done(t); failed != nil {
			return failed
		}
		if err != nil {
			return fmt.Errorf("table %s: %w", e.name, err)
		}
	}
	if !known {
		return fmt.Errorf("there is no table %q; want %s or all", name, strings.Join(Names(), ", "))
	}
	return nil
}
