// Materials fits many-body models to published DFT data with the program hgn as it comes, and
// prints tables: errors and times beside what is aimed at, with the floor of pairs alone;
// learning curves; and what an atom and a step of molecular dynamics cost beside models of
// pairs of the same cutoff.
//
//	go run ./bench/materials -data ../shared/data/dft
//	go run ./bench/materials -data ../shared/data/dft -run Mo -out DIR
//
// With -out it also draws predicted against reference forces of each set.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"

	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// A set is data of one element, fitted with one cutoff.
type set struct {
	name, symbol string
	data, test   string // without test, fits are judged on the data, and by splits of it
	cutoff       string
	force        float64 // aims: eV/Å
	split        float64 // mean over splits
	energy       float64 // meV per atom
	few          float64 // force with at most 200 columns, one of them for the energy of the species
}

var sets = []set{
	{name: "tantalum", symbol: "Ta", data: filepath.Join("ta", "*.xyz.gz"), cutoff: "4.7", force: 0.10, split: 0.12},
	{name: "molybdenum", symbol: "Mo", data: "Mo-training.xyz.gz", test: "Mo-test.xyz.gz", cutoff: "5", force: 0.18, energy: 6.5, few: 0.20},
	{name: "silicon", symbol: "Si", data: "Si-training.xyz.gz", test: "Si-test.xyz.gz", cutoff: "5", force: 0.10, energy: 4, few: 0.12},
}

// longest is the time that a fit may take, in seconds.
const longest = 30

// A bench is a run of this program.
type bench struct {
	dir     string // of the program hgn and of models
	data    string
	out     string // "" if nothing is to be drawn
	workers int
	missed  int
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("materials: ")
	b := &bench{}
	flag.StringVar(&b.data, "data", "", "`FOLDER` of the sets")
	flag.StringVar(&b.out, "out", "", "draw forces into this `FOLDER`")
	flag.IntVar(&b.workers, "workers", 2, "fit with `N` goroutines")
	only := flag.String("run", ".", "run the parts whose name (Ta, Mo, Si or cost) matches `REGEXP`")
	flag.Parse()
	pattern, err := regexp.Compile(*only)
	if err != nil || flag.NArg() > 0 || b.workers < 1 || b.data == "" {
		flag.Usage()
		os.Exit(2)
	}
	if err := b.run(pattern); err != nil {
		log.Fatal(err)
	}
}

// run builds hgn and runs the parts that match.
func (b *bench) run(pattern *regexp.Regexp) error {
	var err error
	if b.dir, err = os.MkdirTemp("", "materials"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	if b.out != "" {
		if err := os.MkdirAll(b.out, 0o777); err != nil {
			return err
		}
	}
	build := exec.Command("go", "build", "-o", b.program(), "./hgn/cmd/hgn")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("building hgn: %w", err)
	}
	fmt.Printf("level %v, %d workers, %s; forces in eV/Å, energies in meV/atom, RMSE\n", simd.Active(), b.workers, runtime.Version())
	for i := range sets {
		if !pattern.MatchString(sets[i].symbol) {
			continue
		}
		if err := b.errors(&sets[i]); err != nil {
			return err
		}
	}
	if pattern.MatchString("cost") {
		if err := b.cost(); err != nil {
			return err
		}
	}
	if b.missed > 0 {
		return fmt.Errorf("%d aims missed", b.missed)
	}
	return nil
}

// errors prints the errors of fits to a set, and its learning curve.
func (b *bench) errors(s *set) error {
	fmt.Printf("\n## %s\n\n| fit | columns | force | energy | seconds |\n| --- | ---: | --- | --- | ---: |\n", s.name)
	judged := []string{"-split", "1"}
	if s.test != "" {
		judged = []string{"-test", filepath.Join(b.data, s.test)}
	}
	draw := func(flags []string) []string {
		if b.out == "" {
			return flags
		}
		return append(flags, "-plot", filepath.Join(b.out, s.symbol+".svg"))
	}
	full, err := b.train(s, draw(judged)...)
	if err != nil {
		return err
	}
	b.row("defaults", full, s.force, s.energy)
	if s.few > 0 {
		r, err := b.train(s, append(judged, "-features", "199")...)
		if err != nil {
			return err
		}
		b.row("`-features 199`", r, s.few, 0)
	}
	pairs, err := b.train(s, append(judged, "-pairs")...)
	if err != nil {
		return err
	}
	b.row("the floor: `-pairs`", pairs, 0, 0)
	if s.test == "" {
		return b.splits(s)
	}
	return b.curve(s, full)
}

