package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
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
		found = must(t, args("eval", set("lattice2x2x2"), []string{"-model", model})...)
		atMost(t, found, "force_rel_error", 1e-12)
		found = must(t, args("simulate", set("lattice2x2x2"), []string{"-model", model, "-steps", "20", "-dt", "0.01"})...)
		atMost(t, found, "position_mse", 1e-8) // LAMMPS has the method of Verlet
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
	must(t, "export", "-model", model, "-format", "lammps-table", "-from", "0.1", "-out", out)
	must(t, args("train", liquid, []string{"-reference", filepath.Join(folder, "x.table")})...)

	short := put(t, folder, "short.table", "1_1\nN 2\n1 0.1 9 60\n2 0.3 1 20\n")
	failing(t, 1, ".*short.table: table of species 1 and 1: at its end, 0.3, energy and force are 1 and 20, not 0: shift or smooth it",
		args("train", liquid, []string{"-reference", short})...)
	failing(t, 1, ".*no.table: no such file", args("train", liquid, []string{"-reference", filepath.Join(folder, "no.table")})...)
	failing(t, 1, "the reference reaches to 3, beyond the cutoff of 2.5", args("train", liquid, []string{"-reference", "zbl:1,3"})...)
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

	lines := plain(t, "lattice2x2x2.dump.gz", 8*linesOfFrame)
	folder := t.TempDir()
	gap := put(t, folder, "gap.dump", strings.Join(append(lines[:5*linesOfFrame:5*linesOfFrame], lines[6*linesOfFrame:]...), ""))
	series := []string{"-edges", data + "lattice2x2x2.edges.csv", "-split", "1", "-series", "boole", "-dt", "0.01"}
	failing(t, 1, fmt.Sprintf(".*gap.dump:%d: step 120: 40 steps after the frame before it, which is 20 after another: .*", 5*linesOfFrame+1),
		args("train", []string{"-data", gap}, series)...)
	few := put(t, folder, "few.dump", strings.Join(lines[:4*linesOfFrame], ""))
	failing(t, 1, "the time series boole needs 5 frames in a row; there are no more than 4", args("train", []string{"-data", few}, series)...)
}
