package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestStopOnSigma stops a simulation where the model is not sure of forces, and keeps the
// state.
func TestStopOnSigma(t *testing.T) {
	folder := t.TempDir()
	file, model := filepath.Join(folder, "argon.xyz"), filepath.Join(folder, "m.safetensors")
	crystals(t, file, 1, 24)
	must(t, "train", "-data", file, "-cutoff", "4", "-features", "20", "-candidates", "40", "-out", model, "-json")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	moving := strings.ReplaceAll(string(data), "forces:R:3", "momenta:R:3")
	start := filepath.Join(folder, "start.xyz")
	if err := os.WriteFile(start, []byte(moving), 0o600); err != nil {
		t.Fatal(err)
	}
	base := []string{"simulate", "-model", model, "-data", start, "-steps", "40", "-dt", "0.05", "-json"}
	atoms := filepath.Join(folder, "atoms.csv")
	seen := must(t, "eval", "-model", model, "-data", file, "-atoms", atoms, "-json")
	if g := float(t, seen, "grade"); !(g > 0 && g < 10) || len(seen["groups"].([]any)) != 3 {
		t.Errorf("%v", seen)
	}
	if table, err := os.ReadFile(atoms); err != nil || strings.Count(string(table), "\n") != 24*8+1 {
		t.Errorf("%q, error %v", table, err)
	}
	free := must(t, base...)
	if s := float(t, free, "sigma"); !(s > 0) || free["stopped_body"] != nil {
		t.Errorf("sigma %v, stopped by body %v", s, free["stopped_body"])
	}
	out := filepath.Join(folder, "uncertain.xyz")
	stopped := must(t, append(base, "-stop-on-sigma", "1e-18", "-uncertain", out)...)
	if s := float(t, stopped, "seconds_total"); stopped["stopped_body"] == nil || float(t, stopped, "steps") != 0 || s > 60 {
		t.Errorf("%v", stopped)
	}
	kept, err := os.ReadFile(out)
	if err != nil || strings.Count(string(kept), "Ar ") != 8 {
		t.Errorf("kept %q, error %v", kept, err)
	}
	failing(t, statusUsage, ".*-uncertain .*unc.foo.*", append(base, "-stop-on-sigma", "1", "-uncertain", filepath.Join(folder, "unc.foo"))...)
	if status, _, err := call("simulate", "-model", model, "-data", start, "-steps", "1", "-dt", "1", "-uncertain", out); status != statusUsage || !strings.Contains(err, "-uncertain goes with") {
		t.Errorf("status %d, error %q", status, err)
	}
}
