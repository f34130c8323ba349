package hgn

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/rapidhgn/rapidhgn/hgn/internal/manybody"
	"github.com/rapidhgn/rapidhgn/internal/safetensors"
)

// Names of the arrays of the file of a model in the encoding ManyBody, for S species, F
// invariants and C sets of coefficients, the first that of the model.
const (
	tensorCoefficient = "coefficient"     // C × S·(K+1), K features of each species, then the energies of the species
	tensorMean        = "invariant.mean"  // S×F
	tensorInverse     = "invariant.scale" // S×F, 1 over standard deviations
	tensorSelected    = "selected"        // the features that are there of those that metadata count, ascending; absent: all
	tensorDeviation   = "deviation"       // scale and floor of forces, of energies, largest spread of the energy of a body in the data
)

// Names of its metadata, beside those of other models.
const (
	keyShortest     = "shortest"
	keyBasis        = "basis" // which features there are
	keyEnergyWeight = "energy_weight"
	keyForceWeight  = "force_weight"
	keyStressWeight = "stress_weight"
	keyStressUnit   = "stress_unit"
)

// manyBodySettings are the options that a model was trained with.
type manyBodySettings struct {
	ridge, rcond          float64
	energy, force, stress float64
	stressUnit            float64
	seed                  uint64
}

func manyBodySettingsOf(o *Options) manyBodySettings {
	w := &o.Materials
	return manyBodySettings{o.Ridge, o.RCond, w.EnergyWeight, w.ForceWeight, w.StressWeight, w.StressUnit, o.Seed}
}

// file is that of [hamiltonian].
func (m *manyBodyModel) file() safetensors.File {
	types := make([]int64, len(m.types))
	for i, s := range m.types {
		types[i] = int64(s)
	}
	p, s, d := &m.potential, &m.settings, &m.deviation
	spec := p.Basis.Spec()
	box, basis := "free", basisAll
	if spec.Pairs {
		basis = basisPairs
	}
	if m.periodic {
		box = "periodic"
	}
	invariants := len(p.Scaling.Mean) / len(types)
	file := safetensors.File{
		Metadata: map[string]string{
			keyFormat:       formatName,
			keyEncoding:     ManyBody.String(),
			keyBox:          box,
			keyCutoff:       shortest(spec.Cutoff),
			keyShortest:     shortest(spec.Min),
			keyBasis:        basis,
			keyFeatures:     strconv.Itoa(spec.Columns),
			keyRidge:        shortest(s.ridge),
			keyRCond:        shortest(s.rcond),
			keyEnergyWeight: shortest(s.energy),
			keyForceWeight:  shortest(s.force),
			keyStressWeight: shortest(s.stress),
			keyStressUnit:   shortest(s.stressUnit),
			keySeed:         strconv.FormatUint(s.seed, 10),
		},
		Tensors: map[string]safetensors.Tensor{
			tensorSpecies:     {Shape: []int{len(types)}, I64: types},
			tensorCoefficient: {Shape: []int{p.Sets(), p.Basis.Width()}, F64: p.Theta},
			tensorMean:        {Shape: []int{len(types), invariants}, F64: p.Scaling.Mean},
			tensorInverse:     {Shape: []int{len(types), invariants}, F64: p.Scaling.Inverse},
			tensorDeviation:   {Shape: []int{5}, F64: []float64{d.force.scale, d.force.floor, d.energy.scale, d.energy.floor, d.largest}},
		},
	}
	if m.selected != nil {
		selected := make([]int64, len(m.selected))
		for i, k := range m.selected {
			selected[i] = int64(k)
		}
		file.Tensors[tensorSelected] = safetensors.Tensor{Shape: []int{len(selected)}, I64: selected}
	}
	if m.equations != nil {
		m.equations.store(&file)
	}
	m.reference.save(&file)
	file.Metadata[keyVersion] = manyBodyVersion // with a reference or without
	return file
}

// Values of keyBasis.
const (
	basisAll   = "2"
	basisPairs = "pairs"
)

