package hgn

import (
	"fmt"
	"math"
)

// A Series says how the equations of motion are made from frames that are a time series,
// whose forces need not be known. The momenta at neighbouring frames, at equal times h
// apart, give a mean force over them,
//
//	Σ_m α_m p(t+mh)/h = Σ_m β_m ṗ(t+mh) + O(h^order)
//
// and the derivatives of H stand in place of ṗ: these are linear in the coefficients, too.
// The same is done with positions and velocities, where [Frame.QDot] was not observed. A
// series goes on from frame to frame as long as [Frame.File] is the same and [Frame.Step]
// ascends, in equal steps.
//
// The error of what is learned is of the order in h stated below, as long as nothing else
// is larger. Noise of the standard deviation σ in every momentum adds an error of about σ/h,
// times the number stated below, to each equation. That averages out over many frames, but
// for what noise in positions does to the features. Where it is the larger error, a larger h
// is better. The ridge is by default the one of most evidence (Evidence of package lsq),
// which grows with the noise.
type Series uint8

const (
	NoSeries   Series = iota // frames have forces
	Difference               // ṗ at a frame from the two before and the two after; order 4, noise 0.95
	Trapezoid                // integral of ṗ over two frames; order 2, noise 1.41; exact for motion by steps of [Verlet] of the length h
	Simpson                  // over three frames; order 4, noise 0.71
	Boole                    // over five frames; order 6, noise 0.35
)

var seriesNames = [...]string{"none", "difference", "trapezoid", "simpson", "boole"}

func (s Series) String() string {
	if int(s) < len(seriesNames) {
		return seriesNames[s]
	}
	return fmt.Sprintf("Series(%d)", uint8(s))
}

// ParseSeries is the inverse of [Series.String].
func ParseSeries(name string) (Series, error) {
	for s, n := range seriesNames {
		if n == name {
			return Series(s), nil
		}
	}
	return 0, fmt.Errorf("unknown series %q (want none, difference, trapezoid, simpson or boole)", name)
}

// A formula holds the α and the β of a [Series], for as many frames; Σ β = 1, Σ α = 0.
type formula struct{ alpha, beta []float64 }

var formulas = [...]formula{
	NoSeries:   {[]float64{0}, []float64{1}},
	Difference: {[]float64{1. / 12, -8. / 12, 0, 8. / 12, -1. / 12}, []float64{0, 0, 1, 0, 0}},
	Trapezoid:  {[]float64{-1, 1}, []float64{0.5, 0.5}},
	Simpson:    {[]float64{-0.5, 0, 0.5}, []float64{1. / 6, 4. / 6, 1. / 6}},
	Boole:      {[]float64{-0.25, 0, 0, 0, 0.25}, []float64{7. / 90, 32. / 90, 12. / 90, 32. / 90, 7. / 90}},
}

// frames is the number of frames that an equation is made from.
func (o *Options) frames() int { return len(formulas[o.Series].beta) }

// A seriesCheck follows the frames of a time series.
type seriesCheck struct {
	last    Frame // without its arrays, but for the species
	mass    []float64
	step    int64   // from frame to frame, 0: not known yet
	time    float64 // the same
	length  int     // frames of the series at hand
	longest int
}

// begins says whether f begins a new series after a frame of the given file and step.
func (f *Frame) begins(file string, step int64) bool { return f.File != file || f.Step <= step }

// elapsed is the time from frame f to g.
func (o *Options) elapsed(f, g *Frame) float64 {
	if o.DT > 0 {
		return o.DT * float64(g.Step-f.Step)
	}
	return g.Time - f.Time
}

// equalTimes is how far from equal, relative to themselves, the times from frame to frame
// may be: they were printed with some digits.
const equalTimes = 1e-6

// add takes f into account.
func (c *seriesCheck) add(f *Frame, o *Options) error {
	if o.DT == 0 && !f.HasTime {
		return f.errorf("the frame does not say at what time it was; a time series needs the length of a time step")
	}
	if c.length == 0 || f.begins(c.last.File, c.last.Step) {
		c.step, c.length = 0, 0
	}
	if c.length > 0 {
		step, time := f.Step-c.last.Step, o.elapsed(&c.last, f)
		switch {
		case !(time > 0):
			return f.errorf("the time %v does not come after %v", f.Time, c.last.Time)
		case c.step != 0 && !(math.Abs(time-c.time) <= equalTimes*c.time) && step == c.step:
			return f.errorf("%v after the frame before it, which is %v after another: the frames of a time series are equally spaced", time, c.time)
		case c.step != 0 && step != c.step:
			return f.errorf("%d steps after the frame before it, which is %d after another: the frames of a time series are equally spaced", step, c.step)
		case f.Nodes() != len(c.mass) || f.Dim != c.last.Dim:
			return f.errorf("%d bodies in %d dimensions, %d in %d in the frame before it of the same time series", f.Nodes(), f.Dim, len(c.mass), c.last.Dim)
		}
		for i, m := range f.Mass {
			if m != c.mass[i] || f.Species[i] != c.last.Species[i] {
				return f.errorf("body %d has another mass or species than in the frame before it of the same time series", i)
			}
		}
		if c.step == 0 {
			c.step, c.time = step, time
		}
	}
	c.last.File, c.last.Step, c.last.Time, c.last.Dim = f.File, f.Step, f.Time, f.Dim
	c.last.Species, c.mass = append(c.last.Species[:0], f.Species...), append(c.mass[:0], f.Mass...)
	c.length++
	c.longest = max(c.longest, c.length)
	return nil
}

// moves returns an error unless positions and momenta of f are known.
func (f *Frame) moves() error {
	if f.QDot != nil {
		return nil
	}
	for _, p := range f.P {
		if p != 0 {
			return nil
		}
	}
	return f.errorf("training on a time series needs momenta or velocities")
}

// checkSeries returns an error unless the options of a time series go together.
func (o *Options) checkSeries() error {
	switch {
	case int(o.Series) >= len(seriesNames):
		return fmt.Errorf("hgn: unknown series %d", o.Series)
	case o.Series == NoSeries && o.DT != 0:
		return fmt.Errorf("hgn: a time step without a time series")
	case !(o.DT >= 0 && o.DT < math.Inf(1)):
		return fmt.Errorf("hgn: a time step of %v", o.DT)
	case int(o.Damping) >= len(dampingNames):
		return fmt.Errorf("hgn: unknown damping %d", o.Damping)
	case o.Encoding.network() && o.Series != NoSeries && o.Series != Difference:
		return fmt.Errorf("hgn: the encoding %v learns from time series by the series %v alone", o.Encoding, Difference)
	case o.Encoding == ManyBody && o.Series != NoSeries:
		return fmt.Errorf("hgn: the encoding %v learns from no time series", o.Encoding)
	case o.Encoding != Invariant && (o.Damping != NoDamping || o.Coupling):
		return fmt.Errorf("hgn: damping and momentum coupling are for the encoding %v, not for %v", Invariant, o.Encoding)
	}
	return nil
}
