package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pairOf is a configuration of two atoms in extended XYZ, in a cube of the given edge.
func pairOf(element string, edge, apart float64, comment, force string) string {
	f := make([]string, 2)
	properties := "species:S:1:pos:R:3"
	if force != "" {
		properties += ":forces:R:3"
		f[0], f[1] = " "+force+" 0 0", " -"+force+" 0 0"
	}
	return fmt.Sprintf("2\nLattice=\"%v 0 0 0 %[1]v 0 0 0 %[1]v\" Properties=%s %s\n%s 0 0 0%s\n%[4]s %[6]v 0.1 0%s\n",
		edge, properties, comment, element, f[0], apart, f[1])
}

// TestMaterialsUnusual trains on data with something missing.
func TestMaterialsUnusual(t *testing.T) {
	const all = `energy=-3 pbc="T T T"`
	folder := t.TempDir()
	for name, text := range map[string]string{
		"one":           pairOf("Ar", 4, 2.2, all, "0.1"),
		"duplicates":    strings.Repeat(pairOf("Ar", 4, 2.2, all, "0.1"), 6),
		"isolated":      strings.Repeat("1\nProperties=species:S:1:pos:R:3 energy=-1\nAr 0 0 0\n", 3),
		"small box":     pairOf("Ar", 2.5, 1.2, all, "0.1") + pairOf("Ar", 2.6, 1.2, all, "0.1"),
		"slab":          pairOf("Ar", 4, 2.2, `energy=-3 pbc="T T F"`, "0.1") + pairOf("Ar", 4, 2.3, `energy=-3 pbc="T T F"`, "0.2"),
		"energies only": pairOf("Ar", 4, 2.2, all, "") + pairOf("Ar", 4, 2.3, all, ""),
		"forces only":   pairOf("Ar", 4, 2.2, `pbc="T T T"`, "0.1") + pairOf("Ar", 4, 2.3, `pbc="T T T"`, "0.2"),
	} {
		file, model := filepath.Join(folder, name+".xyz"), filepath.Join(folder, name+".safetensors")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got := must(t, "train", "-data", file, "-split", "1", "-cutoff", "4", "-features", "20", "-candidates", "20", "-appendable", "-out", model, "-json")
		if n := float(t, got, "samples"); n != float64(strings.Count(text, "Properties")) {
			t.Errorf("%s: %v frames", name, n)
		}
		must(t, "train", "-append", model, "-data", file, "-json")
		must(t, "eval", "-model", model, "-data", file, "-json")
	}
	model := filepath.Join(folder, "one.safetensors")
	for want, text := range map[string]string{
		":5: step 1: neither an energy nor forces":  pairOf("Ar", 4, 2.2, all, "0.1") + pairOf("Ar", 4, 2.2, `pbc="T T T"`, ""),
		"species 36, which the model does not know": pairOf("Kr", 4, 2.2, all, "0.1"),
		":3: forces is not finite: \"nan\"":         pairOf("Ar", 4, 2.2, all, "nan"),
		"atoms 0 and 1 are at the same place":       strings.ReplaceAll(pairOf("Ar", 4, 0, all, "0.1"), "0 0.1 0", "0 0 0"),
	} {
		file := filepath.Join(folder, "bad.xyz")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		status, out, err := call("train", "-append", model, "-data", file, "-json")
		if status != statusFailed || out != "" || !strings.Contains(err, want) || strings.Count(err, "\n") != 1 {
			t.Errorf("%s: status %d, output %q, error %q", want, status, out, err)
		}
	}
}
