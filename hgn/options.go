package hgn

import (
	"cmp"
	"fmt"
	"math"

	"github.com/rapidhgn/rapidhgn/internal/parallel"
	"github.com/rapidhgn/rapidhgn/kernels/dense"
)

// A Sampler says how the weights w and biases b of the hidden layers are drawn.
type Sampler uint8

const (
	DefaultSampler Sampler = iota // ELMWhitened; SWIM for LocalFrame
	ELM                           // w ~ N(0, 1), b ~ U(−1, 1)
	ELMWhitened                   // w = ω g/s, b = β − w μ; g ~ N(0, 1), β ~ U(−3, 3), stratified; μ, s: mean, standard deviation of the inputs
	SWIM                          // w, b from pairs of inputs (Bolager et al., NeurIPS 2023)
	ASWIM                         // networks alone: SWIM, pairs drawn in proportion to |ΔH|/|Δx| of a first fit
)

var samplerNames = [...]string{"elm-whitened", "elm", "elm-whitened", "swim", "aswim"}

func (s Sampler) String() string {
	if int(s) < len(samplerNames) {
		return samplerNames[s]
	}
	return fmt.Sprintf("Sampler(%d)", uint8(s))
}

// ParseSampler is the inverse of [Sampler.String].
func ParseSampler(name string) (Sampler, error) {
	for s := ELM; int(s) < len(samplerNames); s++ {
		if samplerNames[s] == name {
			return s, nil
		}
	}
	return 0, fmt.Errorf("unknown sampler %q (want elm, elm-whitened, swim or aswim)", name)
}

// Xi is the function ξ of the distance r that edge features are functions of.
type Xi uint8

const (
	Distance        Xi = iota // ξ = r
	DistanceSquared           // ξ = r², smooth at r = 0: springs of zero rest length
	LogDistance               // ξ = log r; features times the product of charges, or of masses where the first frame has no charge other than 0: Coulomb, gravity
	InverseDistance           // ξ = 1/r, with the same products
)

var xiNames = [...]string{"r", "r2", "log", "1/r"}

func (x Xi) String() string {
	if int(x) < len(xiNames) {
		return xiNames[x]
	}
	return fmt.Sprintf("Xi(%d)", uint8(x))
}

// ParseXi is the inverse of [Xi.String].
func ParseXi(name string) (Xi, error) {
	for x, n := range xiNames {
		if n == name {
			return Xi(x), nil
		}
	}
	return 0, fmt.Errorf("unknown xi %q (want r, r2, log or 1/r)", name)
}

// derivatives returns ξ, ξ′ and ξ″ at r.
func (x Xi) derivatives(r float64) (xi, xi1, xi2 float64) {
	switch x {
	case DistanceSquared:
		return r * r, 2 * r, 2
	case LogDistance:
		return math.Log(r), 1 / r, -1 / (r * r)
	case InverseDistance:
		return 1 / r, -1 / (r * r), 2 / (r * r * r)
	}
	return r, 1, 0
}

// weighted says whether features are multiplied by charges or masses. They are then not
// defined at r = 0.
func (x Xi) weighted() bool { return x == LogDistance || x == InverseDistance }

// Options says how [Train] builds and fits a model. The zero value of every
// field but Graph and Cutoff, of which exactly one is given, is the default.
type Options struct {
	Graph    *Graph  // fixed edges
	Cutoff   float64 // edges between all pairs closer than this; unit of length
	Periodic bool    // differences are reduced to the nearest image in the periodic directions of a frame's box

	Encoding     Encoding // default Invariant
	Sampler      Sampler
	Activation   dense.Activation // of all features; default dense.Gaussian, for LocalFrame dense.Softplus
	Xi           Xi               // input of the edge features
	Widen        float64          // of Invariant: features hold this far beyond the distances seen, as a fraction of the range of these, before V′ goes on linearly; default 0
	Omega        float64          // ω of ELMWhitened, dimensionless; default 1 for fixed edges, 4 under a cutoff
	Features     int              // edge features per pair of species; of networks: features of edges and of messages; default 64, for LocalFrame 256; of ManyBody: features of all species, default what generalised cross-validation says
	NodeFeatures int              // node features per species, beside the linear one; default 16, for LocalFrame 256
	EdgeReadout  bool             // networks alone: H is a function of Σ g, too

	Series   Series  // of Invariant, and Difference of networks: equations from frames as a time series, in place of their forces
	DT       float64 // with Series: the time that [Frame.Step] counts; default: the frames have a Time
	Damping  Damping // of Invariant: friction, solved for together with H
	Coupling bool    // of Invariant: pairs have a kinetic energy f(r) p_i·p_j + g(r) (p_i·u)(p_j·u), u = (q_j − q_i)/r, of features as V has and a constant. Equations of ṗ and q̇ then count alike, in the units of the frames. P and QDot must both be observed; with Series, P

	Reference *Reference // of Invariant and ManyBody: a pair potential to start from; default none

	Materials Materials // of ManyBody

	Ridge float64 // ridge μ relative to σ₁, see lsq.Options; default 1e-16 unless RCond is set, of ManyBody and with Series the one of most evidence. Given, it is that of the features themselves, see Train
	RCond float64 // instead of a ridge: singular values below RCond·σ₁ are cut off; negative: none. Given, as Ridge

	Seed    uint64 // of the sampled weights; the same seed and data give the same model
	Workers int    // goroutines; default GOMAXPROCS. The result does not depend on it
	Repeat  int    // trainings to time; default 1. The result does not depend on it
}

