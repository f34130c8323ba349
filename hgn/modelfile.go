package hgn

import (
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"github.com/rapidhgn/rapidhgn/internal/atomicfile"
	"github.com/rapidhgn/rapidhgn/internal/filecause"
	"github.com/rapidhgn/rapidhgn/internal/safetensors"
)

// Names of the arrays of a model file, for P pairs of species, S species, K edge
// features and M node features. Pairs are ordered (0,0), (0,1), (1,1), (0,2), …
const (
	tensorSpecies  = "species"          // S, the types, ascending
	tensorEdgeW    = "edge.weight"      // P×K
	tensorEdgeB    = "edge.bias"        // P×K
	tensorEdgeA    = "edge.coefficient" // P×K
	tensorEdgeR    = "edge.range"       // P×3, where features begin to hold, shortest and longest distance; ∞, ∞, −∞ for a pair never seen
	tensorNodeW    = "node.weight"      // S×M
	tensorNodeB    = "node.bias"        // S×M
	tensorNodeC    = "node.coefficient" // S×(1+M), the linear one first
	tensorConstant = "energy.offset"    // 1
	tensorDamping  = "damping"          // S or N for N bodies, if there is damping
	tensorCoupling = "edge.coupling"    // P×2×(1+K), if momenta are coupled: of p_i·p_j, the constant first, then of (p_i·u)(p_j·u)
)

// maxModelFile bounds what Load reads: 1 GiB.
const maxModelFile = 1 << 30

// Save writes m to the named file, a safetensors file with the settings of m in
// its metadata and a checksum over all of it. The same model gives the same bytes.
// The file is written under a temporary name and renamed.
func (m *Model) Save(name string) error { return atomicfile.Write(name, m.marshal()) }

// Load reads a model that [Model.Save] has written. The error names the file.
func Load(name string) (*Model, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, filecause.Read(err))
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	case info.IsDir():
		return nil, fmt.Errorf("%s: is a directory", name)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: is not a regular file", name)
	case info.Size() > maxModelFile:
		return nil, fmt.Errorf("%s: %d bytes are too many for a model", name, info.Size())
	}
	data, err := io.ReadAll(io.LimitReader(file, maxModelFile))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, filecause.Read(err))
	}
	m, err := unmarshal(data)
	if err != nil {
		return nil, fmt.Errorf("%s: not a model: %w", name, err)
	}
	return m, nil
}

// marshal returns the bytes of the file of m.
func (m *Model) marshal() []byte { return safetensors.Marshal(m.file()) }

// unmarshal is the inverse of marshal.
func unmarshal(data []byte) (*Model, error) {
	file, err := safetensors.Unmarshal(data)
	if err != nil {
		return nil, err
	}
	var encoding Encoding
	meta := metadataReader{meta: file.Metadata}
	meta.get(keyFormat, oneOf(formatName))
	meta.get(keyEncoding, func(v string) (err error) { encoding, err = ParseEncoding(v); return err })
	meta.get(keyVersion, func(v string) error { return checkVersion(encoding, v) })
	if meta.failed != nil {
		return nil, meta.failed
	}
	m, err := encodings[encoding].load(file)
	if err != nil {
		return nil, err
	}
	return &Model{m}, nil
}

// file is that of [hamiltonian].
func (m *pairModel) file() safetensors.File {
	pairs, species := len(m.radials), len(m.kinetics)
	k, n := m.settings.features, m.settings.nodeFeatures
	types := make([]int64, species)
	for i, s := range m.types {
		types[i] = int64(s)
	}
	var ew, eb, ea, er, nw, nb, nc []float64
	for i := range m.radials {
		v := &m.radials[i]
		ew, eb, ea, er = append(ew, v.w...), append(eb, v.b...), append(ea, v.a...), append(er, v.from, v.lo, v.hi)
	}
	for i := range m.kinetics {
		t := &m.kinetics[i]
		nw, nb, nc = append(nw, t.w...), append(nb, t.b...), append(nc, t.c...)
	}
	file := safetensors.File{
		Metadata: m.metadata(),
		Tensors: map[string]safetensors.Tensor{
			tensorSpecies:  {Shape: []int{species}, I64: types},
			tensorEdgeW:    {Shape: []int{pairs, k}, F64: ew},
			tensorEdgeB:    {Shape: []int{pairs, k}, F64: eb},
			tensorEdgeA:    {Shape: []int{pairs, k}, F64: ea},
			tensorEdgeR:    {Shape: []int{pairs, 3}, F64: er},
			tensorNodeW:    {Shape: []int{species, n}, F64: nw},
			tensorNodeB:    {Shape: []int{species, n}, F64: nb},
			tensorNodeC:    {Shape: []int{species, 1 + n}, F64: nc},
			tensorConstant: {Shape: []int{1}, F64: []float64{m.offset}},
		},
	}
	if gamma := m.friction.gamma; m.friction.of != NoDamping {
		file.Tensors[tensorDamping] = safetensors.Tensor{Shape: []int{len(gamma)}, F64: gamma}
	}
	if m.couplings != nil {
		var c []float64
		for i := range m.couplings {
			c = append(append(c, m.couplings[i].f...), m.couplings[i].g...)
		}
		file.Tensors[tensorCoupling] = safetensors.Tensor{Shape: []int{pairs, 2, 1 + k}, F64: c}
	}
	m.reference.save(&file)
	return file
}

