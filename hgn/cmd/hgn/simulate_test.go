package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rapidhgn/rapidhgn/hgn/trajectory"
)

// trained trains on a set and returns the name of the model.
func trained(t *testing.T, options ...[]string) string {
	t.Helper()
	model := filepath.Join(t.TempDir(), "m")
	must(t, append(args("train", options...), "-out", model)...)
	return model
}

// A learned motion is that of LAMMPS.
func TestSimulate(t *testing.T) {
	model := trained(t, set("lattice4x4x4"))
	found := must(t, args("simulate", set("lattice4x4x4"), []string{"-model", model, "-steps", "1000", "-dt", "0.01"})...)
	fields(t, found, "steps", "energy_drift", "seconds_total", "particle_steps_per_second", "extrapolated_fraction", "position_mse")
	atMost(t, found, "position_mse", 1e-22)
	atMost(t, found, "energy_drift", 5e-5)
	atMost(t, found, "extrapolated_fraction", 0.01)
	seconds, speed := float(t, found, "seconds_total"), float(t, found, "particle_steps_per_second")
	if want := 64 * 1000 / seconds; !(math.Abs(speed-want) < 1e-9*want) {
		t.Errorf("%v particle steps per second in %v s", speed, seconds)
	}
}

// Later frames are found by their steps, whatever is written, from any frame on.
func TestPositionError(t *testing.T) {
	model := trained(t, set("lattice2x2x2"))
	folder := t.TempDir()
	simulate := func(options ...string) map[string]any {
		t.Helper()
		return must(t, args("simulate", set("lattice2x2x2"), []string{"-model", model, "-dt", "0.01"}, options)...)
	}
	want := float(t, simulate("-steps", "100"), "position_mse")
	atMost(t, simulate("-steps", "100"), "position_mse", 1e-22)
	for i, options := range [][]string{{"-every", "7"}, {"-every", "7", "-out"}, {"-every", "20", "-out"}, {"-out"}} {
		if options[len(options)-1] == "-out" {
			options = append(options, filepath.Join(folder, fmt.Sprint(i, ".dump")))
		}
		if got := float(t, simulate(append(options, "-steps", "100")...), "position_mse"); got != want {
			t.Errorf("%v: position_mse = %v, without %v", options, got, want)
		}
	}
	if found := simulate("-steps", "19"); found["position_mse"] != nil {
		t.Errorf("position_mse = %v with no frame to compare with", found["position_mse"])
	}
	if found := simulate("-steps", "0"); found["particle_steps_per_second"] == nil && found["position_mse"] != nil {
		t.Errorf("no steps: %v", found)
	}
	atMost(t, simulate("-steps", "100", "-frame", "150"), "position_mse", 1e-22)
	if found := simulate("-steps", "50", "-frame", "200"); found["position_mse"] != nil {
		t.Errorf("position_mse = %v after the last frame", found["position_mse"])
	}
	// Twice the time step is another motion.
	found := must(t, args("simulate", set("lattice2x2x2"), []string{"-model", model, "-dt", "0.02", "-steps", "100"})...)
	if x := float(t, found, "position_mse"); !(x > 1e-6) {
		t.Errorf("position_mse = %v with another time step", x)
	}
	failing(t, 1, `.*lattice2x2x2.dump.gz: there is no frame 201: there are 201, counted from 0`,
		args("simulate", set("lattice2x2x2"), []string{"-model", model, "-dt", "0.01", "-steps", "5", "-frame", "201"})...)
}

