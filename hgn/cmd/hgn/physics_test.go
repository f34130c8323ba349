package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/system"
	"github.com/rapidhgn/rapidhgn/hgn/trajectory"
)

// Without forces the motion of LAMMPS teaches them, to what an interval of 0.2 leaves, and
// the model moves on its own.
func TestTrainOnSeries(t *testing.T) {
	model := filepath.Join(t.TempDir(), "m")
	found := must(t, args("train", set("lattice2x2x2"), []string{"-series", "boole", "-dt", "0.01", "-out", model})...)
	atMost(t, found, "force_rel_error_test", 3e-5)
	found = must(t, args("simulate", set("lattice2x2x2"), []string{"-model", model, "-steps", "1000", "-dt", "0.01"})...)
	atMost(t, found, "position_mse", 1e-7)
}

// Friction and coupled momenta that are not there do no harm, all the way to a simulation.
func TestTrainWithoutNeed(t *testing.T) {
	for _, flags := range [][]string{{"-damping", "body"}, {"-coupling"}} {
		model := filepath.Join(t.TempDir(), "m")
		found := must(t, args("train", set("lattice2x2x2"), flags, []string{"-out", model})...)
		atMost(t, found, "force_rel_error_test", 1e-12)
		if gamma, _ := found["damping"].([]any); (len(gamma) == 8) != (flags[0] == "-damping") {
			t.Errorf("%s: friction %v", flags, gamma)
		}
		found = must(t, args("eval", set("lattice2x2x2"), []string{"-model", model})...)
		atMost(t, found, "force_rel_error", 1e-12)
		found = must(t, args("simulate", set("lattice2x2x2"), []string{"-model", model, "-steps", "20", "-dt", "0.01"})...)
		atMost(t, found, "position_mse", 1e-8) // LAMMPS has the method of Verlet
		if flags[0] == "-coupling" {
			failing(t, 1, ".*after 0 steps: the iteration of an implicit step does not converge: .* too rough; .*",
				args("simulate", set("lattice2x2x2"), []string{"-model", model, "-steps", "20", "-dt", "2"})...)
		}
	}
}

// A reference does not change what is learned where it does not reach.
func TestTrainOnReference(t *testing.T) {
	folder := t.TempDir()
	table := put(t, folder, "ref.table", "1_1\nN 3\n1 0.1 9 60\n2 0.3 1 20\n3 0.5 0 0\n")
	model := filepath.Join(folder, "m")
	liquid := []string{"-data", data + "lj108.dump.gz", "-box", "periodic", "-cutoff", "2.5", "-split", "0.1"}
	plain := must(t, args("train", liquid)...)
	found := must(t, args("train", liquid, []string{"-reference", table, "-out", model})...)
	if float(t, plain, "force_rel_error_test") != float(t, found, "force_rel_error_test") {
		t.Errorf("force errors %v, without a reference %v", found["force_rel_error_test"], plain["force_rel_error_test"])
	}
	out := filepath.Join(folder, "x.table")
	failing(t, 2, "export: -to is for models with fixed edges.*", "export", "-model", model, "-format", "lammps-table", "-from", "0.1", "-to", "2", "-out", out)
	must(t, "export", "-model", model, "-format", "lammps-table", "-from", "0.1", "-out", out)
	must(t, args("train", liquid, []string{"-reference", filepath.Join(folder, "x.table")})...)

	short := put(t, folder, "short.table", "1_1\nN 2\n1 0.1 9 60\n2 0.3 1 20\n")
	failing(t, 1, ".*short.table: table of species 1 and 1: at its end, 0.3, energy and force are 1 and 20, not 0: shift or smooth it",
		args("train", liquid, []string{"-reference", short})...)
	failing(t, 1, ".*no.table: no such file", args("train", liquid, []string{"-reference", filepath.Join(folder, "no.table")})...)
	failing(t, 1, "-reference zbl:1,3 reaches to 3, beyond the -cutoff of 2.5", args("train", liquid, []string{"-reference", "zbl:1,3"})...)
	failing(t, 2, "train: -reference \"zbl:1\": want zbl:INNER,OUTER with two lengths; see .*", args("train", liquid, []string{"-reference", "zbl:1"})...)
}

