package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// set are the arguments that name a trajectory and its edges.
func set(name string) []string {
	return []string{"-data", data + name + ".dump.gz", "-edges", data + name + ".edges.csv"}
}

// thermo are those that name its energies.
func thermo(name string) []string { return []string{"-energy", data + name + ".thermo.csv"} }

// args joins arguments.
func args(name string, parts ...[]string) []string {
	all := []string{name}
	for _, part := range parts {
		all = append(all, part...)
	}
	return all
}

// A model of 8 bodies is right about their motion and about that of 64.
func TestTrainThenEval(t *testing.T) {
	model := filepath.Join(t.TempDir(), "m.safetensors")
	found := must(t, args("train", set("lattice2x2x2"), thermo("lattice2x2x2"), []string{"-out", model})...)
	fields(t, found, "samples", "nodes", "edges", "rows", "features", "rank", "cond", "rank_p", "cond_p",
		"force_rel_error_train", "force_rel_error_test", "velocity_rel_error_test", "energy_max_error_test",
		"seconds_features", "seconds_solve", "seconds_total", "seconds_read", "peak_rss_bytes", "level")
	atMost(t, found, "force_rel_error_train", 1e-12)
	atMost(t, found, "force_rel_error_test", 1e-12)
	atMost(t, found, "velocity_rel_error_test", 1e-12)
	atMost(t, found, "energy_max_error_test", 1e-11)
	for name, want := range map[string]float64{"samples": 160, "nodes": 8, "edges": 12, "rows": 160 * (24 + 8)} {
		if got := float(t, found, name); got != want {
			t.Errorf("%s = %v, want %v", name, got, want)
		}
	}
	if found["level"] != simd.Active().String() {
		t.Errorf("level = %v", found["level"])
	}
	for _, name := range []string{"seconds_features", "seconds_solve", "seconds_total", "seconds_read", "peak_rss_bytes", "rank", "cond", "rank_p", "cond_p"} {
		if !(float(t, found, name) > 0) {
			t.Errorf("%s = %v", name, found[name])
		}
	}
	if sum := float(t, found, "seconds_features") + float(t, found, "seconds_solve"); !(sum < 1.01*float(t, found, "seconds_total")) {
		t.Errorf("the parts take %v s, the whole %v s", sum, found["seconds_total"])
	}

	found = must(t, args("eval", set("lattice4x4x4"), thermo("lattice4x4x4"), []string{"-model", model})...)
	fields(t, found, "force_rel_error", "velocity_rel_error", "energy_max_error", "samples", "nodes", "extrapolated_fraction")
	atMost(t, found, "force_rel_error", 1e-9)
	atMost(t, found, "velocity_rel_error", 1e-12)
	atMost(t, found, "energy_max_error", 1e-9)
	if x := float(t, found, "extrapolated_fraction"); !(x > 0 && x < 0.01) {
		t.Errorf("extrapolated_fraction = %v", x)
	}
	if n, nodes := float(t, found, "samples"), float(t, found, "nodes"); n != 51 || nodes != 64 {
		t.Errorf("%v samples of %v nodes", n, nodes)
	}
}

// A model of a flat lattice is right about a ring.
func TestFlat(t *testing.T) {
	model := filepath.Join(t.TempDir(), "m.safetensors")
	found := must(t, args("train", set("lattice3x3"), []string{"-out", model})...)
	if rows := float(t, found, "rows"); rows != 160*(2*9+9) {
		t.Errorf("%v rows: the lattice is not found to be flat", rows)
	}
	if found["energy_max_error_test"] != nil {
		t.Errorf("energy_max_error_test = %v without energies", found["energy_max_error_test"])
	}
	found = must(t, args("eval", set("ring10"), []string{"-model", model})...)
	atMost(t, found, "force_rel_error", 1e-11)
	if found["energy_max_error"] != nil {
		t.Errorf("energy_max_error = %v without energies", found["energy_max_error"])
	}
}