// Under periodic boundaries positions may be any image.
func TestSimulatePeriodic(t *testing.T) {
	model := trained(t, []string{"-data", data + "lj108.dump.gz", "-box", "periodic", "-cutoff", "2.5", "-split", "0.2"})
	simulate := func(options ...string) map[string]any {
		t.Helper()
		return must(t, append([]string{"simulate", "-model", model, "-steps", "20", "-dt", "0.002"}, options...)...)
	}
	want := float(t, simulate("-data", data+"lj108.dump.gz"), "position_mse")
	if !(want > 0 && want < 1e-12) {
		t.Errorf("position_mse = %v", want)
	}
	for _, options := range [][]string{{"-skin", "0"}, {"-skin", "0.1", "-table", "20000"}} {
		got := float(t, simulate(append(options, "-data", data+"lj108.dump.gz")...), "position_mse")
		if !(math.Abs(got-want) < 0.2*want) { // 5e-11 of a length: the table and last bits show
			t.Errorf("%v: position_mse = %v, without %v", options, got, want)
		}
	}

	lines := plain(t, "lj108.dump.gz", 3*(108+lineOfAtoms))
	var lo, hi float64
	fmt.Sscan(lines[lineOfBounds+1], &lo, &hi)
	for i, line := range lines {
		if fields := strings.Fields(line); len(fields) == 11 && i%2 == 0 {
			var x float64
			fmt.Sscan(fields[2], &x)
			fields[2] = fmt.Sprint(x - 3*(hi-lo))
			lines[i] = strings.Join(fields, " ") + "\n"
		}
	}
	moved := put(t, t.TempDir(), "moved.dump", strings.Join(lines, ""))
	if got := float(t, simulate("-data", moved), "position_mse"); !(got < 1e-12) {
		t.Errorf("position_mse = %v with other images", got)
	}
}

// What is written can be read, and continues the time of the data.
func TestSimulateOut(t *testing.T) {
	model := trained(t, set("lattice2x2x2"))
	folder := t.TempDir()
	for _, name := range []string{"x.dump", "x.dump.gz"} {
		out := filepath.Join(folder, name)
		must(t, args("simulate", set("lattice2x2x2"), []string{"-model", model, "-steps", "65", "-dt", "0.01", "-table", "0", "-frame", "3", "-every", "30", "-out", out})...)
		file, err := trajectory.Open(out, trajectory.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var steps []int64
		for f, err := range file.Frames() {
			if err != nil {
				t.Fatal(err)
			}
			steps = append(steps, f.Step)
		}
		if fmt.Sprint(steps) != "[60 90 120]" {
			t.Errorf("%s has the steps %v", name, steps)
		}
		found := must(t, "eval", "-model", model, "-data", out, "-edges", data+"lattice2x2x2.edges.csv")
		if x := float(t, found, "force_rel_error"); x != 0 {
			t.Errorf("%s: the model is off by %v from itself", name, x)
		}
	}
	failing(t, 1, ".*x.dump: is an input and would be overwritten", "simulate", "-model", model, "-data", filepath.Join(folder, "x.dump"),
		"-edges", data+"lattice2x2x2.edges.csv", "-steps", "5", "-dt", "0.01", "-out", filepath.Join(folder, "x.dump"))
}

// A fault of a frame to compare with is found before anything is written.
func TestSimulateBadFrame(t *testing.T) {
	model := trained(t, set("lattice2x2x2"))
	folder := t.TempDir()
	lines := plain(t, "lattice2x2x2.dump.gz", 4*linesOfFrame)
	dump := put(t, folder, "bad.dump", strings.Join(lines, "")+"ITEM: TIMESTEP\n80\n")
	edges := data + "lattice2x2x2.edges.csv"
	for _, steps := range []string{"80", "5000"} {
		failing(t, 1, `.*bad.dump:\d+: truncated file.*`, "simulate", "-model", model, "-data", dump, "-edges", edges,
			"-steps", steps, "-dt", "0.01", "-every", "1", "-out", filepath.Join(folder, "x.dump"), "-json")
		emptyFolder(t, folder, "bad.dump")
	}
}

// An interrupted simulation keeps what it has written.
func TestSimulateInterrupted(t *testing.T) {
	model := trained(t, set("lattice2x2x2"))
	out := filepath.Join(t.TempDir(), "x.dump")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := make(chan string, 1)
	go func() {
		var o, e bytes.Buffer
		run(ctx, args("simulate", set("lattice2x2x2"), []string{"-model", model, "-steps", "1000000000", "-dt", "0.001", "-every", "1000000", "-out", out}), &o, &e)
		done <- o.String() + e.String()
	}()
	for begun := false; !begun; {
		select {
		case said := <-done:
			t.Fatalf("ended too soon: %s", said)
		case <-time.After(time.Millisecond):
			info, err := os.Stat(out)
			begun = err == nil && info.Size() > 0
		}
	}
	cancel()
	if got, want := <-done, "hgn: interrupted; frames kept in "+out+": 1\n"; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
	file, err := trajectory.Open(out, trajectory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n, _, err := file.Count(); n != 1 || err != nil {
		t.Errorf("%d frames kept, %v", n, err)
	}
}
