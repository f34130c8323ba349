package trajectory

import (
	"cmp"
	"io"
	"math"
	"slices"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/internal/npy"
)

// An arrayReader reads a trajectory from arrays, frame after frame.
type arrayReader struct {
	*arraySet
	lead  []int // the shape of q without bodies and dimensions
	total int   // frames
	next  int   // the frame that is read next
	frame hgn.Frame

	observed bool // Options.Observed

	series []series
	stride float64
	dt     []float64 // the time that a step takes, if it is known

	// What the series of the frame hold, nil where there is none.
	energy, potential, stress, step []float64
	vectors, origin, upper          []float64
	periodic                        []float64
}

// A series is an array that has numbers for every frame.
type series struct {
	name string
	*npy.Reader
	dst []float64
}

func newArrayReader(path string, masses map[int]float64, observed bool) (*arrayReader, error) {
	set, err := openArrays(path)
	if err != nil {
		return nil, err
	}
	r := &arrayReader{arraySet: set, observed: observed}
	if err := r.begin(masses); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

func (r *arrayReader) current() *hgn.Frame { return &r.frame }

// begin checks all shapes and reads what does not change from frame to frame.
func (r *arrayReader) begin(masses map[int]float64) error {
	n, dim, err := r.size()
	if err != nil {
		return err
	}
	r.lead = r.arrays["q"].Shape[:len(r.arrays["q"].Shape)-2]
	f := &r.frame
	f.File, f.Dim = r.file, dim
	err = cmp.Or(
		r.each("q", &f.Q, n, dim),
		r.each("p", &f.P, n, dim),
		r.each("v", &f.QDot, n, dim),
		r.each("f", &f.PDot, n, dim),
		r.each("energy", &r.potential),
		r.each("total_energy", &r.energy),
		r.each("stress", &r.stress, 6),
		r.each("step", &r.step),
		r.eachOrOne("box", &r.vectors, dim, dim),
		r.eachOrOne("origin", &r.origin, dim),
		r.eachOrOne("upper", &r.upper, dim),
		r.one("periodic", &r.periodic, dim),
		r.one("masses", &f.Mass, n),
		r.one("charges", &f.Charge, n),
	)
	var species, stride, ignored []float64
	err = cmp.Or(err,
		r.one("species", &species, n),
		r.one("stride", &stride),
		r.one("dt", &r.dt),
		r.one("seed", &ignored),
	)
	if group := r.arrays["group"]; group != nil && (group.Kind != 'U' || !slices.Equal(group.Shape, r.lead)) {
		err = cmp.Or(err, r.shape("group"))
	}
	if err != nil {
		return err
	}
	r.stride = 1
	if stride != nil {
		r.stride = stride[0]
	}
	if f.P == nil {
		f.P = make([]float64, n*dim)
	} else if f.QDot == nil && !r.observed {
		f.QDot = make([]float64, n*dim)
	}
	f.HasEnergy = r.energy != nil || r.potential != nil
	f.HasStress = r.stress != nil
	return r.bodies(species, n, masses)
}

// size returns the number of bodies and of dimensions, and sets that of frames.
func (r *arrayReader) size() (nodes, dim int, err error) {
	q := r.arrays["q"]
	if q == nil {
		return 0, 0, r.errorf("there is no array q of positions")
	}
	k := len(q.Shape) - 2
	if k < 1 || slices.Contains(q.Shape, 0) || q.Shape[k+1] > 3 || q.Shape[k] > math.MaxInt32 {
		return 0, 0, r.shape("q")
	}
	nodes, dim = q.Shape[k], q.Shape[k+1]
	r.total = q.Len() / (nodes * dim)
	return nodes, dim, nil
}

// each makes the array called name, if there is one, a series of the given shape, in dst.
func (r *arrayReader) each(name string, dst *[]float64, shape ...int) error {
	a := r.arrays[name]
	switch {
	case a == nil:
		return nil
	case !slices.Equal(a.Shape, slices.Concat(r.lead, shape)) || a.Kind == 'U':
		return r.shape(name)
	}
	*dst = make([]float64, a.Len()/r.total)
	r.series = append(r.series, series{r.spelled[name], a, *dst})
	return nil
}

// one reads an array of n numbers, or of one number that stands for all.
func (r *arrayReader) one(name string, dst *[]float64, n ...int) error {
	a := r.arrays[name]
	switch {
	case a == nil:
		return nil
	case len(a.Shape) > 0 && !slices.Equal(a.Shape, n) || a.Kind == 'U':
		return r.shape(name)
	}
	x := make([]float64, a.Len())
	if err := a.Read(x); err != nil {
		return r.errorf("%s: %v", r.spelled[name], err)
	}
	if i := slices.IndexFunc(x, func(x float64) bool { return !finite(x) }); i >= 0 {
		return r.errorf("%s holds %v", r.spelled[name], x[i])
	}
	if len(a.Shape) == 0 && len(n) > 0 {
		x = slices.Repeat(x, n[0])
	}
	*dst = x
	return nil
}

// eachOrOne is each for a series of the given shape, and one for numbers that all frames
// have in common: as many, or a row of them.
func (r *arrayReader) eachOrOne(name string, dst *[]float64, shape ...int) error {
	a := r.arrays[name]
	if a == nil || len(a.Shape) > len(shape) {
		return r.each(name, dst, shape...)
	}
	if len(a.Shape) == 2 {
		return r.one(name, dst, shape...)
	}
	return r.one(name, dst, shape[0])
}

// bodies sets species and masses.
func (r *arrayReader) bodies(species []float64, n int, masses map[int]float64) error {
	f := &r.frame
	f.Species = make([]int, n)
	for i := range f.Species {
		f.Species[i] = 1
		if species != nil {
			if s := species[i]; s != math.Trunc(s) || math.Abs(s) > math.MaxInt32 {
				return r.errorf("%s holds %v, which is no species", r.spelled["species"], s)
			}
			f.Species[i] = int(species[i])
		}
	}
	given := f.Mass != nil
	if !given {
		f.Mass = make([]float64, n)
	}
	for i, s := range f.Species {
		if m, ok := masses[s]; !given && ok {
			f.Mass[i] = m
		} else if !given {
			f.Mass[i] = 1
		}
		if !(f.Mass[i] > 0) {
			return r.errorf("%s: mass %v is not above 0", r.spelled["masses"], f.Mass[i])
		}
	}
	return nil
}

// skip passes over the next frame, or returns io.EOF if there is none.
func (r *arrayReader) skip() (nodes int, err error) {
	if r.next == r.total {
		return 0, io.EOF
	}
	for _, s := range r.series {
		if err := s.Skip(len(s.dst)); err != nil {
			return 0, r.errorf("%s: %v", s.name, err)
		}
	}
	if group := r.arrays["group"]; group != nil {
		if err := group.Skip(1); err != nil {
			return 0, r.errorf("group: %v", err)
		}
	}
	r.next++
	return r.frame.Nodes(), nil
}

// read reads the next frame, or returns io.EOF if there is none.
func (r *arrayReader) read() error {
	if r.next == r.total {
		return io.EOF
	}
	for _, s := range r.series {
		if err := s.Read(s.dst); err != nil {
			return r.errorf("%s: frame %d: %v", s.name, r.next, err)
		}
		for _, x := range s.dst {
			if !finite(x) {
				return r.errorf("%s: frame %d holds %v", s.name, r.next, x)
			}
		}
	}
	f := &r.frame
	if group := r.arrays["group"]; group != nil {
		var err error
		if f.Group, err = group.Text(); err != nil {
			return r.errorf("group: frame %d: %v", r.next, err)
		}
	}
	f.Step = int64(float64(r.next%r.lead[len(r.lead)-1]) * r.stride)
	if r.step != nil {
		f.Step = int64(r.step[0])
	}
	if f.HasTime = r.dt != nil; f.HasTime {
		f.Time = float64(f.Step) * r.dt[0]
	}
	r.motion()
	switch {
	case r.energy != nil:
		f.Energy = r.energy[0]
	case r.potential != nil:
		f.Energy = r.potential[0] + kinetic(f)
	}
	copy(f.Stress[:], r.stress)
	if err := r.setBox(); err != nil {
		return err
	}
	r.next++
	return nil
}

// motion completes momenta and velocities.
func (r *arrayReader) motion() {
	f := &r.frame
	hasP, hasV := r.arrays["p"] != nil, r.arrays["v"] != nil
	if hasP == hasV {
		return
	}
	if hasP && r.observed {
		f.QDot = atRest(f)
		return
	}
	for i := range f.Q {
		if m := f.Mass[i/f.Dim]; hasP {
			f.QDot[i] = f.P[i] / m
		} else {
			f.P[i] = m * f.QDot[i]
		}
	}
}

// setBox sets the box of the frame.
func (r *arrayReader) setBox() error {
	var c xyzComment // of the same meaning
	f := &r.frame
	dim := f.Dim
	if r.vectors != nil {
		c.lattice = make([]float64, 9)
		for a := range dim {
			if len(r.vectors) == dim {
				c.lattice[4*a] = r.vectors[a]
			} else {
				copy(c.lattice[3*a:], r.vectors[a*dim:][:dim])
			}
		}
	}
	c.origin, c.upper = r.origin, r.upper
	if r.periodic != nil {
		c.pbc = make([]bool, 3)
		for a, x := range r.periodic {
			c.pbc[a] = x != 0
		}
	}
	box, cause := c.box(dim)
	if cause != "" {
		return r.errorf("frame %d: box: %s", r.next, cause)
	}
	f.Box = box
	return nil
}