// The networks are trained, evaluated and moved by the same commands.
func TestNetwork(t *testing.T) {
	for encoding, bound := range map[string]float64{"frame": 2, "invariant-network": 1e-9} {
		model := filepath.Join(t.TempDir(), "m.safetensors")
		found := must(t, args("train", set("lattice2x2x2"), thermo("lattice2x2x2"),
			[]string{"-encoding", encoding, "-features", "64", "-edge-readout", "-out", model})...)
		atMost(t, found, "force_rel_error_test", bound)
		atMost(t, found, "energy_max_error_test", bound)
		found = must(t, args("eval", set("lattice2x2x2"), []string{"-model", model})...)
		atMost(t, found, "force_rel_error", bound)
		found = must(t, args("simulate", set("lattice2x2x2"), []string{"-model", model, "-steps", "5", "-dt", "0.001"})...)
		atMost(t, found, "energy_drift", 1e-3)
	}
	failing(t, 2, ".*-encoding frame goes with -edges.*",
		"train", "-data", "x.dump", "-cutoff", "2", "-encoding", "frame")
	failing(t, 2, ".*-weight goes with -encoding many-body, not with invariant.*",
		"train", "-data", data+"lattice2x2x2.dump.gz", "-edges", data+"lattice2x2x2.edges.csv", "-weight", "nosuch=3")
	failing(t, 2, ".*-edge-readout and -sampler aswim go with a network.*",
		args("train", set("lattice2x2x2"), []string{"-sampler", "aswim"})...)
}

func TestCutoff(t *testing.T) {
	model := filepath.Join(t.TempDir(), "m.safetensors")
	found := must(t, args("train", []string{"-data", data + "lj108.dump.gz", "-box", "periodic", "-cutoff", "2.5", "-split", "0.4", "-out", model})...)
	atMost(t, found, "force_rel_error_test", 2e-6)
	if n, edges := float(t, found, "samples"), float(t, found, "edges"); n != 40 || edges == float64(int(edges)) {
		t.Errorf("%v samples, %v edges on average", n, edges)
	}
	failing(t, 1, ".*m.safetensors: the model finds its edges by a cutoff of 2.5 and takes no -edges",
		args("eval", set("lattice2x2x2"), []string{"-model", model})...)
}

// Neither the number of workers nor the level changes a byte of a model.
func TestSameModel(t *testing.T) {
	folder := t.TempDir()
	var want []byte
	for _, level := range simd.Available() {
		for _, workers := range []string{"1", "2"} {
			model := filepath.Join(folder, "m")
			old := simd.SetActive(level)
			must(t, args("train", set("lattice4x4x4"), []string{"-split", "0.5", "-features", "40", "-seed", "7", "-workers", workers, "-out", model})...)
			simd.SetActive(old)
			got, err := os.ReadFile(model)
			if err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = got
			}
			if !bytes.Equal(got, want) {
				t.Errorf("level %v, %s workers: another model", level, workers)
			}
		}
	}
}

// What affects a model reaches it.
func TestModelOptions(t *testing.T) {
	folder := t.TempDir()
	seen := map[string]string{}
	for i, options := range [][]string{
		nil, {"-seed", "1"}, {"-features", "32"}, {"-sampler", "elm"}, {"-sampler", "swim"},
		{"-activation", "tanh"}, {"-activation", "softplus"}, {"-activation", "sin"}, {"-activation", "sigmoid"},
		{"-xi", "r2"}, {"-omega", "2"}, {"-widen", "0.1"}, {"-ridge", "1e-12"}, {"-rcond", "1e-6"}, {"-rcond", "0"}, {"-rcond", "1e-13"}, {"-split", "0.3"},
		{"-masses", "1=2"},
	} {
		model := filepath.Join(folder, fmt.Sprint(i))
		must(t, args("train", set("lattice2x2x2"), []string{"-split", "0.2", "-out", model}, options)...)
		text, err := os.ReadFile(model)
		if err != nil {
			t.Fatal(err)
		}
		if before, twice := seen[string(text)]; twice {
			t.Errorf("%v gives the model of %s", options, before)
		}
		seen[string(text)] = fmt.Sprint(options)
	}
	model := filepath.Join(folder, "again")
	must(t, args("train", set("lattice2x2x2"), []string{"-split", "0.2", "-activation", "gaussian", "-sampler", "elm-whitened",
		"-xi", "r", "-omega", "1", "-features", "64", "-ridge", "1e-16", "-box", "free", "-repeat", "2", "-out", model})...)
	text, err := os.ReadFile(model)
	if err != nil {
		t.Fatal(err)
	}
	if seen[string(text)] != "[]" {
		t.Error("the defaults are not those of the usage text")
	}
}

