package hgn

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rapidhgn/rapidhgn/internal/safetensors"
)

// A model that was saved and loaded has the same bytes, and gives the same bits.
func TestSaveLoad(t *testing.T) {
	dir := t.TempDir()
	for name, w := range worlds {
		data := w.frames(t, 1, 3, 0.1)
		o := w.options(t)
		o.Seed, o.Sampler, o.Features = math.MaxUint64, SWIM, 16
		m, _ := train(t, data, o)
		path := filepath.Join(dir, "a model.safetensors")
		if err := m.Save(path); err != nil {
			t.Fatal(err)
		}
		got, err := Load(path)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.marshal(), file) || !bytes.Equal(m.marshal(), file) {
			t.Errorf("%s: other bytes", name)
		}
		if got.Cutoff() != w.cutoff || got.Periodic() != w.periodic {
			t.Errorf("%s: cutoff %v, periodic %v", name, got.Cutoff(), got.Periodic())
		}
		f := w.frames(t, 2, 1, 0.3)[0] // with distances outside the range
		if energyOf(t, got, f, o.Graph) != energyOf(t, m, f, o.Graph) || farthest(t, forcesOf(t, got, f, o.Graph), forcesOf(t, m, f, o.Graph)) != 0 {
			t.Errorf("%s: other energies or forces", name)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
}

// smallModel has two species, of which two pairs were never seen together.
func smallModel(t testing.TB) *Model {
	w := &world{dim: 1, side: 3, species: 1, cutoff: 1.5, potential: screened}
	data := w.frames(t, 1, 3, 0.1)
	lonely := (&world{dim: 1, side: 1, species: 1, cutoff: 1.5, potential: screened}).frames(t, 2, 1, 0.1)[0]
	lonely.Species[0] = -7
	m, _ := train(t, append(data, lonely), Options{Cutoff: 1.5, Features: 2, NodeFeatures: 1})
	return m
}

// The file describes itself, in the words of the command line.
func TestModelFileContent(t *testing.T) {
	m := smallModel(t)
	file, err := safetensors.Unmarshal(m.marshal())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"format": "rapidhgn", "version": "1", "encoding": "invariant", "activation": "gaussian", "xi": "r",
		"edge_weight": "none", "box": "free", "cutoff": "1.5", "sampler": "elm-whitened", "omega": "4",
		"rcond": "0", "ridge": "1e-16", "features": "2", "node_features": "1", "seed": "0",
	}
	if !maps.Equal(file.Metadata, want) {
		t.Errorf("metadata %v, want %v", file.Metadata, want)
	}
	shapes := map[string][]int{
		"species": {2}, "edge.weight": {3, 2}, "edge.bias": {3, 2}, "edge.coefficient": {3, 2}, "edge.range": {3, 3},
		"node.weight": {2, 1}, "node.bias": {2, 1}, "node.coefficient": {2, 2}, "energy.offset": {1},
	}
	for name, x := range file.Tensors {
		if !slices.Equal(x.Shape, shapes[name]) {
			t.Errorf("%s is %v, want %v", name, x.Shape, shapes[name])
		}
	}
	if len(file.Tensors) != len(shapes) || !slices.Equal(file.Tensors["species"].I64, []int64{-7, 3}) {
		t.Errorf("%d arrays, species %v", len(file.Tensors), file.Tensors["species"].I64)
	}
	m2, err := unmarshal(m.marshal())
	if err != nil {
		t.Fatal(err)
	}
	if r := pairsOf(m2).radials; r[0].seen() || r[1].seen() || !r[2].seen() {
		t.Errorf("pairs seen: %+v", r)
	}
}

// A changed byte and a cut are found wherever they are.
func TestModelFileDamage(t *testing.T) {
	file := smallModel(t).marshal()
	for i := range file {
		for _, flip := range []byte{1, 0x20} {
			bad := slices.Clone(file)
			bad[i] ^= flip
			if _, err := unmarshal(bad); err == nil {
				t.Fatalf("byte %d (%q) as %q is accepted", i, file[i], bad[i])
			}
		}
		if _, err := unmarshal(file[:i]); err == nil {
			t.Fatalf("%d of %d bytes are accepted", i, len(file))
		}
	}
}

