package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rapidhgn/rapidhgn/hgn/trajectory"
)

// content is that of a file.
func content(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A simulation that was killed after a checkpoint, in the middle of a frame, and goes on
// from it gives the bytes and the figures of one that was not, for any number of workers.
func TestRestart(t *testing.T) {
	periodic := []string{"-data", data + "lj108.dump.gz"}
	argon := filepath.Join(t.TempDir(), "argon.xyz")
	crystals(t, argon, 1, 24)
	moving := put(t, filepath.Dir(argon), "moving.xyz", strings.ReplaceAll(string(content(t, argon)), "forces:R:3", "momenta:R:3"))
	for _, c := range []struct {
		name, dt string
		train    []string
		run      []string
	}{
		{"lattice", "0.01", set("lattice2x2x2"), set("lattice2x2x2")},
		{"liquid", "0.004", append(periodic, "-box", "periodic", "-cutoff", "2.5", "-split", "0.2"), periodic},
		{"liquid, direct", "0.004", append(periodic, "-box", "periodic", "-cutoff", "2.5", "-split", "0.2"), append(periodic, "-table", "0")},
		{"network", "0.01", append(set("lattice2x2x2"), "-encoding", "invariant-network", "-features", "40", "-edge-readout", "-split", "0.2"), set("lattice2x2x2")},
		{"many-body", "0.02", []string{"-data", argon, "-cutoff", "4", "-features", "20", "-candidates", "40"}, []string{"-data", moving}},
	} {
		model := trained(t, c.train)
		simulate := func(folder, workers string, steps int, more ...string) map[string]any {
			t.Helper()
			return must(t, args("simulate", c.run, []string{"-model", model, "-dt", c.dt, "-steps", strconv.Itoa(steps), "-workers", workers, "-every", "7",
				"-skin", "0.1", "-out", filepath.Join(folder, "x.dump.gz"), "-log", filepath.Join(folder, "x.csv")}, more)...)
		}
		whole, cut := t.TempDir(), t.TempDir()
		want := simulate(whole, "1", 100)
		// As if killed: two frames after the checkpoint and a part of one.
		simulate(cut, "2", 75, "-checkpoint", filepath.Join(cut, "state"), "-checkpoint-every", "60")
		file, err := os.OpenFile(filepath.Join(cut, "x.dump.gz"), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		file.Write(content(t, filepath.Join(whole, "x.dump.gz"))[:100])
		file.Close()
		got := simulate(cut, "2", 100, "-restart", filepath.Join(cut, "state"))
		for _, name := range []string{"x.dump.gz", "x.csv"} {
			if !bytes.Equal(content(t, filepath.Join(cut, name)), content(t, filepath.Join(whole, name))) {
				t.Errorf("%s: %s differs after a restart", c.name, name)
			}
		}
		for _, name := range []string{"steps", "energy_drift", "extrapolated_fraction", "position_mse", "sigma"} {
			if got[name] != want[name] {
				t.Errorf("%s: %s is %v after a restart, want %v", c.name, name, got[name], want[name])
			}
		}
	}
}

func TestRestartErrors(t *testing.T) {
	model := trained(t, set("lattice2x2x2"))
	folder := t.TempDir()
	state := filepath.Join(folder, "state")
	simulate := func(more ...string) []string {
		return args("simulate", set("lattice2x2x2"), []string{"-model", model, "-steps", "50"}, more)
	}
	must(t, simulate("-dt", "0.01", "-checkpoint", state, "-checkpoint-every", "20")...)
	failing(t, 1, ".*state: the checkpoint is of another rollout: dt 0.01 in place of dt 0.02", simulate("-dt", "0.02", "-restart", state)...)
	files := []string{"-every", "1", "-out", filepath.Join(folder, "x.dump"), "-log", filepath.Join(folder, "x.csv")}
	must(t, simulate(append(files, "-dt", "0.01", "-checkpoint", state, "-checkpoint-every", "20")...)...)
	out, log := content(t, files[3]), content(t, files[5])
	failing(t, 1, ".*another rollout.*", simulate(append(files, "-dt", "0.02", "-restart", state)...)...)
	if !bytes.Equal(content(t, files[3]), out) || !bytes.Equal(content(t, files[5]), log) {
		t.Error("a restart that cannot be has cut the files")
	}
	os.Remove(files[3])
	failing(t, 1, ".*x.dump: no such file.*", simulate(append(files, "-dt", "0.01", "-restart", state)...)...)
	if _, err := os.Stat(files[3]); err == nil {
		t.Error("a restart without the file to append to has made one")
	}
	failing(t, 1, ".*not a checkpoint.*", simulate("-dt", "0.01", "-restart", model)...)
	failing(t, 1, ".*nowhere: .*", simulate("-dt", "0.01", "-restart", filepath.Join(folder, "nowhere"))...)
	failing(t, 1, ".*it is of step 40, after -steps 30.*", simulate("-dt", "0.01", "-restart", state, "-steps", "30")...)
	failing(t, 2, ".*go together.*", simulate("-dt", "0.01", "-checkpoint", state)...)
	bent := content(t, state)
	bent[len(bent)-1] ^= 1
	failing(t, 1, ".*not a checkpoint: damaged.*", simulate("-dt", "0.01", "-restart", put(t, folder, "bent", string(bent)))...)
}

// Figures on the way can be read as energies; edges outside the training range give a
// warning, or stop the simulation with what it has written.
func TestSimulateFigures(t *testing.T) {
	model := trained(t, set("lattice2x2x2"))
	folder := t.TempDir()
	csv, out := filepath.Join(folder, "x.csv"), filepath.Join(folder, "x.dump")
	must(t, args("simulate", set("lattice2x2x2"), []string{"-model", model, "-steps", "40", "-dt", "0.01", "-every", "20", "-log", csv, "-out", out})...)
	lines := strings.Split(strings.TrimSpace(string(content(t, csv))), "\n")
	if len(lines) != 4 || lines[0] != "step,pe,ke,etotal,px,py,pz,extrapolated_fraction" || !strings.HasPrefix(lines[2], "20,") {
		t.Errorf("the log is %q", lines)
	}
	must(t, args("eval", []string{"-model", model, "-data", out, "-edges", data + "lattice2x2x2.edges.csv", "-energy", csv})...)

	wild := args("simulate", set("lattice4x4x4"), []string{"-model", model, "-steps", "2000", "-dt", "0.01", "-every", "1"})
	stopped := filepath.Join(folder, "stopped.dump")
	failing(t, 1, `.*after \d+ steps: .* of the edges are outside the training range; frames kept in .*`,
		append(wild, "-stop-on-extrapolation", "0", "-out", stopped)...)
	file, err := trajectory.Open(stopped, trajectory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := file.Count(); err != nil {
		t.Error(err)
	}
	status, _, said := call(args("simulate", set("lattice2x2x2"), []string{"-model", model, "-steps", "2000", "-dt", "2.1"})...)
	if status != 1 || !regexp.MustCompile(`^hgn: warning: after \d+ steps .*\nhgn: .*after \d+ steps: .*a smaller time step may help\n$`).MatchString(said) {
		t.Errorf("an exploding simulation ends with status %d: %q", status, said)
	}
}
