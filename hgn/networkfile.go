package hgn

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/hgn/internal/network"
	"github.com/rapidhgn/rapidhgn/internal/safetensors"
	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// Names of the metadata that files of networks have of their own, and of their arrays
// beside those of [pairModel.file], for M node features, K edge features, as many
// features of messages, d node inputs and e edge inputs.
const (
	keyDim         = "dimensions"
	keyEdgeReadout = "edge_readout"

	tensorMessageA = "message.sender"   // A, K×M
	tensorMessageB = "message.receiver" // B, K×M
	tensorMessageC = "message.edge"     // C, K×K
	tensorMessageD = "message.bias"     // K
	tensorTheta    = "coefficient"      // of Σ h, Σ m and, if edges are read out, Σ g
)

// file is that of [hamiltonian].
func (m *networkModel) file() safetensors.File {
	s := &m.settings
	matrix := func(x blas64.General) safetensors.Tensor {
		return safetensors.Tensor{Shape: []int{x.Rows, x.Cols}, F64: x.Data}
	}
	vector := func(x []float64) safetensors.Tensor { return safetensors.Tensor{Shape: []int{len(x)}, F64: x} }
	file := safetensors.File{
		Metadata: map[string]string{
			keyFormat:      formatName,
			keyVersion:     formatVersion,
			keyEncoding:    m.encoding().String(),
			keyActivation:  s.activation.String(),
			keySampler:     s.sampler.String(),
			keyOmega:       shortest(s.omega),
			keyRCond:       shortest(s.rcond),
			keyRidge:       shortest(s.ridge),
			keyFeatures:    strconv.Itoa(s.features),
			keyNode:        strconv.Itoa(s.nodeFeatures),
			keySeed:        strconv.FormatUint(s.seed, 10),
			keyDim:         strconv.Itoa(m.Dim),
			keyEdgeReadout: strconv.FormatBool(m.EdgeReadout),
		},
		Tensors: map[string]safetensors.Tensor{
			tensorSpecies:  {Shape: []int{1}, I64: []int64{int64(m.species)}},
			tensorNodeW:    matrix(m.WV),
			tensorNodeB:    vector(m.BV),
			tensorEdgeW:    matrix(m.WE),
			tensorEdgeB:    vector(m.BE),
			tensorEdgeR:    vector([]float64{m.lo, m.hi}),
			tensorMessageA: matrix(m.A),
			tensorMessageB: matrix(m.B),
			tensorMessageC: matrix(m.C),
			tensorMessageD: vector(m.BM),
			tensorTheta:    vector(m.Theta),
			tensorConstant: vector([]float64{m.Offset}),
		},
	}
	s.describeSeries(file.Metadata)
	return file
}

// loadNetwork is the inverse of [networkModel.file].
func loadNetwork(file safetensors.File) (hamiltonian, error) {
	m := new(networkModel)
	shape := network.Shape{}
	s := &m.settings
	r := metadataReader{meta: file.Metadata}
	r.get(keyEncoding, func(v string) error {
		if v == InvariantNetwork.String() {
			shape.Inputs = network.Invariant
		}
		return nil
	})
	r.get(keyActivation, func(v string) (err error) { s.activation, err = dense.ParseActivation(v); return err })
	r.get(keySampler, func(v string) (err error) { s.sampler, err = ParseSampler(v); return err })
	r.get(keyOmega, finiteInto(&s.omega))
	r.get(keyRCond, finiteInto(&s.rcond))
	r.get(keyRidge, finiteInto(&s.ridge))
	r.get(keyFeatures, countInto(&s.features))
	r.get(keyNode, countInto(&s.nodeFeatures))
	r.get(keySeed, func(v string) (err error) { s.seed, err = strconv.ParseUint(v, 10, 64); return err })
	r.get(keyDim, func(v string) (err error) {
		if shape.Dim, err = strconv.Atoi(v); err == nil && (shape.Dim < 1 || shape.Dim > 3) {
			err = fmt.Errorf("%s is not in 1…3", v)
		}
		return err
	})
	r.get(keyEdgeReadout, func(v string) (err error) { shape.EdgeReadout, err = strconv.ParseBool(v); return err })
	s.readSeries(&r)
	if r.failed != nil {
		return nil, r.failed
	}
	shape.Activation, shape.Node, shape.Edge, shape.Message = s.activation, s.nodeFeatures, s.features, s.features
	// Before memory is taken for the sizes that the metadata give, the arrays must have them.
	if c := file.Tensors[tensorMessageC].Shape; !slices.Equal(c, []int{s.features, s.features}) ||
		!slices.Equal(file.Tensors[tensorMessageA].Shape, []int{s.features, s.nodeFeatures}) {
		return nil, fmt.Errorf("%q and %q do not have the sizes of the metadata", tensorMessageA, tensorMessageC)
	}
	m.Network = network.New(shape)
	var failed error
	read := func(name string, dst []float64, shape ...int) {
		x := file.Tensors[name]
		if x.F64 == nil || !slices.Equal(x.Shape, shape) {
			failed = fmt.Errorf("%q is not an array of %v numbers", name, shape)
			return
		}
		for _, v := range x.F64 {
			if math.IsNaN(v) || math.IsInf(v, 0) && name != tensorEdgeR {
				failed = fmt.Errorf("%q holds %v", name, v)
			}
		}
		copy(dst, x.F64)
	}
	matrix := func(name string, x blas64.General) { read(name, x.Data, x.Rows, x.Cols) }
	vector := func(name string, x []float64) { read(name, x, len(x)) }
	var edges [2]float64
	var offset [1]float64
	matrix(tensorNodeW, m.WV)
	vector(tensorNodeB, m.BV)
	matrix(tensorEdgeW, m.WE)
	vector(tensorEdgeB, m.BE)
	vector(tensorEdgeR, edges[:])
	matrix(tensorMessageA, m.A)
	matrix(tensorMessageB, m.B)
	matrix(tensorMessageC, m.C)
	vector(tensorMessageD, m.BM)
	vector(tensorTheta, m.Theta)
	vector(tensorConstant, offset[:])
	species := file.Tensors[tensorSpecies].I64
	if len(species) != 1 || int64(int(species[0])) != species[0] {
		failed = fmt.Errorf("%q is not one species", tensorSpecies)
	}
	if failed != nil {
		return nil, failed
	}
	m.lo, m.hi, m.Offset, m.species = edges[0], edges[1], offset[0], int(species[0])
	return m, nil
}
