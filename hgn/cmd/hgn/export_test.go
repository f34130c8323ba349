package main

import (
	"archive/zip"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/internal/npy"
)

// The tables hold the potential at equal distances.
func TestExportTable(t *testing.T) {
	liquid := filepath.Join(t.TempDir(), "m")
	must(t, "train", "-data", data+"lj108.dump.gz", "-box", "periodic", "-cutoff", "2.5", "-features", "20", "-out", liquid)
	for model, want := range map[string]string{liquid: "pair", trained(t, set("lattice2x2x2")): "bond"} {
		out := filepath.Join(t.TempDir(), "out.table")
		fields(t, must(t, "export", "-model", model, "-format", "lammps-table", "-points", "50", "-out", out), "format", "pairs")
		text, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), want+"_style table spline 50\n") || !strings.Contains(string(text), "\nSPECIES_1_1\nN 50") {
			t.Errorf("%s", text)
		}
		m, err := hgn.Load(model)
		if err != nil {
			t.Fatal(err)
		}
		pairs, err := m.PairPotentials()
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		last := 0.0
		for k, line := range lines[len(lines)-50:] {
			var index int
			var r, value, force float64
			if _, err := fmt.Sscan(line, &index, &r, &value, &force); err != nil || index != k+1 || r <= last {
				t.Fatalf("%q: %v", line, err)
			}
			if v, slope := pairs[0].Eval(r); v != value || slope != -force {
				t.Errorf("%q: want %v, %v", line, v, -slope)
			}
			last = r
		}
		if limit := map[string]float64{"pair": 2.5, "bond": 2 * pairs[0].Hi}[want]; last != limit {
			t.Errorf("the last distance is %v, want %v", last, limit)
		}
	}
}

// The arrays give the potential by the formulas that the documentation of them states.
func TestExportArrays(t *testing.T) {
	model := filepath.Join(t.TempDir(), "m")
	must(t, "train", "-data", data+"lj108.dump.gz", "-box", "periodic", "-cutoff", "2.5", "-features", "20", "-out", model)
	out := filepath.Join(t.TempDir(), "out.npz")
	must(t, "export", "-model", model, "-format", "numpy", "-out", out)
	archive, err := zip.OpenReader(out)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	arrays := map[string][]float64{}
	for _, entry := range archive.File {
		file, err := entry.Open()
		if err != nil {
			t.Fatal(err)
		}
		r, err := npy.NewReader(file, int64(entry.UncompressedSize64))
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(entry.Name, ".npy")
		if r.Kind == 'U' {
			want := map[string]string{"xi": "r", "activation": "gaussian"}[name]
			if text, err := r.Text(); text != want || err != nil {
				t.Errorf("%s is %q, %v", name, text, err)
			}
			continue
		}
		arrays[name] = make([]float64, r.Len())
		if err := r.Read(arrays[name]); err != nil {
			t.Fatal(err)
		}
	}
	m, err := hgn.Load(model)
	if err != nil {
		t.Fatal(err)
	}
	pairs, err := m.PairPotentials()
	if err != nil {
		t.Fatal(err)
	}
	from, cutoff, below := arrays["range"][0], arrays["cutoff"][0], arrays["below"]
	for _, r := range []float64{0.7 * from, from, 1.1, 1.9, 2.4} {
		got := 0.0
		if r < from {
			x := r - below[0]
			got = below[1] + x*below[2] + x*x*below[3]/2
		} else {
			for k, a := range arrays["coefficient"] {
				z := arrays["weight"][k]*r + arrays["bias"][k]
				got += a * math.Exp(-z*z)
			}
			c := 1 - r*r/(cutoff*cutoff)
			got *= c * c
		}
		if want, _ := pairs[0].Eval(r); !(math.Abs(got-want) <= 1e-9*(1+math.Abs(want))) {
			t.Errorf("V(%v) = %v, want %v", r, got, want)
		}
	}
}

func TestExportRefuses(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	network := trained(t, set("lattice2x2x2"), []string{"-encoding", "frame", "-features", "20"})
	failing(t, 1, ".*m: cannot be exported: the energy is not a sum over pairs of bodies", "export", "-model", network, "-format", "numpy", "-out", out)
	weighted := trained(t, set("lattice2x2x2"), []string{"-xi", "log", "-features", "20"})
	failing(t, 1, ".*m: cannot be exported: the potentials are multiplied by masses or charges", "export", "-model", weighted, "-format", "lammps-table", "-out", out)
	failing(t, 1, ".*m: no table from 9 to .*: give -from", "export", "-model", trained(t, set("lattice2x2x2")), "-format", "lammps-table", "-from", "9", "-out", out)
	folder := t.TempDir()
	model := filepath.Join(folder, "m")
	table := put(t, folder, "ref.table", "1_1\nN 3\n1 0.1 9 60\n2 0.3 1 20\n3 0.5 0 0\n")
	must(t, "train", "-data", data+"lj108.dump.gz", "-box", "periodic", "-cutoff", "2.5", "-features", "20", "-reference", table, "-out", model)
	failing(t, 1, ".*m: the arrays have no place for its reference potential: use -format lammps-table", "export", "-model", model, "-format", "numpy", "-out", out)
}

// Friction, which a table cannot hold, is in its comments and warned about.
func TestExportFriction(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	model := trained(t, set("lattice2x2x2"), []string{"-damping", "species"})
	status, _, log := call("export", "-model", model, "-format", "lammps-table", "-out", out)
	if status != 0 || !strings.Contains(log, "warning: what was exported lacks the friction of the model, a coefficient per species\n") {
		t.Errorf("%q", log)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	m, err := hgn.Load(model)
	if err != nil {
		t.Fatal(err)
	}
	gamma, _ := m.Damping()
	if want := fmt.Sprintf("for each species in ascending order with γ =\n#   %v\n\n", gamma[0]); !strings.Contains(string(text), want) {
		t.Errorf("no %q in\n%s", want, text[:min(len(text), 500)])
	}
}