// Faults of flags and data are one line.
func TestPhysicsFlags(t *testing.T) {
	lattice := set("lattice2x2x2")
	for want, flags := range map[string][]string{
		"-dt goes with -series; .*":                                      {"-dt", "1"},
		"-shuffle takes frames out of their -series; .*":                 {"-series", "boole", "-dt", "1", "-shuffle"},
		"-reference and -series exclude each other; .*":                  {"-series", "boole", "-dt", "1", "-reference", "zbl:1,2"},
		"-damping and -coupling go with -encoding invariant; .*":         {"-encoding", "frame", "-coupling"},
		"-series boole goes with -encoding invariant .*":                 {"-encoding", "frame", "-series", "boole", "-dt", "1"},
		"invalid value \"every\" for flag -damping: unknown damping .*":  {"-damping", "every"},
		"invalid value \"simpsons\" for flag -series: unknown series .*": {"-series", "simpsons"},
		"-reference goes with -encoding invariant or many-body; .*":      {"-encoding", "frame", "-reference", "zbl:1,2"},
		"-dt 0: want a number above 0; .*":                               {"-series", "boole", "-dt", "0"},
	} {
		failing(t, 2, "train: "+want, args("train", lattice, flags)...)
	}
	failing(t, 1, ".*lattice2x2x2.dump.gz:1: step 0: the frame does not say at what time it was; a time series needs the length of a time step",
		args("train", lattice, []string{"-series", "boole"})...)

	failing(t, 1, "the errors of the model are not finite; .*", args("train", lattice, []string{"-series", "boole", "-dt", "1e-300"})...)

	lines := plain(t, "lattice2x2x2.dump.gz", 8*linesOfFrame)
	folder := t.TempDir()
	gap := put(t, folder, "gap.dump", strings.Join(append(lines[:5*linesOfFrame:5*linesOfFrame], lines[6*linesOfFrame:]...), ""))
	series := []string{"-edges", data + "lattice2x2x2.edges.csv", "-split", "1", "-series", "boole", "-dt", "0.01"}
	failing(t, 1, fmt.Sprintf(".*gap.dump:%d: step 120: 40 steps after the frame before it, which is 20 after another: .*", 5*linesOfFrame+1),
		args("train", []string{"-data", gap}, series)...)
	few := put(t, folder, "few.dump", strings.Join(lines[:4*linesOfFrame], ""))
	failing(t, 1, "the time series boole needs 5 frames in a row; there are no more than 4", args("train", []string{"-data", few}, series)...)
}

// Coupled momenta are learned from files with momenta and velocities, or with momenta alone
// as a time series; where velocities are but momenta over masses there is a warning.
func TestTrainCoupled(t *testing.T) {
	s, err := system.Lattice(system.Morse{D: 1, A: 1, R0: 1}, system.Free, 1, 2, 2, 2)
	if err != nil {
		t.Fatal(err)
	}
	s.Coupling = system.Coupling{Dot: 0.15, Along: -0.1}
	folder := t.TempDir()
	both, momenta := filepath.Join(folder, "both"), filepath.Join(folder, "momenta")
	for seed := range uint64(4) {
		q, p, err := s.Start(seed, 0.1, 0.1)
		if err != nil {
			t.Fatal(err)
		}
		frames, err := s.Trajectory(context.Background(), q, p, 0.01, 490, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range frames {
			f.Time, f.HasTime = 0.01*float64(f.Step), true
		}
		save(t, fmt.Sprintf("%s%d.npz", both, seed), frames)
		for _, f := range frames {
			f.QDot = nil
		}
		save(t, fmt.Sprintf("%s%d.npz", momenta, seed), frames)
	}
	edges := filepath.Join(folder, "edges.csv")
	var text strings.Builder
	text.WriteString("i,j\n")
	for k, i := range s.Graph.Senders {
		fmt.Fprintf(&text, "%d,%d\n", i, s.Graph.Receivers[k])
	}
	put(t, folder, "edges.csv", text.String())
	train := func(data string, flags ...string) (velocity float64, said string) {
		model := filepath.Join(folder, "m")
		status, _, said := call(append([]string{"train", "-data", data + "[0-2].npz", "-split", "1", "-edges", edges, "-coupling", "-out", model}, flags...)...)
		if status != 0 {
			t.Fatal(said)
		}
		found := must(t, "eval", "-model", model, "-edges", edges, "-data", both+"3.npz")
		return float(t, found, "velocity_rel_error"), said
	}
	if e, said := train(both); !(e <= 1e-8) || said != "" {
		t.Errorf("momenta and velocities: velocity error %v, %q", e, said)
	}
	if e, said := train(momenta, "-series", "boole", "-dt", "0.01"); !(e <= 1e-3) || said != "" {
		t.Errorf("momenta as a series: velocity error %v, %q", e, said)
	}
	want := "hgn: warning: velocities are momenta over masses in all frames, perhaps as the data have only one of them: they show no -coupling\n"
	if e, said := train(momenta); e <= 1e-2 || said != want {
		t.Errorf("momenta alone: velocity error %v, %q", e, said)
	}
}

// save writes frames.
func save(t *testing.T, name string, frames hgn.Frames) {
	t.Helper()
	w, err := trajectory.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range frames {
		if err := w.WriteFrame(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}
