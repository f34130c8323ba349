package hgn

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rapidhgn/rapidhgn/internal/safetensors"
)

// Many-body models of earlier versions meant other features, and say so.
func TestOldManyBodyFiles(t *testing.T) {
	m, _ := trainAlloy(t, alloy(1, 4, 2, 1), func(o *Options) { o.Features, o.Materials.Candidates = 10, 10 })
	for _, version := range []string{"1", "2", "3", "4"} {
		file, err := safetensors.Unmarshal(m.marshal())
		if err != nil {
			t.Fatal(err)
		}
		if file.Metadata["version"] != "3" {
			t.Fatalf("version %q", file.Metadata["version"])
		}
		file.Metadata["version"] = version
		_, err = unmarshal(safetensors.Marshal(file))
		switch version {
		case "3":
			if err != nil {
				t.Error(err)
			}
		default:
			if err == nil || strings.Contains(err.Error(), "train the model again") != (version < "3") {
				t.Errorf("version %s: %v", version, err)
			}
		}
	}
}

// Checkpoints of earlier versions lack the grade, or the standard deviation too.
func TestOldCheckpoints(t *testing.T) {
	name := filepath.Join(t.TempDir(), "checkpoint")
	c := &Checkpoint{Step: 3, q: []float64{1}, p: []float64{2}, rollout: "r"}
	c.memory.kinetic = 7
	c.books = books{h0: 1, kinetic0: 2, drift: 3, sigma: 4, grade: 5, evaluated: 6}
	if err := c.Save(name); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for n := 3; n <= 7; n++ {
		file, err := safetensors.Unmarshal(data)
		if err != nil {
			t.Fatal(err)
		}
		x := append(file.Tensors["books"].F64, 0)[:n]
		file.Tensors["books"] = numbers([]int{n}, x...)
		old, err := parseCheckpoint(safetensors.Marshal(file))
		if (err == nil) != (n >= 4 && n <= 6) {
			t.Errorf("%d books: %v", n, err)
		}
		if err != nil {
			continue
		}
		b := old.books
		if b.h0 != 1 || b.drift != 3 || old.memory.kinetic != 7 || math.IsNaN(b.sigma) != (n < 5) || math.IsNaN(b.grade) != (n < 6) {
			t.Errorf("%d books: %+v", n, b)
		}
	}
}
