package hgn

import (
	"fmt"

	"github.com/rapidhgn/rapidhgn/internal/safetensors"
)

// Names of a reference in the file of a model.
const (
	keyReference      = "reference"       // zbl or table, if there is one
	keyReferenceInner = "reference_inner" // of zbl
	keyReferenceOuter = "reference_outer"
	tensorPairTable   = "reference.%d.%d" // of table, for two species: n×3, distances, energies, forces
)

// save adds p to the file of a model.
func (p *Reference) save(file *safetensors.File) {
	if p == nil {
		return
	}
	file.Metadata[keyVersion] = motionVersion
	if p.outer > 0 {
		file.Metadata[keyReference] = "zbl"
		file.Metadata[keyReferenceInner], file.Metadata[keyReferenceOuter] = shortest(p.inner), shortest(p.outer)
		return
	}
	file.Metadata[keyReference] = "table"
	for i := range p.tables {
		t := &p.tables[i]
		var x []float64
		for k, r := range t.R {
			x = append(x, r, t.Energy[k], t.Force[k])
		}
		file.Tensors[fmt.Sprintf(tensorPairTable, t.Species[0], t.Species[1])] = safetensors.Tensor{Shape: []int{len(t.R), 3}, F64: x}
	}
}

// loadReference is the inverse of [Reference.save].
func loadReference(file *safetensors.File, types []int) (p *Reference, err error) {
	if _, ok := file.Metadata[keyReference]; !ok {
		return nil, nil
	}
	kind := ""
	r := metadataReader{meta: file.Metadata}
	r.get(keyReference, func(v string) error { kind = v; return oneOf("zbl", "table")(v) })
	if kind == "zbl" {
		var inner, outer float64
		r.get(keyReferenceInner, finiteInto(&inner))
		r.get(keyReferenceOuter, finiteInto(&outer))
		if r.failed == nil {
			p, r.failed = NewZBL(inner, outer)
		}
		return p, r.failed
	}
	if r.failed != nil {
		return nil, r.failed
	}
	var tables []PairTable
	for b, tb := range types {
		for _, ta := range types[:b+1] {
			name := fmt.Sprintf(tensorPairTable, ta, tb)
			x, ok := file.Tensors[name]
			if !ok {
				continue
			}
			if len(x.Shape) != 2 || x.Shape[1] != 3 || len(x.F64) != 3*x.Shape[0] {
				return nil, fmt.Errorf("%q is not an array of rows of 3 numbers", name)
			}
			t := PairTable{Species: [2]int{ta, tb}}
			for k := 0; k < len(x.F64); k += 3 {
				t.R, t.Energy, t.Force = append(t.R, x.F64[k]), append(t.Energy, x.F64[k+1]), append(t.Force, x.F64[k+2])
			}
			tables = append(tables, t)
		}
	}
	if len(tables) == 0 {
		return nil, fmt.Errorf("the tables of the reference are missing")
	}
	return NewTabulated(tables)
}
