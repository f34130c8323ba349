// Training measures hgn.Train on systems of 8 to 10⁶ bodies against the project's aims: the
// time from frames in memory to a model, edges within the cutoff being found anew, and the
// error of the forces on states that were not trained on. The time is the least of some
// repetitions, as hgn train -repeat gives it.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"regexp"
	"runtime"
	"time"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/system"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// A work is a training with its aims.
type work struct {
	name   string
	system func() (*system.System, error)
	start  [2]float64 // displacement and temperature of the start
	frames int        // trained on
	melt   int        // time steps before the first frame
	repeat int
	aim    time.Duration
	error  float64
}

func lattice(v system.Potential) func() (*system.System, error) {
	return func() (*system.System, error) { return system.Lattice(v, system.Free, 1, 2, 2, 2) }
}

func liquid(cells int) func() (*system.System, error) {
	return func() (*system.System, error) {
		return system.FCC(system.LennardJones{Epsilon: 1, Sigma: 1, Cutoff: 2.5}, 0.8442, cells)
	}
}

var works = []work{
	{"lattice of 8, harmonic, 100 snapshots", lattice(system.Harmonic{K: 1, R0: 1}), [2]float64{0.1, 0.01}, 100, 0, 300, 800 * time.Microsecond, 1e-10},
	{"lattice of 8, harmonic, 1000 snapshots", lattice(system.Harmonic{K: 1, R0: 1}), [2]float64{0.1, 0.01}, 1000, 0, 100, 4 * time.Millisecond, 1e-12},
	{"lattice of 8, Morse, 100 snapshots", lattice(system.Morse{D: 1, A: 1, R0: 1}), [2]float64{0.1, 0.01}, 100, 0, 300, 800 * time.Microsecond, 1e-10},
	{"Lennard-Jones, 256 atoms, one snapshot", liquid(4), [2]float64{0, 1.44}, 1, 500, 300, time.Millisecond, 2e-6},
	{"Lennard-Jones, 10976 atoms, one snapshot", liquid(14), [2]float64{0, 1.44}, 1, 200, 10, 30 * time.Millisecond, 2e-6},
	{"Lennard-Jones, 1000188 atoms, one snapshot", liquid(63), [2]float64{0.1, 1}, 1, 0, 1, 5 * time.Second, 2e-6},
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("training: ")
	only := flag.String("run", ".", "measure the works whose name matches `REGEXP`")
	workers := flag.Int("workers", 2, "use `N` goroutines")
	flag.Parse()
	pattern, err := regexp.Compile(*only)
	if err != nil || flag.NArg() > 0 || *workers < 1 {
		flag.Usage()
		os.Exit(2)
	}
	fmt.Printf("level %v, %d workers, %s\n", simd.Active(), *workers, runtime.Version())
	fmt.Printf("%-44s %12s %12s %10s %10s\n", "training", "time", "aim", "error", "aim")
	for i := range works {
		if w := &works[i]; pattern.MatchString(w.name) {
			if err := w.run(*workers); err != nil {
				log.Fatal(err)
			}
		}
	}
}

// run makes the data, trains, tests, and prints.
func (w *work) run(workers int) error {
	ctx := context.Background()
	s, err := w.system()
	if err != nil {
		return err
	}
	q, p, err := s.Start(1, w.start[0], w.start[1])
	if err != nil {
		return err
	}
	const every = 20
	frames := w.frames + max(1, w.frames/10)
	steps := w.melt + (frames-1)*every
	if w.frames == 1 {
		steps = 2 * w.melt // as long again to the state to test on
	}
	var data hgn.Frames
	if steps == 0 {
		more, err := s.Trajectory(ctx, q, p, 0.004, 0, 1)
		if err != nil {
			return err
		}
		data = append(more, more...)
		frames = 1
	} else if data, err = s.Trajectory(ctx, q, p, 0.004, steps, max(every, w.melt)); err != nil {
		return err
	}
	if w.melt > 0 {
		data = data[1:]
	}
	o := hgn.Options{Graph: s.Graph, Workers: workers, Repeat: w.repeat}
	if s.Graph == nil {
		o.Cutoff, o.Periodic = 2.5, true
	}
	model, report, err := hgn.Train(ctx, data[:w.frames], o)
	if err != nil {
		return err
	}
	tested, err := model.Evaluate(ctx, data[w.frames:], hgn.EvaluateOptions{Graph: s.Graph})
	if err != nil {
		return err
	}
	took := time.Duration(report.Seconds * 1e9)
	fmt.Printf("%-44s %12v %12v %10.1e %10.1e %s; solver %v, %d columns, %.2g %% of edges out of range\n", w.name,
		took.Round(time.Microsecond), w.aim, tested.Force, w.error, mark(took <= w.aim && tested.Force <= w.error),
		time.Duration(report.SecondsSolve*1e9).Round(time.Microsecond), report.Features, 100*tested.Extrapolated)
	return nil
}

func mark(reached bool) string {
	if reached {
		return "PASS"
	}
	return "MISS"
}
