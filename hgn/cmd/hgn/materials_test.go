package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// crystals writes count configurations of 8 atoms, each in one of two groups, with energy,
// forces and pressure in bar of a pair potential, as extended XYZ.
func crystals(t *testing.T, name string, seed uint64, count int) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 5))
	var b strings.Builder
	for k := range count {
		edge := 5.6 * (1 + 0.03*r.NormFloat64())
		var x [8][3]float64
		for i := range x {
			for a := range 3 {
				x[i][a] = edge / 2 * (float64(i>>a&1) + 0.06*r.NormFloat64())
			}
		}
		var force [8][3]float64
		var virial [3][3]float64
		energy := -3.0 * 8
		for i := range x {
			for j := range x {
				for image := range 27 {
					var v [3]float64
					r2 := 0.0
					for a, at := 0, image; a < 3; a, at = a+1, at/3 {
						v[a] = x[j][a] - x[i][a] + float64(at%3-1)*edge
						r2 += v[a] * v[a]
					}
					if s := 1 - r2/16; r2 > 0 && s > 0 {
						energy += 0.5 * s * s * s * s
						for a := range 3 {
							d := -4 * s * s * s / 16 * v[a] // ½ dE/dv, from both ends
							force[i][a] += 2 * d
							for c := range 3 {
								virial[a][c] += d * v[c]
							}
						}
					}
				}
			}
		}
		fmt.Fprintf(&b, "8\nLattice=\"%v 0 0 0 %v 0 0 0 %v\" Properties=species:S:1:pos:R:3:forces:R:3 energy=%v config_type=%s stress=\"", edge, edge, edge, energy, []string{"a", "b"}[k%2])
		for a := range 3 {
			for c := range 3 {
				fmt.Fprintf(&b, "%v ", -virial[a][c]/math.Pow(edge, 3)*160.2176634e4)
			}
		}
		b.WriteString("\" pbc=\"T T T\"\n")
		for i := range x {
			fmt.Fprintf(&b, "Ar %v %v %v %v %v %v\n", x[i][0], x[i][1], x[i][2], force[i][0], force[i][1], force[i][2])
		}
	}
	if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestMaterials trains on configurations without velocities.
func TestMaterials(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "argon.xyz")
	crystals(t, file, 1, 40)
	got := must(t, "train", "-data", file, "-cutoff", "4", "-candidates", "80", "-shuffle", "-json")
	for name, bound := range map[string]float64{"force_rmse_train": 3e-3, "force_rmse_test": 3e-3, "energy_rmse_test": 1, "stress_rmse_test": 0.05} {
		atMost(t, got, name, bound)
	}
	if c := float(t, got, "coverage_95"); !(c > 0.85 && c <= 1) {
		t.Errorf("coverage %v", c)
	}
	if got["stress_unit"] != "-bar" {
		t.Errorf("unit of stress %v", got["stress_unit"])
	}
	if groups := got["groups"].([]any); len(groups) != 6 {
		t.Errorf("groups %v", groups)
	}
	status, out, _ := call("train", "-data", file, "-cutoff", "4", "-features", "20", "-candidates", "30", "-split", "1")
	if status != statusDone || !strings.Contains(out, "train all ") || !strings.Contains(out, "meV/atom") {
		t.Errorf("status %d, table\n%s", status, out)
	}
}

