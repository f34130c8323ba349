package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// data is where the trajectories are.
const data = "../../testdata/"

// call runs the program in this process.
func call(args ...string) (status int, out, err string) {
	var o, e bytes.Buffer
	status = run(context.Background(), args, &o, &e)
	return status, o.String(), e.String()
}

// must runs the program, which must succeed, and decodes the JSON object that is all
// that it prints.
func must(t *testing.T, args ...string) map[string]any {
	t.Helper()
	status, out, err := call(append(args, "-json")...)
	if status != 0 {
		t.Fatalf("hgn %s: status %d, %s", strings.Join(args, " "), status, err)
	}
	var object map[string]any
	decoder := json.NewDecoder(strings.NewReader(out))
	if err := decoder.Decode(&object); err != nil {
		t.Fatalf("hgn %s: %v in %q", strings.Join(args, " "), err, out)
	}
	if decoder.More() {
		t.Fatalf("hgn %s: more than one object: %q", strings.Join(args, " "), out)
	}
	return object
}

// float returns a number of an object.
func float(t *testing.T, object map[string]any, name string) float64 {
	t.Helper()
	x, ok := object[name].(float64)
	if !ok {
		t.Fatalf("%q is %v, not a number", name, object[name])
	}
	return x
}

// atMost fails unless the number is in 0…limit.
func atMost(t *testing.T, object map[string]any, name string, limit float64) {
	t.Helper()
	if x := float(t, object, name); !(x >= 0 && x <= limit) {
		t.Errorf("%s = %v, want at most %v", name, x, limit)
	}
}

// fields fails unless these are the names in object.
func fields(t *testing.T, object map[string]any, names ...string) {
	t.Helper()
	var found []string
	for name := range object {
		found = append(found, name)
	}
	slices.Sort(found)
	slices.Sort(names)
	if !slices.Equal(found, names) {
		t.Errorf("fields\n%v, want\n%v", found, names)
	}
}

// emptyFolder fails if there is anything in the folder but the files called except.
func emptyFolder(t *testing.T, folder string, except ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(except, e.Name()) {
			t.Errorf("%s was left behind", e.Name())
		}
	}
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"-h"}, {"--help"}} {
		status, out, err := call(args...)
		if status != 0 || err != "" || out != overview() {
			t.Errorf("hgn %v: %d, %q, %q", args, status, out, err)
		}
	}
	for _, c := range commands() {
		if !strings.Contains(overview(), "\n  "+c.name+" ") {
			t.Errorf("%s is not listed", c.name)
		}
		if !strings.Contains(c.usage, "\n  hgn "+c.name+" ") {
			t.Errorf("%s: no example", c.name)
		}
		for _, args := range [][]string{{"help", c.name}, {c.name, "-h"}, {c.name, "--help"}, {c.name, "-json", "-help"}} {
			status, out, err := call(args...)
			if status != 0 || err != "" || out != c.usage {
				t.Errorf("hgn %v: %d, %q, %q", args, status, out, err)
			}
		}
	}
}

// Every flag is explained, and every flag that is explained exists.
func TestUsageIsComplete(t *testing.T) {
	f := map[string]*flags{"train": newTrainFlags().flags, "simulate": newSimulateFlags().flags,
		"convert": newConvertFlags().flags, "export": newExportFlags().flags, "lstsq": newLstsqFlags().flags}
	for _, c := range commands() {
		if f[c.name] == nil {
			continue
		}
		for _, line := range strings.Split(c.usage, "\n") {
			if name, found := strings.CutPrefix(line, "  -"); found {
				name, _, _ = strings.Cut(name, " ")
				if f[c.name].Lookup(name) == nil {
					t.Errorf("%s: there is no -%s", c.name, name)
				}
			}
		}
		f[c.name].VisitAll(func(g *flag.Flag) {
			if !strings.Contains(c.usage, "\n  -"+g.Name+" ") {
				t.Errorf("%s: -%s is not explained", c.name, g.Name)
			}
		})
	}
}

