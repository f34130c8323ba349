package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/internal/filecause"
	"github.com/rapidhgn/rapidhgn/internal/npy"
	"github.com/rapidhgn/rapidhgn/internal/safetensors"
)

// arrays returns an .npz file with all that computes the pair potentials: for P pairs of
// species and K features
//
//	species                    P×2
//	weight, bias, coefficient  P×K
//	range                      P×3: where features begin to hold, shortest, longest distance
//	below, above               P×4: distance, value, slope, curvature of the parabolas outside
//	cutoff                     0 for fixed edges
//	xi, activation             text
//
// It refuses models on top of a reference, which is no sum of features.
func (f *exportFlags) arrays(m *hgn.Model, pairs []hgn.PairPotential) ([]byte, error) {
	data, err := os.ReadFile(f.model)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.model, filecause.Read(err))
	}
	file, err := safetensors.Unmarshal(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.model, err)
	}
	if file.Metadata["reference"] != "" {
		return nil, fmt.Errorf("%s: the arrays have no place for its reference potential: use -format lammps-table", f.model)
	}
	numbers := make(map[int64]int) // of the species
	for i, s := range file.Tensors["species"].I64 {
		numbers[s] = i
	}
	features := file.Tensors["edge.weight"].Shape[1]
	arrays := map[string][]float64{}
	for i := range pairs {
		v := &pairs[i]
		a, b := numbers[int64(v.Species[0])], numbers[int64(v.Species[1])]
		at := (b*(b+1)/2 + a) * features
		for _, name := range []string{"weight", "bias", "coefficient"} {
			arrays[name] = append(arrays[name], file.Tensors["edge."+name].F64[at:][:features]...)
		}
		arrays["species"] = append(arrays["species"], float64(v.Species[0]), float64(v.Species[1]))
		arrays["range"] = append(arrays["range"], v.From, v.Lo, v.Hi)
		arrays["below"] = append(arrays["below"], parabola(v, v.From, -1)...)
		arrays["above"] = append(arrays["above"], parabola(v, v.Hi, 1)...)
	}

	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	add := func(name string, content []byte) {
		w, err := archive.CreateHeader(&zip.FileHeader{Name: name + ".npy"})
		if err == nil {
			w.Write(content) // into memory: does not fail
		}
	}
	for _, a := range []struct {
		name string
		cols int
	}{{"species", 2}, {"weight", features}, {"bias", features}, {"coefficient", features}, {"range", 3}, {"below", 4}, {"above", 4}} {
		add(a.name, arrayBytes(npy.Float64(len(pairs), a.cols), arrays[a.name]))
	}
	add("cutoff", arrayBytes(npy.Float64(), []float64{m.Cutoff()}))
	for _, key := range []string{"xi", "activation"} {
		text := file.Metadata[key]
		h := npy.Header{Kind: 'U', Size: 4 * len(text)}
		add(key, npy.AppendText(h.Append(nil), text, h.Size))
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// parabola returns distance, value, slope and curvature of the parabola with which v
// continues beyond r in direction sign.
func parabola(v *hgn.PairPotential, r, sign float64) []float64 {
	value, slope := v.Eval(r)
	if sign > 0 {
		_, next := v.Eval(r + 1)
		return []float64{r, value, slope, next - slope}
	}
	_, next := v.Eval(r / 2)
	return []float64{r, value, slope, (slope - next) / (r / 2)}
}