// loadManyBody is the inverse of [manyBodyModel.file].
func loadManyBody(file safetensors.File) (hamiltonian, error) {
	m := new(manyBodyModel)
	s := &m.settings
	var spec manybody.Spec
	r := metadataReader{meta: file.Metadata}
	r.get(keyBox, func(v string) error { m.periodic = v == "periodic"; return oneOf("free", "periodic")(v) })
	r.get(keyCutoff, finiteInto(&spec.Cutoff))
	r.get(keyShortest, finiteInto(&spec.Min))
	r.get(keyBasis, func(v string) error { spec.Pairs = v == basisPairs; return oneOf(basisAll, basisPairs)(v) })
	r.get(keyFeatures, countInto(&spec.Columns))
	r.get(keyRidge, finiteInto(&s.ridge))
	r.get(keyRCond, finiteInto(&s.rcond))
	r.get(keyEnergyWeight, finiteInto(&s.energy))
	r.get(keyForceWeight, finiteInto(&s.force))
	r.get(keyStressWeight, finiteInto(&s.stress))
	r.get(keyStressUnit, finiteInto(&s.stressUnit))
	r.get(keySeed, func(v string) (err error) { s.seed, err = strconv.ParseUint(v, 10, 64); return err })
	if r.failed != nil {
		return nil, r.failed
	}
	if !(spec.Min >= 0 && spec.Min < spec.Cutoff) {
		return nil, fmt.Errorf("metadata %q is %v under a cutoff of %v", keyShortest, spec.Min, spec.Cutoff)
	}
	if err := m.setTypes(file.Tensors[tensorSpecies].I64); err != nil {
		return nil, err
	}
	species := len(m.types)
	spec.Species = species
	if species*spec.Columns > MaxFeatures+species {
		return nil, fmt.Errorf("%d features of %d species are more than %d", spec.Columns, species, MaxFeatures)
	}
	m.potential.Basis = manybody.NewBasis(spec)
	if t, ok := file.Tensors[tensorSelected]; ok {
		for i, k := range t.I64 {
			if k < 0 || k >= int64(spec.Columns) || i > 0 && k <= t.I64[i-1] {
				return nil, fmt.Errorf("%q is not a list of features", tensorSelected)
			}
			m.selected = append(m.selected, int(k))
		}
		if len(m.selected) == 0 {
			return nil, fmt.Errorf("%q is empty", tensorSelected)
		}
		m.potential.Basis, _ = m.potential.Basis.Subset(m.selected)
	}
	arrays := arrayReader{file: file}
	sets := 1
	if shape := file.Tensors[tensorCoefficient].Shape; len(shape) == 2 && shape[0] > 0 && shape[0] <= maxMembers+1 {
		sets = shape[0]
	}
	m.potential.Theta = arrays.get(tensorCoefficient, sets, m.potential.Basis.Width())
	invariants := m.potential.Basis.Invariants()
	m.potential.Scaling = &manybody.Scaling{
		Mean:    arrays.get(tensorMean, species, invariants),
		Inverse: arrays.get(tensorInverse, species, invariants),
	}
	if d := arrays.get(tensorDeviation, 5); arrays.failed == nil {
		m.deviation = deviation{calibration{d[0], d[1]}, calibration{d[2], d[3]}, d[4]}
	}
	if arrays.failed == nil {
		m.equations, arrays.failed = loadEquations(file, m.potential.Basis.Width(), species)
	}
	if arrays.failed != nil {
		return nil, arrays.failed
	}
	reference, err := loadReference(&file, m.types)
	m.refer(reference)
	return m, err
}

// setTypes takes over the species of a file.
func (t *speciesTable) setTypes(types []int64) error {
	for _, s := range types {
		if int64(int(s)) != s {
			return fmt.Errorf("%q holds %d", tensorSpecies, s)
		}
		t.types = append(t.types, int(s))
	}
	if len(types) == 0 || len(types) > MaxFeatures || !slices.IsSorted(t.types) || len(slices.Compact(slices.Clone(t.types))) != len(types) {
		return fmt.Errorf("%q is not a list of species", tensorSpecies)
	}
	return nil
}

// An arrayReader looks arrays of numbers up until one fails.
type arrayReader struct {
	file   safetensors.File
	failed error
}

// get returns the array of the given name and shape, whose numbers must be finite.
func (r *arrayReader) get(name string, shape ...int) []float64 {
	t := r.file.Tensors[name]
	if t.F64 == nil || !slices.Equal(t.Shape, shape) {
		r.failed = fmt.Errorf("%q is not an array of %v numbers", name, shape)
		return nil
	}
	for _, v := range t.F64 {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			r.failed = fmt.Errorf("%q holds %v", name, v)
		}
	}
	return t.F64
}