// withDefaults returns o with defaults filled in, or what is wrong with it.
func (o Options) withDefaults() (Options, error) {
	switch {
	case (o.Graph == nil) == (o.Cutoff == 0):
		return o, fmt.Errorf("hgn: exactly one of fixed edges and a cutoff is needed")
	case o.Graph == nil && !(o.Cutoff > 0 && o.Cutoff < math.Inf(1)):
		return o, fmt.Errorf("hgn: cutoff %v is not a positive length", o.Cutoff)
	case int(o.Encoding) >= len(encodingNames):
		return o, fmt.Errorf("hgn: unknown encoding %d", o.Encoding)
	case int(o.Sampler) >= len(samplerNames):
		return o, fmt.Errorf("hgn: unknown sampler %d", o.Sampler)
	case o.Activation > dense.Sigmoid:
		return o, fmt.Errorf("hgn: unknown activation %d", o.Activation)
	case int(o.Xi) >= len(xiNames):
		return o, fmt.Errorf("hgn: unknown xi %d", o.Xi)
	case o.Features < 0 || o.NodeFeatures < 0 || o.Features > MaxFeatures || o.NodeFeatures > MaxFeatures:
		return o, fmt.Errorf("hgn: the number of features is not in 0…%d", MaxFeatures)
	case o.Repeat < 0:
		return o, fmt.Errorf("hgn: repeat %d is negative", o.Repeat)
	case !(o.Omega >= 0 && o.Omega < math.Inf(1)):
		return o, fmt.Errorf("hgn: omega %v is not a positive number", o.Omega)
	case !(o.Widen >= 0 && o.Widen <= 1):
		return o, fmt.Errorf("hgn: widen %v is not in 0…1", o.Widen)
	case !(o.Ridge >= 0 && o.Ridge < math.Inf(1)):
		return o, fmt.Errorf("hgn: ridge %v is not a number of at least 0", o.Ridge)
	case !(o.RCond < 1):
		return o, fmt.Errorf("hgn: rcond %v is not below 1", o.RCond)
	case o.RCond != 0 && o.Ridge != 0:
		return o, fmt.Errorf("hgn: rcond and ridge exclude each other")
	}
	if err := cmp.Or(o.checkEncoding(), o.checkSeries(), o.checkReference()); err != nil {
		return o, err
	}
	if o.Repeat == 0 {
		o.Repeat = 1
	}
	o.Workers = parallel.Workers(math.MaxInt, o.Workers) // what GOMAXPROCS is now
	switch o.Encoding {
	case ManyBody:
		return o.manyBodyDefaults()
	case LocalFrame:
		o.frameDefaults()
	}
	if o.Sampler == DefaultSampler {
		o.Sampler = ELMWhitened
	}
	if o.Activation == 0 {
		o.Activation = dense.Gaussian
	}
	if o.Omega == 0 {
		o.Omega = 1
		if o.Graph == nil {
			o.Omega = 4
		}
	}
	if o.Features == 0 {
		o.Features = 64
	}
	if o.NodeFeatures == 0 {
		o.NodeFeatures = 16
		if o.Encoding == InvariantNetwork {
			o.NodeFeatures = 64
		}
	}
	if o.RCond == 0 && o.Ridge == 0 && (o.Series == NoSeries || o.Encoding != Invariant) {
		o.Ridge = defaultRidge
	}
	return o, nil
}

// defaultRidge is that of problems whose ridge is not chosen by evidence.
const defaultRidge = 1e-16

// network says whether the encoding is one of the networks of arXiv 2506.06558.
func (e Encoding) network() bool { return e == LocalFrame || e == InvariantNetwork }

// checkEncoding returns an error for an option that the encoding does not have.
func (o *Options) checkEncoding() error {
	network := o.Encoding.network()
	switch {
	case !network && o.Sampler == ASWIM:
		return fmt.Errorf("hgn: the sampler aswim is for networks; the encoding is %v", o.Encoding)
	case !network && o.EdgeReadout:
		return fmt.Errorf("hgn: edge features of the encoding %v are read out always", o.Encoding)
	case network && (o.Cutoff != 0 || o.Periodic):
		return fmt.Errorf("hgn: the encoding %v is for fixed edges in a free box", o.Encoding)
	case o.Encoding != Invariant && o.Xi != Distance:
		return fmt.Errorf("hgn: the encoding %v has inputs of its own and takes no xi", o.Encoding)
	case o.Encoding != Invariant && o.Widen != 0:
		return fmt.Errorf("hgn: the encoding %v has no range of distances to widen", o.Encoding)
	case o.Encoding == ManyBody && o.Graph != nil:
		return fmt.Errorf("hgn: the encoding %v needs a cutoff, not fixed edges", o.Encoding)
	}
	return nil
}

// manyBodyDefaults is withDefaults for [ManyBody].
func (o Options) manyBodyDefaults() (Options, error) {
	var err error
	o.Materials, err = o.Materials.withDefaults()
	return o, err
}

// frameDefaults fills in what [LocalFrame] has of its own.
func (o *Options) frameDefaults() {
	if o.Sampler == DefaultSampler {
		o.Sampler = SWIM
	}
	if o.Activation == 0 {
		o.Activation = dense.Softplus
	}
	if o.Features == 0 {
		o.Features = 256
	}
	if o.NodeFeatures == 0 {
		o.NodeFeatures = 256
	}
}

// MaxFeatures bounds the features of a model, over all its species: the factor of
// a problem of 2¹⁴ columns is 2 GB.
const MaxFeatures = 1 << 14
