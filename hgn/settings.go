package hgn

import (
	"fmt"
	"strconv"

	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// settings are the options that a model was trained with, for the record. What
// is needed to use the model stands in other fields of it as well.
type settings struct {
	sampler                Sampler
	activation             dense.Activation
	omega, rcond, ridge    float64
	widen                  float64
	features, nodeFeatures int
	seed                   uint64
	series                 Series
	dt                     float64
}

func settingsOf(o *Options) settings {
	return settings{o.Sampler, o.Activation, o.Omega, o.RCond, o.Ridge, o.Widen, o.Features, o.NodeFeatures, o.Seed, o.Series, o.DT}
}

// Names of the metadata of a model file.
const (
	keyFormat     = "format"
	keyVersion    = "version"
	keyChecksum   = "sha256"
	keyEncoding   = "encoding"
	keyActivation = "activation"
	keyXi         = "xi"
	keyWeight     = "edge_weight"
	keyBox        = "box"
	keyCutoff     = "cutoff"
	keySampler    = "sampler"
	keyOmega      = "omega"
	keyRCond      = "rcond"
	keyRidge      = "ridge"
	keyFeatures   = "features"
	keyNode       = "node_features"
	keySeed       = "seed"
	keyWiden      = "widen"     // if it is not 0
	keySeries     = "series"    // if there is one,
	keyTimeStep   = "time_step" // and this then
	keyDamping    = "damping"   // if there is one
)

const (
	formatName    = "rapidhgn"
	formatVersion = "1"
	// motionVersion is that of models with friction or coupled momenta, which programs that
	// know the first version alone would take for models without.
	motionVersion = "2"
	// manyBodyVersion is that of models of the encoding ManyBody. Those of the other versions
	// had other orders of features, and their equations only the kinds that had a weight.
	manyBodyVersion = "3"
)

// checkVersion says whether a file of the given version can be read.
func checkVersion(e Encoding, version string) error {
	switch {
	case e != ManyBody:
		return oneOf(formatVersion, motionVersion)(version)
	case version == formatVersion || version == motionVersion:
		return fmt.Errorf("%q was written by an earlier version, whose features had another order; train the model again", version)
	}
	return oneOf(manyBodyVersion)(version)
}

// metadata describes m; the checksum is still missing.
func (m *pairModel) metadata() map[string]string {
	box := "free"
	if m.periodic {
		box = "periodic"
	}
	s := &m.settings
	meta := map[string]string{
		keyFormat:     formatName,
		keyVersion:    formatVersion,
		keyEncoding:   Invariant.String(),
		keyActivation: s.activation.String(),
		keyXi:         m.xi.String(),
		keyWeight:     pairWeightNames[m.weight],
		keyBox:        box,
		keyCutoff:     shortest(m.cutoff),
		keySampler:    s.sampler.String(),
		keyOmega:      shortest(s.omega),
		keyRCond:      shortest(s.rcond),
		keyRidge:      shortest(s.ridge),
		keyFeatures:   strconv.Itoa(s.features),
		keyNode:       strconv.Itoa(s.nodeFeatures),
		keySeed:       strconv.FormatUint(s.seed, 10),
	}
	if s.widen != 0 {
		meta[keyWiden] = shortest(s.widen)
	}
	s.describeSeries(meta)
	if m.friction.of != NoDamping {
		meta[keyDamping] = m.friction.of.String()
	}
	if m.friction.of != NoDamping || m.couplings != nil {
		meta[keyVersion] = motionVersion
	}
	return meta
}

// describeSeries adds the time series, if it is one, to the metadata.
func (s *settings) describeSeries(meta map[string]string) {
	if s.series != NoSeries {
		meta[keySeries], meta[keyTimeStep] = s.series.String(), shortest(s.dt)
	}
}

// readSeries is the inverse of describeSeries.
func (s *settings) readSeries(r *metadataReader) {
	if _, ok := r.meta[keySeries]; ok {
		r.get(keySeries, func(v string) (err error) { s.series, err = ParseSeries(v); return err })
		r.get(keyTimeStep, finiteInto(&s.dt))
	}
}

// shortest formats x with as few digits as identify it.
func shortest(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// A metadataReader looks metadata up until one fails.
type metadataReader struct {
	meta   map[string]string
	failed error
}

// get hands the value of key to parse.
func (r *metadataReader) get(key string, parse func(string) error) {
	if r.failed != nil {
		return
	}
	value, ok := r.meta[key]
	if !ok {
		r.failed = fmt.Errorf("metadata %q is missing", key)
	} else if err := parse(value); err != nil {
		r.failed = fmt.Errorf("metadata %q: %w", key, err)
	}
}

// setMetadata is the inverse of metadata, but for what [unmarshal] has looked at.
func (m *pairModel) setMetadata(meta map[string]string) error {
	r := metadataReader{meta: meta}
	s := &m.settings
	r.get(keyActivation, func(v string) (err error) { s.activation, err = dense.ParseActivation(v); return err })
	r.get(keyXi, func(v string) (err error) { m.xi, err = ParseXi(v); return err })
	r.get(keyWeight, func(v string) error {
		for w, name := range pairWeightNames {
			if name == v {
				m.weight = pairWeight(w)
				return nil
			}
		}
		return fmt.Errorf("unknown weight %q", v)
	})
	r.get(keyBox, func(v string) error { m.periodic = v == "periodic"; return oneOf("free", "periodic")(v) })
	r.get(keyCutoff, finiteInto(&m.cutoff))
	r.get(keySampler, func(v string) (err error) { s.sampler, err = ParseSampler(v); return err })
	r.get(keyOmega, finiteInto(&s.omega))
	r.get(keyRCond, finiteInto(&s.rcond))
	r.get(keyRidge, finiteInto(&s.ridge))
	r.get(keyFeatures, countInto(&s.features))
	r.get(keyNode, countInto(&s.nodeFeatures))
	r.get(keySeed, func(v string) (err error) { s.seed, err = strconv.ParseUint(v, 10, 64); return err })
	if _, ok := meta[keyWiden]; ok {
		r.get(keyWiden, finiteInto(&s.widen))
	}
	s.readSeries(&r)
	if _, ok := meta[keyDamping]; ok {
		r.get(keyDamping, func(v string) (err error) { m.friction.of, err = ParseDamping(v); return err })
	}
	if r.failed == nil && m.cutoff < 0 {
		r.failed = fmt.Errorf("metadata %q is negative", keyCutoff)
	}
	return r.failed
}

// finiteInto parses a finite number into dst.
func finiteInto(dst *float64) func(string) error {
	return func(v string) (err error) {
		if *dst, err = strconv.ParseFloat(v, 64); err == nil && !(*dst-*dst == 0) {
			err = fmt.Errorf("%s is not finite", v)
		}
		return err
	}
}

// countInto parses a number of features into dst.
func countInto(dst *int) func(string) error {
	return func(v string) (err error) {
		if *dst, err = strconv.Atoi(v); err == nil && (*dst < 1 || *dst > MaxFeatures) {
			err = fmt.Errorf("%s is not in 1…%d", v, MaxFeatures)
		}
		return err
	}
}

// oneOf accepts the given values.
func oneOf(values ...string) func(string) error {
	return func(v string) error {
		for _, want := range values {
			if v == want {
				return nil
			}
		}
		return fmt.Errorf("%q, want %q", v, values[0])
	}
}
