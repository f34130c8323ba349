package main

import (
	"context"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rapidhgn/rapidhgn/internal/simd"
)

func TestDemo(t *testing.T) {
	if simd.Race {
		t.Skip("takes a minute and more under the race detector; TestSmallDemo runs the same code")
	}
	folder := t.TempDir()
	picture := filepath.Join(folder, "picture.svg")
	found := must(t, "demo", "-out", picture)
	fields(t, found, "train_seconds", "force_rel_error", "zero_shot_nodes", "zero_shot_force_rel_error",
		"rollout_position_mse", "energy_drift", "level", "picture")
	atMost(t, found, "force_rel_error", 1e-10)
	atMost(t, found, "zero_shot_force_rel_error", 1e-10)
	atMost(t, found, "rollout_position_mse", 1e-20)
	atMost(t, found, "energy_drift", 1e-4)
	if n := float(t, found, "zero_shot_nodes"); n != 4096 {
		t.Errorf("%v bodies", n)
	}
	if found["picture"] != picture {
		t.Errorf("picture = %v", found["picture"])
	}
	emptyFolder(t, folder, "picture.svg")
	text, err := os.ReadFile(picture)
	if err != nil {
		t.Fatal(err)
	}
	decoder := xml.NewDecoder(strings.NewReader(string(text)))
	for {
		if _, err := decoder.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("the picture is no SVG: %v", err)
		}
	}
	for _, want := range []string{"4096 bodies", "integrator", "learned forces", "time (dimensionless"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not in the picture", want)
		}
	}
}

// The same code on a lattice and for a time that a slow machine is equal to.
func TestSmallDemo(t *testing.T) {
	r := &demoResult{large: 5, steps: 40}
	svg, err := r.demonstrate(context.Background(), streams{io.Discard, io.Discard}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if r.ZeroShotNodes != 125 || r.rollout.Steps != 40 {
		t.Errorf("%d bodies, %d steps", r.ZeroShotNodes, r.rollout.Steps)
	}
	if !(r.Force <= 1e-10 && r.ZeroShotForce <= 1e-10 && r.Position <= 1e-20) {
		t.Errorf("errors of %v, %v, %v", r.Force, r.ZeroShotForce, r.Position)
	}
	if r.rollout.Extrapolated != 0 {
		t.Errorf("%v of the edges are outside the training range", r.rollout.Extrapolated)
	}
	if !strings.Contains(string(svg), "125 bodies") {
		t.Error("the picture does not name the lattice")
	}
}