func TestUsageErrors(t *testing.T) {
	dump, edges := data+"lattice2x2x2.dump.gz", data+"lattice2x2x2.edges.csv"
	train := func(args ...string) []string { return append([]string{"train", "-data", dump}, args...) }
	simulate := func(args ...string) []string {
		return append([]string{"simulate", "-model", "m", "-data", dump}, args...)
	}
	for _, test := range []struct {
		args []string
		want string
	}{
		{nil, ""},
		{[]string{"bend"}, `unknown command "bend"; see "hgn help"`},
		{[]string{"help", "bend"}, `no help on "bend"; see "hgn help"`},
		{[]string{"train"}, "-data is missing"},
		{[]string{"eval", "-data", dump}, "-model is missing"},
		{train("-frobnicate"), "-frobnicate"},
		{train("-edges", edges, "extra"), `unexpected argument "extra"`},
		{train(), "exactly one of -edges and -cutoff"},
		{train("-edges", edges, "-cutoff", "2"), "exactly one of -edges and -cutoff"},
		{train("-cutoff", "0"), "-cutoff 0"},
		{train("-cutoff", "NaN"), "-cutoff NaN"},
		{train("-cutoff", "+Inf"), "-cutoff +Inf"},
		{train("-edges", edges, "-split", "0"), "-split 0"},
		{train("-edges", edges, "-split", "1.01"), "-split 1.01"},
		{train("-edges", edges, "-split", "-1"), "-split -1"},
		{train("-edges", edges, "-split", "NaN"), "-split NaN"},
		{train("-edges", edges, "-box", "round"), `-box "round"`},
		{train("-edges", edges, "-encoding", "polar"), `unknown encoding "polar"`},
		{train("-edges", edges, "-sampler", "best"), `unknown sampler "best"`},
		{train("-edges", edges, "-activation", "relu"), `unknown activation "relu"`},
		{train("-edges", edges, "-xi", "r3"), `unknown xi "r3"`},
		{train("-edges", edges, "-features", "0"), "-features 0"},
		{train("-edges", edges, "-features", "many"), "-features"},
		{train("-edges", edges, "-features", "100000"), "-features 100000 is above 16384"},
		{train("-edges", edges, "-edges", edges), "may be given once only"},
		{train("-edges", edges, "-omega", "0"), "-omega 0"},
		{train("-edges", edges, "-widen", "2"), "-widen 2"},
		{train("-edges", edges, "-rcond", "1"), "-rcond 1"},
		{train("-edges", edges, "-ridge", "-1"), "-ridge -1"},
		{train("-edges", edges, "-ridge", "1e-9", "-rcond", "1e-9"), "-rcond and -ridge exclude each other"},
		{train("-edges", edges, "-repeat", "0"), "-repeat 0"},
		{train("-edges", edges, "-workers", "0"), "-workers 0"},
		{train("-edges", edges, "-seed", "-1"), "-seed"},
		{train("-edges", edges, "-masses", "1"), `"1" is not TYPE=MASS`},
		{train("-edges", edges, "-masses", "1=0"), `"1=0" is not TYPE=MASS`},
		{train("-edges", edges, "-masses", "1=1,1=2"), "type 1 has two masses"},
		{train("-edges", ""), "-edges needs the name of a file"},
		{simulate("-dt", "0.01"), "-steps is missing"},
		{simulate("-steps", "5"), "-dt is missing"},
		{simulate("-steps", "-1", "-dt", "0.01"), "-steps -1"},
		{simulate("-steps", "5", "-dt", "0"), "-dt 0"},
		{simulate("-steps", "5", "-dt", "0.01", "-frame", "-1"), "-frame -1"},
		{simulate("-steps", "5", "-dt", "0.01", "-every", "0"), "-every 0"},
		{simulate("-steps", "5", "-dt", "0.01", "-skin", "-1"), "-skin -1"},
		{simulate("-steps", "5", "-dt", "0.01", "-table", "999999999"), "-table 999999999 is above"},
		{simulate("-steps", "5", "-dt", "0.01", "-data", dump), "only one file"},
		{simulate("-steps", "5", "-dt", "0.01", "-out", "x.pdb"), "-out x.pdb: the name must end in .dump, .lammpstrj, .xyz"},
		{[]string{"simulate", "-model", "m", "-data", data + "*.gz", "-steps", "5", "-dt", "1"}, "means 5 files"},
		{[]string{"convert", dump}, "2 files are needed, 1 given"},
		{[]string{"convert", dump, "x.dump", "y.dump"}, `unexpected argument "y.dump"`},
		{[]string{"convert", dump, "x.pdb"}, "x.pdb: the name must end in .dump, .lammpstrj, .xyz"},
		{[]string{"export", "-model", "m", "-format", "pdf", "-out", "x"}, `-format "pdf": want lammps-table or numpy`},
		{[]string{"export", "-model", "m", "-format", "numpy"}, "-out is missing"},
		{[]string{"lstsq", "A.npy"}, "2 files are needed, 1 given"},
		{[]string{"lstsq", "-rcond", "2", "A.npy", "b.npy"}, "-rcond 2"},
		{[]string{"demo", "-out", ""}, "-out needs the name of a file"},
	} {
		status, out, err := call(test.args...)
		if status != 2 || out != "" || !strings.Contains(err, test.want) {
			t.Errorf("hgn %v: status %d, %q, %q; want 2 and %q", test.args, status, out, err, test.want)
		}
		if len(test.args) > 0 && (strings.Count(err, "\n") != 1 || !strings.HasPrefix(err, "hgn: ") || !strings.Contains(err, `see "hgn help`)) {
			t.Errorf("hgn %v: %q is not one line that says where help is", test.args, err)
		}
	}
}

// What stops the program without being foreseen is still one line.
func TestPanic(t *testing.T) {
	var e bytes.Buffer
	status := run(context.Background(), []string{"help"}, panics{}, &e)
	if want := "hgn: internal error: no paper left\n"; status != 1 || e.String() != want {
		t.Errorf("status %d, %q, want 1, %q", status, e.String(), want)
	}
}

type panics struct{}

func (panics) Write([]byte) (int, error) { panic("no paper left") }

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	folder := t.TempDir()
	out := filepath.Join(folder, "m")
	var o, e bytes.Buffer
	for _, args := range [][]string{
		{"train", "-data", data + "lj108.dump.gz", "-cutoff", "2.5", "-box", "periodic", "-out", out, "-cpuprofile", out + ".profile"},
		{"demo", "-out", out},
	} {
		e.Reset()
		if status := run(ctx, args, &o, &e); status != 1 || o.Len() != 0 || e.String() != "hgn: interrupted\n" {
			t.Errorf("hgn %v: status %d, %q, %q", args, status, o.String(), e.String())
		}
		emptyFolder(t, folder)
	}
}
