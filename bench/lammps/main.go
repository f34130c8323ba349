// Command lammps lets LAMMPS run what this library has learned: it trains a Lennard-Jones
// liquid and a lattice of Morse bonds, exports tables with "hgn export", and compares
//
//	forces on stored frames, LAMMPS with the table against the data, relative
//	energy drift of a run at constant energy, with the table and with the original
//
//	go run ./bench/lammps
//
// It needs lmp, LAMMPS with the package MOLECULE, and the go command.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/system"
	"github.com/rapidhgn/rapidhgn/hgn/trajectory"
)

// A study is a system that LAMMPS runs with a table and with the original potential.
type study struct {
	name      string
	train     []string // flags of hgn train, data excepted
	style     string   // how the system is set up
	table     string   // commands for the table
	original  string   // commands for the original
	dt        float64
	steps     int
	frames    hgn.Frames
	bonds     *hgn.Graph
	tolerance float64 // of forces
}

func main() {
	log.SetFlags(0)
	data := flag.String("data", "hgn/testdata/lj108.dump.gz", "trajectory of the liquid")
	lmp := flag.String("lmp", "lmp", "the LAMMPS program")
	flag.Parse()
	if _, err := exec.LookPath(*lmp); err != nil {
		log.Fatalf("NOT RUN: %v", err)
	}
	dir, err := os.MkdirTemp("", "lammps")
	check(err)
	defer os.RemoveAll(dir)
	run("go", "build", "-o", filepath.Join(dir, "hgn"), "./hgn/cmd/hgn")

	liquid, err := trajectory.Open(*data, trajectory.Options{})
	check(err)
	fmt.Printf("%-8s %14s %16s %16s\n", "system", "force error", "drift, table", "drift, original")
	for _, s := range []*study{
		{
			name: "lj108", train: []string{"-box", "periodic", "-cutoff", "2.5", "-split", "0.4"}, frames: collect(liquid),
			style:    "boundary p p p\natom_style atomic\n",
			table:    "pair_style table spline 10000\npair_coeff 1 1 model.table SPECIES_1_1 2.5\n",
			original: "pair_style lj/smooth/linear 2.5\npair_coeff 1 1 1.0 1.0\n",
			dt:       0.002, steps: 2000, tolerance: 1e-6,
		},
		morse(),
	} {
		check(s.run(dir, *lmp))
	}
}

// morse is a lattice of Morse bonds.
func morse() *study {
	lattice, err := system.Lattice(system.Morse{D: 1, A: 1, R0: 1}, system.Free, 1, 2, 2, 2)
	check(err)
	q, p, err := lattice.Start(2, 0.1, 0.01)
	check(err)
	frames, err := lattice.Trajectory(context.Background(), q, p, 0.01, 4000, 20)
	check(err)
	return &study{
		name: "morse", train: []string{"-edges", "edges.csv"}, frames: frames, bonds: lattice.Graph,
		style:    "boundary s s s\natom_style bond\ncomm_modify cutoff 6.0\n",
		table:    "pair_style zero 5.0 nocoeff\npair_coeff * *\nbond_style table spline 10000\nbond_coeff 1 model.table SPECIES_1_1\n",
		original: "pair_style zero 5.0 nocoeff\npair_coeff * *\nbond_style morse\nbond_coeff 1 1.0 1.0 1.0\n",
		dt:       0.01, steps: 2000, tolerance: 1e-6,
	}
}