// row prints a fit beside its aims, where there are any.
func (b *bench) row(name string, r *result, force, energy float64) {
	fmt.Printf("| %s | %d | %s | %s | %s |\n", name, r.Features, b.against(r.force(), force), b.against(r.energy(), energy), b.against(r.Seconds, longest))
}

// splits prints the mean error on the frames that random splits leave out.
func (b *bench) splits(s *set) error {
	const seeds = 4
	sum := 0.0
	for seed := 1; seed <= seeds; seed++ {
		r, err := b.train(s, "-split", "0.8", "-shuffle", "-seed", strconv.Itoa(seed))
		if err != nil {
			return err
		}
		b.row(fmt.Sprintf("`-split 0.8 -shuffle -seed %d`, the others", seed), r, 0, 0)
		sum += r.force()
	}
	fmt.Printf("| mean of %d splits | | %s | | |\n", seeds, b.against(sum/seeds, s.split))
	return nil
}

// curve prints the error on the test set of fits to more and more of the data; all of them
// is the fit that the set was judged by.
func (b *bench) curve(s *set, full *result) error {
	fmt.Print("\n| trained on, frames | columns | force, training | force, test |\n| ---: | ---: | ---: | ---: |\n")
	model := filepath.Join(b.dir, "curve.safetensors")
	for _, share := range []string{"0.125", "0.25", "0.5"} {
		part, err := b.train(s, "-split", share, "-shuffle", "-out", model)
		if err != nil {
			return err
		}
		var test result
		if err := b.hgn(&test, "eval", "-model", model, "-data", filepath.Join(b.data, s.test)); err != nil {
			return err
		}
		fmt.Printf("| %d | %d | %.3f | %.3f |\n", part.Samples, part.Features, *part.ForceTrain, test.Groups[0].Force)
	}
	fmt.Printf("| %d | %d | %.3f | %.3f |\n", full.Samples, full.Features, *full.ForceTrain, full.force())
	return nil
}

// against returns a figure with its aim, which is 0 if there is none, and whether it is met.
func (b *bench) against(figure, aim float64) string {
	if aim == 0 {
		return fmt.Sprintf("%.3g", figure)
	}
	verdict := "PASS"
	if !(figure <= aim) {
		verdict = "MISS"
		b.missed++
	}
	return fmt.Sprintf("%.3g (≤ %v: %s)", figure, aim, verdict)
}

// A result is what hgn prints of a training, an evaluation or a rollout.
type result struct {
	Samples     int      `json:"samples"`
	Features    int      `json:"features"`
	Seconds     float64  `json:"seconds_total"`
	Speed       float64  `json:"particle_steps_per_second"`
	ForceTrain  *float64 `json:"force_rmse_train"`
	ForceTest   *float64 `json:"force_rmse_test"` // null without test frames
	EnergyTrain *float64 `json:"energy_rmse_train"`
	EnergyTest  *float64 `json:"energy_rmse_test"`
	Groups      []struct {
		Force float64 `json:"force_rmse"`
	} `json:"groups"` // the first one is all
}

// force is the error of forces on test frames, or else on those trained on.
func (r *result) force() float64 {
	if r.ForceTest != nil {
		return *r.ForceTest
	}
	return *r.ForceTrain
}

// energy is that of energies.
func (r *result) energy() float64 {
	if r.EnergyTest != nil {
		return *r.EnergyTest
	}
	return *r.EnergyTrain
}

// train fits a model to a set.
func (b *bench) train(s *set, flags ...string) (*result, error) {
	r := &result{}
	args := append([]string{"train", "-data", filepath.Join(b.data, s.data), "-cutoff", s.cutoff, "-workers", strconv.Itoa(b.workers)}, flags...)
	return r, b.hgn(r, args...)
}

// hgn runs the program and reads what it prints.
func (b *bench) hgn(r *result, args ...string) error {
	cmd := exec.Command(b.program(), append(args, "-json")...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("hgn %s: %w", args[0], err)
	}
	if err := json.Unmarshal(out, r); err != nil {
		return fmt.Errorf("hgn %s: %w", args[0], err)
	}
	return nil
}

func (b *bench) program() string {
	name := "hgn"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(b.dir, name)
}
