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
	features, nodeFeatures int
	seed                   uint64
}

func settingsOf(o *Options) settings {
	return settings{o.Sampler, o.Activation, o.Omega, o.RCond, o.Ridge, o.Features, o.NodeFeatures, o.Seed}
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
)

const (
	formatName    = "rapidhgn"
	formatVersion = "1"
	encodingName  = "invariant"
)

// metadata describes m; the checksum is still missing.
func (m *Model) metadata() map[string]string {
	box := "free"
	if m.periodic {
		box = "periodic"
	}
	s := &m.settings
	return map[string]string{
		keyFormat:     formatName,
		keyVersion:    formatVersion,
		keyEncoding:   encodingName,
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
}

// shortest formats x with as few digits as identify it.
func shortest(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// setMetadata is the inverse of metadata.
func (m *Model) setMetadata(meta map[string]string) error {
	var failed error
	get := func(key string, parse func(string) error) {
		if failed != nil {
			return
		}
		value, ok := meta[key]
		if !ok {
			failed = fmt.Errorf("metadata %q is missing", key)
		} else if err := parse(value); err != nil {
			failed = fmt.Errorf("metadata %q: %w", key, err)
		}
	}
	float := func(dst *float64) func(string) error {
		return func(v string) (err error) {
			if *dst, err = strconv.ParseFloat(v, 64); err == nil && !(*dst-*dst == 0) {
				err = fmt.Errorf("%s is not finite", v)
			}
			return err
		}
	}
	count := func(dst *int) func(string) error {
		return func(v string) (err error) {
			if *dst, err = strconv.Atoi(v); err == nil && (*dst < 1 || *dst > MaxFeatures) {
				err = fmt.Errorf("%s is not in 1…%d", v, MaxFeatures)
			}
			return err
		}
	}
	s := &m.settings
	get(keyFormat, oneOf(formatName))
	get(keyVersion, oneOf(formatVersion))
	get(keyEncoding, oneOf(encodingName))
	get(keyActivation, func(v string) (err error) { s.activation, err = dense.ParseActivation(v); return err })
	get(keyXi, func(v string) (err error) { m.xi, err = ParseXi(v); return err })
	get(keyWeight, func(v string) error {
		for w, name := range pairWeightNames {
			if name == v {
				m.weight = pairWeight(w)
				return nil
			}
		}
		return fmt.Errorf("unknown weight %q", v)
	})
	get(keyBox, func(v string) error { m.periodic = v == "periodic"; return oneOf("free", "periodic")(v) })
	get(keyCutoff, float(&m.cutoff))
	get(keySampler, func(v string) (err error) { s.sampler, err = ParseSampler(v); return err })
	get(keyOmega, float(&s.omega))
	get(keyRCond, float(&s.rcond))
	get(keyRidge, float(&s.ridge))
	get(keyFeatures, count(&s.features))
	get(keyNode, count(&s.nodeFeatures))
	get(keySeed, func(v string) (err error) { s.seed, err = strconv.ParseUint(v, 10, 64); return err })
	if failed == nil && m.cutoff < 0 {
		failed = fmt.Errorf("metadata %q is negative", keyCutoff)
	}
	return failed
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