// TestPlot draws forces of training and test frames.
func TestPlot(t *testing.T) {
	folder := t.TempDir()
	file, plot := filepath.Join(folder, "argon.xyz"), filepath.Join(folder, "forces.svg")
	crystals(t, file, 1, 10)
	must(t, "train", "-data", file, "-cutoff", "4", "-features", "5", "-candidates", "5", "-plot", plot, "-json")
	svg, err := os.ReadFile(plot)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"training: 192 components", "test: 48 components", "force (eV/Å), predicted"} {
		if !strings.Contains(string(svg), text) {
			t.Errorf("the picture does not say %q", text)
		}
	}
	for want, args := range map[string][]string{
		"is an input and would be overwritten": {"-plot", file},
		"-plot goes with -encoding many-body":  {"-plot", plot, "-encoding", "invariant"},
		"svg: no such folder":                  {"-plot", filepath.Join(folder, "absent", "svg")},
	} {
		status, out, err := call(append([]string{"train", "-data", file, "-cutoff", "4"}, args...)...)
		if status == statusDone || out != "" || !strings.Contains(err, want) || strings.Count(err, "\n") != 1 {
			t.Errorf("%s: status %d, error %q", args, status, err)
		}
	}
}

func TestMaterialsErrors(t *testing.T) {
	folder := t.TempDir()
	file, plain := filepath.Join(folder, "argon.xyz"), filepath.Join(folder, "m.safetensors")
	crystals(t, file, 1, 4)
	must(t, "train", "-data", file, "-cutoff", "4", "-features", "5", "-candidates", "5", "-out", plain, "-json")
	for want, args := range map[string][]string{
		plain + ": the model does not hold its equations":               {"-append", plain},
		"-cutoff and -append exclude each other: the model has its own": {"-append", plain, "-cutoff", "4"},
		"-plot needs frames":           {"-append", plain, "-plot", filepath.Join(folder, "forces.svg")},
		"m2.safetensors: no such file": {"-append", filepath.Join(folder, "m2.safetensors")},
	} {
		status, out, err := call(append([]string{"train", "-json"}, args...)...)
		if status == statusDone || out != "" || !strings.Contains(err, want) || strings.Count(err, "\n") != 1 {
			t.Errorf("%s: status %d, error %q", args, status, err)
		}
	}
	for _, c := range []struct{ want, args string }{
		{"no frame is of group \"c\"", "-weight c=2"},
		{"group \"a\" has two weights", "-weight a=2,a=3"},
		{"\"a\" is not GROUP=WEIGHT", "-weight a"},
		{"unknown unit \"psi\"", "-stress-unit psi"},
		{"want a number of at least 0", "-energy-weight -1"},
		{"-shuffle and -test exclude each other", "-shuffle -test " + file},
		{"all equations have a weight of 0", "-weight a=0,b=0"},
		{"overflow when they are multiplied by their weights", "-energy-weight 1e308 -weight a=1e10"},
		{"neither an energy nor forces nor a stress", "-force-weight 0 -energy-weight 0 -stress-weight 0"},
	} {
		status, out, err := call(append([]string{"train", "-data", file, "-cutoff", "4", "-json"}, strings.Fields(c.args)...)...)
		if status == statusDone || out != "" || !strings.Contains(err, c.want) || strings.Count(err, "\n") != 1 {
			t.Errorf("%s: status %d, error %q", c.args, status, err)
		}
	}
}

// TestAppendCommand adds frames to a model, and changes weights.
func TestAppendCommand(t *testing.T) {
	folder := t.TempDir()
	file, more, model := filepath.Join(folder, "argon.xyz"), filepath.Join(folder, "more.xyz"), filepath.Join(folder, "m.safetensors")
	crystals(t, file, 1, 20)
	crystals(t, more, 2, 8)
	must(t, "train", "-data", file, "-split", "1", "-cutoff", "4", "-features", "20", "-candidates", "30", "-appendable", "-out", model, "-json")
	got := must(t, "train", "-append", model, "-data", more, "-test", more, "-out", model, "-plot", filepath.Join(folder, "forces.svg"), "-json")
	if n := float(t, got, "samples"); n != 28 {
		t.Errorf("%v frames", n)
	}
	atMost(t, got, "force_rmse_test", 0.05)
	got = must(t, "train", "-append", model, "-weight", "a=3,b=2", "-json")
	if n := float(t, got, "samples"); n != 28 || got["force_rmse_train"] != nil {
		t.Errorf("%v", got)
	}
}