// run trains and exports the model, lets LAMMPS run it, and prints a line.
func (s *study) run(dir, lmp string) error {
	for i, f := range s.frames {
		f.Step = int64(i)
		if f.Box == (hgn.Box{}) { // LAMMPS wants one
			f.Box = hgn.Box{Lo: [3]float64{-10, -10, -10}, Hi: [3]float64{10, 10, 10}}
		}
	}
	w, err := trajectory.Create(filepath.Join(dir, "data.dump"))
	if err != nil {
		return err
	}
	for _, f := range s.frames {
		if err := w.WriteFrame(f); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	if err := s.writeStart(filepath.Join(dir, "start.data")); err != nil {
		return err
	}
	if s.bonds != nil {
		text := "i,j\n"
		for k, i := range s.bonds.Senders {
			text += fmt.Sprintf("%d,%d\n", i, s.bonds.Receivers[k])
		}
		if err := os.WriteFile(filepath.Join(dir, "edges.csv"), []byte(text), 0o666); err != nil {
			return err
		}
	}
	runIn(dir, "./hgn", append([]string{"train", "-data", "data.dump", "-out", "model.safetensors"}, s.train...)...)
	runIn(dir, "./hgn", "export", "-model", "model.safetensors", "-format", "lammps-table", "-out", "model.table")

	setup := "units lj\n" + s.style + "read_data start.data\n"
	s.lammps(dir, lmp, setup+s.table+
		"dump d all custom 1 forces.dump id type xu yu zu fx fy fz\ndump_modify d sort id format float %.17g\n"+
		"rerun data.dump dump x y z wrapped no\n")
	found, err := trajectory.Open(filepath.Join(dir, "forces.dump"), trajectory.Options{})
	if err != nil {
		return err
	}
	difference := forceError(collect(found), s.frames)
	drift := func(potential string) float64 {
		return energyDrift(s.lammps(dir, lmp, setup+potential+fmt.Sprintf(
			"fix 1 all nve\ntimestep %v\nneighbor 0.3 bin\nneigh_modify every 1 delay 0 check yes\nthermo 10\n"+
				"thermo_style custom step ke etotal\nthermo_modify norm no format float %%.15g\nrun %d\n", s.dt, s.steps)))
	}
	fmt.Printf("%-8s %14.2g %16.3g %16.3g\n", s.name, difference, drift(s.table), drift(s.original))
	if !(difference <= s.tolerance) {
		return fmt.Errorf("%s: the forces differ by %.2g of their norm, more than %v", s.name, difference, s.tolerance)
	}
	return nil
}

// writeStart writes the first frame as a data file of LAMMPS.
func (s *study) writeStart(path string) error {
	f := s.frames[0]
	var b strings.Builder
	fmt.Fprintf(&b, "first frame\n\n%d atoms\n1 atom types\n", f.Nodes())
	if s.bonds != nil {
		fmt.Fprintf(&b, "%d bonds\n1 bond types\n6 extra bond per atom\n", s.bonds.Edges())
	}
	for a, name := range []string{"x", "y", "z"} {
		fmt.Fprintf(&b, "%v %v %slo %shi\n", f.Box.Lo[a], f.Box.Hi[a], name, name)
	}
	fmt.Fprint(&b, "\nMasses\n\n1 1.0\n\nAtoms\n\n")
	for i := range f.Mass {
		molecule := ""
		if s.bonds != nil {
			molecule = " 1"
		}
		fmt.Fprintf(&b, "%d%s 1 %v %v %v\n", i+1, molecule, f.Q[3*i], f.Q[3*i+1], f.Q[3*i+2])
	}
	fmt.Fprint(&b, "\nVelocities\n\n")
	for i := range f.Mass {
		fmt.Fprintf(&b, "%d %v %v %v\n", i+1, f.QDot[3*i], f.QDot[3*i+1], f.QDot[3*i+2])
	}
	if s.bonds != nil {
		fmt.Fprint(&b, "\nBonds\n\n")
		for k, i := range s.bonds.Senders {
			fmt.Fprintf(&b, "%d 1 %d %d\n", k+1, i+1, s.bonds.Receivers[k]+1)
		}
	}
	return os.WriteFile(path, []byte(b.String()), 0o666)
}

// lammps runs commands and returns what they print.
func (s *study) lammps(dir, lmp, commands string) string {
	check(os.WriteFile(filepath.Join(dir, "in.lammps"), []byte(commands), 0o666))
	return runIn(dir, lmp, "-in", "in.lammps", "-log", "none")
}

// energyDrift is max |E − E₀| over the kinetic energy at the start, from a log.
func energyDrift(text string) float64 {
	drift, kinetic, start, seen := 0.0, 0.0, 0.0, false
	for _, line := range strings.Split(text, "\n") {
		var step int
		var ke, e float64
		if n, _ := fmt.Sscan(line, &step, &ke, &e); n < 3 || len(strings.Fields(line)) != 3 {
			continue
		}
		if !seen {
			kinetic, start, seen = ke, e, true
		}
		drift = math.Max(drift, math.Abs(e-start))
	}
	if !seen {
		return math.NaN()
	}
	return drift / kinetic
}

// forceError is ‖F̂ − F‖/‖F‖ over all frames.
func forceError(found, want hgn.Frames) float64 {
	if len(found) != len(want) {
		return math.Inf(1)
	}
	difference, norm := 0.0, 0.0
	for i, f := range want {
		for k, x := range f.PDot {
			d := found[i].PDot[k] - x
			difference += d * d
			norm += x * x
		}
	}
	return math.Sqrt(difference / norm)
}

// collect returns copies of all frames.
func collect(src hgn.Source) (frames hgn.Frames) {
	for f, err := range src.Frames() {
		check(err)
		g := new(hgn.Frame)
		g.CopyFrom(f)
		frames = append(frames, g)
	}
	return frames
}

func run(name string, args ...string) string { return runIn("", name, args...) }

// runIn runs a program in a folder and returns what it prints.
func runIn(dir, name string, args ...string) string {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		log.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
	return string(out)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