// Files that are well formed and sealed, but hold what no model does.
func TestModelFileHostile(t *testing.T) {
	good := smallModel(t).marshal()
	inf, nan := math.Inf(1), math.NaN()
	for name, change := range map[string]func(f *safetensors.File){
		"other format":       func(f *safetensors.File) { f.Metadata["format"] = "pt" },
		"later version":      func(f *safetensors.File) { f.Metadata["version"] = "3" },
		"other encoding":     func(f *safetensors.File) { f.Metadata["encoding"] = "frame" },
		"unknown activation": func(f *safetensors.File) { f.Metadata["activation"] = "relu" },
		"unknown xi":         func(f *safetensors.File) { f.Metadata["xi"] = "1/r2" },
		"unknown weight":     func(f *safetensors.File) { f.Metadata["edge_weight"] = "spin" },
		"unknown box":        func(f *safetensors.File) { f.Metadata["box"] = "tilted" },
		"unknown sampler":    func(f *safetensors.File) { f.Metadata["sampler"] = "" },
		"no cutoff":          func(f *safetensors.File) { delete(f.Metadata, "cutoff") },
		"negative cutoff":    func(f *safetensors.File) { f.Metadata["cutoff"] = "-1" },
		"NaN cutoff":         func(f *safetensors.File) { f.Metadata["cutoff"] = "NaN" },
		"infinite cutoff":    func(f *safetensors.File) { f.Metadata["cutoff"] = "+Inf" },
		"overflowing cutoff": func(f *safetensors.File) { f.Metadata["cutoff"] = "1e999" },
		"no features":        func(f *safetensors.File) { f.Metadata["features"] = "0" },
		"negative features":  func(f *safetensors.File) { f.Metadata["features"] = "-2" },
		"many features":      func(f *safetensors.File) { f.Metadata["node_features"] = "9223372036854775807" },
		"other features":     func(f *safetensors.File) { f.Metadata["features"] = "3" },
		"negative seed":      func(f *safetensors.File) { f.Metadata["seed"] = "-1" },
		"omega":              func(f *safetensors.File) { f.Metadata["omega"] = "four" },
		"no species":         func(f *safetensors.File) { delete(f.Tensors, "species") },
		"species as numbers": func(f *safetensors.File) { f.Tensors["species"] = numbers([]int{2}, 1, 2) },
		"empty species":      func(f *safetensors.File) { f.Tensors["species"] = safetensors.Tensor{Shape: []int{0}, I64: []int64{}} },
		"unsorted species":   func(f *safetensors.File) { f.Tensors["species"].I64[1] = -9 },
		"repeated species":   func(f *safetensors.File) { f.Tensors["species"].I64[1] = -7 },
		"no offset":          func(f *safetensors.File) { delete(f.Tensors, "energy.offset") },
		"two offsets":        func(f *safetensors.File) { f.Tensors["energy.offset"] = numbers([]int{2}, 1, 2) },
		"NaN offset":         func(f *safetensors.File) { f.Tensors["energy.offset"].F64[0] = nan },
		"transposed": func(f *safetensors.File) {
			x := f.Tensors["edge.bias"]
			x.Shape = []int{2, 3}
			f.Tensors["edge.bias"] = x
		},
		"infinite weight":    func(f *safetensors.File) { f.Tensors["edge.weight"].F64[3] = inf },
		"infinite node":      func(f *safetensors.File) { f.Tensors["node.coefficient"].F64[3] = -inf },
		"short node":         func(f *safetensors.File) { f.Tensors["node.weight"] = numbers([]int{1, 1}, 1) },
		"NaN range":          func(f *safetensors.File) { f.Tensors["edge.range"].F64[7] = nan },
		"range from below 0": func(f *safetensors.File) { f.Tensors["edge.range"].F64[6] = -1 },
		"range from within":  func(f *safetensors.File) { f.Tensors["edge.range"].F64[6] = 1.2 },
		"range to infinity":  func(f *safetensors.File) { f.Tensors["edge.range"].F64[8] = inf },
		"logarithm from 0":   func(f *safetensors.File) { f.Metadata["xi"], f.Tensors["edge.range"].F64[6] = "log", 0 },
		"damping of what":    func(f *safetensors.File) { f.Metadata["damping"] = "all" },
		"no damping":         func(f *safetensors.File) { f.Metadata["damping"] = "species" },
		"damping of nobody":  func(f *safetensors.File) { f.Metadata["damping"], f.Tensors["damping"] = "body", numbers([]int{0}) },
		"infinite damping": func(f *safetensors.File) {
			f.Metadata["damping"], f.Tensors["damping"] = "body", numbers([]int{1}, inf)
		},
		"short coupling":    func(f *safetensors.File) { f.Tensors["edge.coupling"] = numbers([]int{1, 2, 3}, 1, 2, 3, 4, 5, 6) },
		"series of what":    func(f *safetensors.File) { f.Metadata["series"] = "all" },
		"series of no step": func(f *safetensors.File) { f.Metadata["series"] = "boole" },
		"integer coefficient": func(f *safetensors.File) {
			f.Tensors["energy.offset"] = safetensors.Tensor{Shape: []int{1}, I64: []int64{1}}
		},
	} {
		f, err := safetensors.Unmarshal(good)
		if err != nil {
			t.Fatal(err)
		}
		change(&f)
		if m, err := unmarshal(safetensors.Marshal(f)); err == nil {
			t.Errorf("%s: accepted as %+v", name, m)
		}
	}
}

