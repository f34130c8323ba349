package hgn

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
)

// Materials says what the encoding [ManyBody] is fitted to. The zero value of every field
// is the default.
//
// The fit minimises the sum over frames of
//
//	g² (w_F² |F̂ − F|² + w_E² c² |Ê − E|²/N² + w_S² |Ŵ − W|²/N²)
//
// and a ridge, with N bodies, W = volume × stress the derivative of E by a strain, and for each group of frames a
// weight g. c is 1 for energies per body near their median e₀, and 1/(1 + ((E/N − e₀)/s)²)
// with s = 4 median |E/N − e₀| in general: what is far from all else does not decide.
type Materials struct {
	EnergyWeight float64 // w_E, 1/length; default 100, negative: energies are not used
	ForceWeight  float64 // w_F, dimensionless; default 1, negative: forces are not used
	StressWeight float64 // w_S, 1/length; default 1, negative: stresses are not used

	// GroupWeights are the g of the groups, 1 for those that it does not name. A frame
	// without [Frame.Group] belongs to that of its file: the name without what follows the
	// first dot.
	GroupWeights map[string]float64

	// StressUnit is what a unit of Frame.Stress is, in energy per volume; negative where
	// positive numbers mean pressure. Default: that of [ElectronVoltPerCubicAngstrom],
	// [Gigapascal], [Kilobar] and [Bar], with either sign, which agrees with the energies
	// and forces; stresses are not used if none does.
	StressUnit float64

	// Candidates is the number of features, of least degree, that those of the model are
	// chosen from by orthogonal least squares; default 900. There is no choice if it is not
	// above [Options.Features].
	Candidates int

	// Appendable keeps the equations with the model, so that [Model.Append] can add to them,
	// also those of energies, forces and stresses that are not used: they may be later. They take 4 K² bytes for K columns, each group and each kind with more rows than
	// columns, and some rows by themselves: several megabytes.
	Appendable bool

	// Pairs leaves the features that are sums over pairs, up to 16 of each pair of species: the
	// least that a many-body model should improve on.
	Pairs bool

	// Members is the number of sets of coefficients, drawn from those that the data leave
	// possible, whose spread gives standard deviations; default 8, negative: none.
	Members int
}

// withDefaults returns o with defaults filled in, or what is wrong with it.
func (o Materials) withDefaults() (Materials, error) {
	for _, w := range []struct {
		name  string
		value *float64
		usual float64
	}{{"energy", &o.EnergyWeight, 100}, {"force", &o.ForceWeight, 1}, {"stress", &o.StressWeight, 1}} {
		switch {
		case math.IsNaN(*w.value) || math.IsInf(*w.value, 0):
			return o, fmt.Errorf("hgn: the weight of the %s is %v", w.name, *w.value)
		case *w.value == 0:
			*w.value = w.usual
		}
		*w.value = max(*w.value, 0)
	}
	for g, w := range o.GroupWeights {
		if !(w >= 0 && w < math.Inf(1)) {
			return o, fmt.Errorf("hgn: the weight of group %q is %v, want a number of at least 0", g, w)
		}
	}
	if math.IsNaN(o.StressUnit) || math.IsInf(o.StressUnit, 0) {
		return o, fmt.Errorf("hgn: the unit of stress is %v", o.StressUnit)
	}
	if o.Candidates == 0 {
		o.Candidates = 900
	}
	switch {
	case o.Candidates < 0 || o.Candidates > MaxFeatures:
		return o, fmt.Errorf("hgn: the number of candidates is not in 0…%d", MaxFeatures)
	case o.Members == 0:
		o.Members = 8
	case o.Members < 0:
		o.Members = 0
	case o.Members > maxMembers:
		return o, fmt.Errorf("hgn: %d members are more than %d", o.Members, maxMembers)
	}
	return o, nil
}

// maxMembers bounds Materials.Members.
const maxMembers = 256

// group is the name of the group that f belongs to.
func (f *Frame) group() string {
	if f.Group != "" {
		return f.Group
	}
	name, _, _ := strings.Cut(filepath.Base(f.File), ".")
	return name
}

// volume is that of the box of f, 0 if it does not repeat in all directions.
func (f *Frame) volume() float64 {
	if f.Dim != 3 || f.Box.Periodic != [3]bool{true, true, true} {
		return 0
	}
	c := f.Box.edges()
	return math.Abs(c[0][0]*(c[1][1]*c[2][2]-c[1][2]*c[2][1]) +
		c[0][1]*(c[1][2]*c[2][0]-c[1][0]*c[2][2]) +
		c[0][2]*(c[1][0]*c[2][1]-c[1][1]*c[2][0]))
}

// edges are the vectors along the edges of the box.
func (b *Box) edges() [3][3]float64 {
	if b.Tilted() {
		return b.Vectors
	}
	var c [3][3]float64
	for a := range 3 {
		c[a][a] = b.Length(a)
	}
	return c
}