// With -test all of -data trains; with nothing to test on, test errors are null.
func TestSplit(t *testing.T) {
	found := must(t, args("train", set("lattice2x2x2"), []string{"-split", "1"})...)
	if n := float(t, found, "samples"); n != 201 {
		t.Errorf("%v samples, want all", n)
	}
	for _, name := range []string{"force_rel_error_test", "velocity_rel_error_test", "energy_max_error_test"} {
		if found[name] != nil {
			t.Errorf("%s = %v with nothing to test on", name, found[name])
		}
	}
	found = must(t, args("train", set("lattice2x2x2"), []string{"-test", data + "lattice2x2x2.dump.gz"})...)
	if n := float(t, found, "samples"); n != 201 {
		t.Errorf("%v samples, want all", n)
	}
	atMost(t, found, "force_rel_error_test", 1e-12)
	for _, test := range []struct {
		split   float64
		n, want int
	}{{0.8, 201, 160}, {0.4, 101, 40}, {0.29, 100, 29}, {0.7, 10, 7}, {1, 7, 7}, {0.001, 5, 1}, {1e-300, 1, 1}} {
		if got := share(test.split, test.n); got != test.want {
			t.Errorf("%v of %d are %d, want %d", test.split, test.n, got, test.want)
		}
	}
}

// Several files are one after the other, by pattern or by name; the first frames of
// each train.
func TestSeveralFiles(t *testing.T) {
	folder := t.TempDir()
	lines := plain(t, "lattice2x2x2.dump.gz", 20*linesOfFrame)
	put(t, folder, "b.dump", strings.Join(lines[10*linesOfFrame:], ""))
	put(t, folder, "a.dump", strings.Join(lines[:10*linesOfFrame], ""))
	edges := []string{"-edges", data + "lattice2x2x2.edges.csv"}
	byPattern, byName := filepath.Join(folder, "1"), filepath.Join(folder, "2")
	found := must(t, args("train", edges, []string{"-split", "0.55", "-data", filepath.Join(folder, "*.dump"), "-out", byPattern})...)
	if n := float(t, found, "samples"); n != 10 {
		t.Errorf("%v samples, want 5 of each", n)
	}
	must(t, args("train", edges, []string{"--split=0.55", "-data", filepath.Join(folder, "a.dump"), "--data", filepath.Join(folder, "b.dump"), "-out", byName})...)
	x, _ := os.ReadFile(byPattern)
	y, _ := os.ReadFile(byName)
	if len(x) == 0 || !bytes.Equal(x, y) {
		t.Error("a pattern and its files give different models")
	}
}

// A cutoff below all distances is said.
func TestCutoffTooSmall(t *testing.T) {
	status, _, err := call("train", "-data", data+"lj108.dump.gz", "-box", "periodic", "-cutoff", "0.5")
	if want := "hgn: warning: no two bodies that the model was trained on are closer than the cutoff 0.5: they do not interact\n"; status != 0 || err != want {
		t.Errorf("status %d, %q, want %q", status, err, want)
	}
}

// More features than equations is no fault, but is said.
func TestMinimumNorm(t *testing.T) {
	status, out, err := call(args("train", set("lattice2x2x2"), []string{"-split", "0.01", "-json"})...)
	if status != 0 || !strings.Contains(out, `"samples":2`) {
		t.Errorf("status %d, %q", status, out)
	}
	if want := "hgn: 64 equations for 81 features: took the model of least norm among those that fit best\n"; err != want {
		t.Errorf("said %q, want %q", err, want)
	}
}

// Without -json the same is a table.
func TestTable(t *testing.T) {
	folder := t.TempDir()
	model := filepath.Join(folder, "m")
	profile := filepath.Join(folder, "profile")
	for _, test := range []struct {
		args []string
		want []string
	}{
		{args("train", set("lattice2x2x2"), []string{"-out", model}), []string{"160 frames of 8 bodies and 12 edges", "force error, test", "energy error, test            –", "level", model}},
		{args("eval", set("lattice2x2x2"), []string{"-model", model, "-cpuprofile", profile}), []string{"201 frames of 8 bodies", "energy error"}},
		{args("simulate", set("lattice2x2x2"), []string{"-model", model, "-steps", "40", "-dt", "0.01"}), []string{"compared with                     2 frames"}},
	} {
		status, out, err := call(test.args...)
		if status != 0 || err != "" {
			t.Errorf("%v: status %d, %s", test.args, status, err)
		}
		for _, want := range test.want {
			if !strings.Contains(out, want) {
				t.Errorf("%v: %q is not in\n%s", test.args, want, out)
			}
		}
	}
	if info, err := os.Stat(profile); err != nil || info.Size() == 0 {
		t.Errorf("no profile: %v", err)
	}
}