func numbers(shape []int, x ...float64) safetensors.Tensor {
	return safetensors.Tensor{Shape: shape, F64: x}
}

func TestLoadErrors(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "m")
	if _, err := Load(name); !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), name+": ") || strings.Count(err.Error(), name) != 1 {
		t.Errorf("no file: %v", err)
	}
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("a folder: %v", err)
	}
	if err := os.WriteFile(name, []byte("no model"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(name); err == nil || !strings.HasPrefix(err.Error(), name+": not a model: ") {
		t.Errorf("no model: %v", err)
	}
	if err := os.Truncate(name, maxModelFile+1); err != nil { // a file of holes
		t.Fatal(err)
	}
	if _, err := Load(name); err == nil || !strings.Contains(err.Error(), "too many") {
		t.Errorf("a huge file: %v", err)
	}
	if err := smallModel(t).Save(filepath.Join(dir, "missing", "m")); err == nil {
		t.Error("saved in a folder that does not exist")
	}
}

// What unmarshal accepts can be written again and read again; nothing panics.
func FuzzUnmarshal(f *testing.F) {
	good := smallModel(f).marshal()
	file, err := safetensors.Unmarshal(good)
	if err != nil {
		f.Fatal(err)
	}
	for key, value := range file.Metadata {
		f.Add(key, value, "edge.range", 0, math.Inf(1))
	}
	for name := range file.Tensors {
		f.Add("", "", name, 1, -1.5)
	}
	f.Fuzz(func(t *testing.T, key, value, tensor string, at int, x float64) {
		if !json.Valid([]byte(`"`+value+`"`)) || !json.Valid([]byte(`"`+key+`"`)) {
			return
		}
		file, err := safetensors.Unmarshal(good)
		if err != nil {
			t.Fatal(err)
		}
		if key != "" && key != "sha256" {
			file.Metadata[key] = value
		}
		if v := file.Tensors[tensor].F64; at >= 0 && at < len(v) {
			v[at] = x
		}
		m, err := unmarshal(safetensors.Marshal(file))
		if err != nil {
			return
		}
		again, err := unmarshal(m.marshal())
		if err != nil || !bytes.Equal(again.marshal(), m.marshal()) {
			t.Errorf("another model, or %v", err)
		}
		frame := &Frame{Dim: 1, Species: []int{3, 3}, Mass: []float64{1, 1}, Q: []float64{0, 1}, P: []float64{0, 1}}
		m.Energy(frame, nil)
	})
}
