package hgn

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/rapidhgn/rapidhgn/internal/safetensors"
	"github.com/rapidhgn/rapidhgn/kernels/lsq"
)

// kindNames are those of the kinds of equations.
var kindNames = [kinds]string{energyKind: "energies", forceKind: "forces", stressKind: "stresses"}

// Names of the arrays of the equations, those of part number P and kind K.
const (
	keyEquations = "equations"        // metadata: JSON of equationsHeader
	tensorScale  = "equations.energy" // of an energyScale: median, spread, references

	tensorFactor = "equations.%d.factor.%s" // the bytes of lsq.Accumulator.MarshalBinary, eight to a number
	tensorSample = "equations.%d.sample.%s" // rows with right-hand sides; for stresses: of energies of bodies
)

// equationsHeader describes the parts.
type equationsHeader struct {
	Folds int          `json:"folds"`
	Parts []partHeader `json:"parts"`
}

type partHeader struct {
	Group  string  `json:"group"`
	Fold   int     `json:"fold"`
	Weight float64 `json:"weight"`
	Frames int     `json:"frames"`
}

// store adds eq to the content of a model file.
func (eq *manyBodyEquations) store(file *safetensors.File) {
	h := equationsHeader{Folds: eq.folds}
	for i, p := range eq.parts {
		h.Parts = append(h.Parts, partHeader{p.group, p.fold, p.weight, p.frames})
		for k, a := range p.factors {
			data, _ := a.MarshalBinary() // the error is always nil
			words := make([]int64, len(data)/8)
			for j := range words {
				words[j] = int64(binary.LittleEndian.Uint64(data[8*j:]))
			}
			file.Tensors[fmt.Sprintf(tensorFactor, i, kindNames[k])] = safetensors.Tensor{Shape: []int{len(words)}, I64: words}
			s := &p.samples[k]
			if s.len() > 0 {
				file.Tensors[fmt.Sprintf(tensorSample, i, kindNames[k])] = safetensors.Tensor{Shape: []int{s.len(), s.width}, F64: s.data}
			}
		}
	}
	text, err := json.Marshal(h)
	if err != nil {
		panic("hgn: " + err.Error()) // strings and finite numbers only
	}
	file.Metadata[keyEquations] = string(text)
	scale := append([]float64{eq.median, eq.spread}, eq.reference...)
	file.Tensors[tensorScale] = safetensors.Tensor{Shape: []int{len(scale)}, F64: scale}
}

// loadEquations is the inverse of store, for a model of so many columns and species; nil if
// the file has none.
func loadEquations(file safetensors.File, width, species int) (*manyBodyEquations, error) {
	text, ok := file.Metadata[keyEquations]
	if !ok {
		return nil, nil
	}
	var h equationsHeader
	if err := json.Unmarshal([]byte(text), &h); err != nil || h.Folds != 1 && h.Folds != splitFolds {
		return nil, fmt.Errorf("metadata %q does not describe equations", keyEquations)
	}
	arrays := arrayReader{file: file}
	scale := arrays.get(tensorScale, 2+species)
	if arrays.failed != nil {
		return nil, arrays.failed
	}
	eq := &manyBodyEquations{energyScale: energyScale{scale[2:], scale[0], scale[1]}, width: width, folds: h.Folds}
	for i, part := range h.Parts {
		if !(part.Weight >= 0 && part.Weight <= math.MaxFloat64) || part.Frames < 0 || part.Fold < 0 || part.Fold >= h.Folds ||
			i > 0 && cmp.Or(cmp.Compare(h.Parts[i-1].Group, part.Group), cmp.Compare(h.Parts[i-1].Fold, part.Fold)) >= 0 {
			return nil, fmt.Errorf("metadata %q: part %d is not one", keyEquations, i)
		}
		p := eq.part(part.Group, part.Fold)
		p.weight, p.frames = part.Weight, part.Frames
		for k, a := range p.factors {
			name := fmt.Sprintf(tensorFactor, i, kindNames[k])
			var data []byte
			for _, w := range file.Tensors[name].I64 {
				data = binary.LittleEndian.AppendUint64(data, uint64(w))
			}
			b := new(lsq.Accumulator)
			if err := b.UnmarshalBinary(data); err != nil || b.Cols() != width || b.RHS() != 1 {
				return nil, fmt.Errorf("%q is not a factor of %d columns", name, width)
			}
			b.Workers = a.Workers
			p.factors[k] = b
			name = fmt.Sprintf(tensorSample, i, kindNames[k])
			if t, ok := file.Tensors[name]; ok {
				if len(t.Shape) != 2 {
					return nil, fmt.Errorf("%q is not a matrix", name)
				}
				p.samples[k].data = slices.Clone(arrays.get(name, t.Shape[0], width+1))
			}
		}
	}
	return eq, arrays.failed
}