// loadPairs is the inverse of [pairModel.file].
func loadPairs(file safetensors.File) (hamiltonian, error) {
	m := new(pairModel)
	if err := m.setMetadata(file.Metadata); err != nil {
		return nil, err
	}
	if err := m.setTypes(file.Tensors[tensorSpecies].I64); err != nil {
		return nil, err
	}
	species, pairs := len(m.types), pairCount(len(m.types))
	k, n := m.settings.features, m.settings.nodeFeatures
	var failed error
	array := func(name string, shape ...int) []float64 {
		x := file.Tensors[name].F64
		if x == nil || !slices.Equal(file.Tensors[name].Shape, shape) {
			failed = fmt.Errorf("%q is not an array of %v numbers", name, shape)
		}
		for _, v := range x {
			if math.IsNaN(v) || math.IsInf(v, 0) && name != tensorEdgeR {
				failed = fmt.Errorf("%q holds %v", name, v)
			}
		}
		return x
	}
	ew, eb := array(tensorEdgeW, pairs, k), array(tensorEdgeB, pairs, k)
	ea, er := array(tensorEdgeA, pairs, k), array(tensorEdgeR, pairs, 3)
	nw, nb, nc := array(tensorNodeW, species, n), array(tensorNodeB, species, n), array(tensorNodeC, species, 1+n)
	offset := array(tensorConstant, 1)
	var coupled []float64
	if _, ok := file.Tensors[tensorCoupling]; ok {
		coupled = array(tensorCoupling, pairs, 2, 1+k)
	}
	if of := m.friction.of; of != NoDamping {
		n := species
		if shape := file.Tensors[tensorDamping].Shape; of == BodyDamping && len(shape) == 1 && shape[0] > 0 {
			n = shape[0]
		}
		m.friction.gamma = array(tensorDamping, n)
	}
	if failed != nil {
		return nil, failed
	}
	m.offset = offset[0]
	for p := range pairs {
		from, lo, hi := er[3*p], er[3*p+1], er[3*p+2]
		if lo <= hi && !(from >= 0 && from <= lo && hi < math.Inf(1)) || from == 0 && m.xi.weighted() {
			return nil, fmt.Errorf("%q holds the range %v, %v…%v", tensorEdgeR, from, lo, hi)
		}
		v := radial{
			hidden: hidden{m.settings.activation, ew[p*k:][:k:k], eb[p*k:][:k:k]},
			xi:     m.xi, cutoff: m.cutoff, from: from, lo: lo, hi: hi,
		}
		v.setCoefficients(ea[p*k:][:k:k])
		m.radials = append(m.radials, v)
	}
	for p := range len(coupled) / (2 * (1 + k)) {
		c := coupled[2*p*(1+k):]
		m.couplings = append(m.couplings, coupling{&m.radials[p], c[: 1+k : 1+k], c[1+k:][: 1+k : 1+k]})
	}
	reference, err := loadReference(&file, m.types)
	if err != nil {
		return nil, err
	}
	m.refer(reference)
	for s := range species {
		t := kinetic{hidden: hidden{m.settings.activation, nw[s*n:][:n:n], nb[s*n:][:n:n]}}
		t.setCoefficients(nc[s*(n+1):][: n+1 : n+1])
		m.kinetics = append(m.kinetics, t)
	}
	return m, nil
}
