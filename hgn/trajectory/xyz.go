package trajectory

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// An xyzReader reads extended XYZ, frame after frame.
type xyzReader struct {
	lines
	masses   map[int]float64 // by species
	observed bool            // Options.Observed
	frames   int             // frames read or skipped
	comment  xyzComment
	columns  *xyzColumns
	heading  string // Properties of columns
	frame    hgn.Frame
	row      []float64 // numbers of one atom
	symbol   []byte    // of the atom read last
	number   int       // what symbol means

	qdot, pdot, charge []float64 // memory for the frame, where it has these
}

func newXYZReader(r io.Reader, file string, masses map[int]float64) *xyzReader {
	return &xyzReader{lines: newLines(r, file), masses: masses}
}

func (x *xyzReader) current() *hgn.Frame { return &x.frame }

// read reads the next frame into x.frame, or returns io.EOF if there is none.
func (x *xyzReader) read() error {
	nodes, err := x.count()
	if err != nil {
		return err
	}
	f, c := &x.frame, &x.comment
	f.File, f.Line = x.file, x.line
	line, err := x.inside()
	if err != nil {
		return err
	}
	if cause := c.parse(line); cause != "" {
		return x.errorf("%s", cause)
	}
	if err := x.describe(); err != nil {
		return err
	}
	x.begin()
	potential := 0.0
	for range nodes {
		if err := x.atom(); err != nil {
			return err
		}
		if x.columns.energy >= 0 {
			potential += x.row[x.columns.energy]
		}
	}
	if x.observed && x.columns.momentum >= 0 && x.columns.velocity < 0 {
		f.QDot = atRest(f)
	}
	x.energy(potential)
	x.frames++
	return nil
}

// skip passes over the next frame, or returns io.EOF if there is none.
func (x *xyzReader) skip() (nodes int, err error) {
	if nodes, err = x.count(); err != nil {
		return 0, err
	}
	if _, err := x.inside(); err != nil {
		return 0, err
	}
	for range nodes {
		if _, err := x.atomLine(); err != nil {
			return 0, err
		}
	}
	x.frames++
	return nodes, nil
}

// count reads the number of atoms of a frame. Blank lines before it are skipped.
func (x *xyzReader) count() (int, error) {
	var line []byte
	for {
		var err error
		line, err = x.next()
		switch {
		case err == io.EOF && x.frames == 0:
			return 0, &ParseError{File: x.file, Cause: "no frames"}
		case err != nil:
			return 0, err
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			break
		}
	}
	n, end, ok := scanCount(line, 0)
	switch {
	case x.open && ok:
		return 0, x.truncated()
	case !ok || end != len(line):
		return 0, x.errorf("expected the number of atoms of a frame, found %s", quote(line))
	case n == 0:
		return 0, x.errorf("no atoms")
	case n > math.MaxInt32:
		return 0, x.errorf("%d atoms, more than %d", n, math.MaxInt32)
	}
	return int(n), nil
}

// describe sets what the comment line, which was read last, says about the frame.
func (x *xyzReader) describe() error {
	f, c := &x.frame, &x.comment
	properties := c.properties
	if properties == "" {
		properties = xyzDefault
	}
	if properties != x.heading {
		columns, cause := parseXYZColumns(properties)
		if cause != "" {
			return x.errorf("%s", cause)
		}
		x.columns, x.heading = columns, properties
		x.row = make([]float64, columns.width)
	}
	dim := x.columns.coords
	switch {
	case c.dimension > dim:
		return x.errorf("dimension %d, but positions have %d", c.dimension, dim)
	case c.dimension > 0:
		dim = c.dimension
	}
	if x.frames > 0 && f.Dim > 0 && dim != f.Dim {
		return x.errorf("%d dimensions, where the first frame has %d", dim, f.Dim)
	}
	f.Dim = dim
	box, cause := c.box(dim)
	if cause != "" {
		return x.errorf("%s", cause)
	}
	f.Box = box
	f.Step = int64(x.frames)
	if c.hasStep {
		f.Step = c.step
	}
	f.Group = c.group
	f.Stress, f.HasStress = c.stress, c.hasStress
	if c.virial {
		v := volume(&box, dim)
		if v == 0 {
			return x.errorf("virial without the volume of a Lattice")
		}
		for i := range f.Stress {
			f.Stress[i] = -f.Stress[i] / v
		}
	}
	return nil
}

// begin empties the arrays of the frame. Those that it does not have are nil.
func (x *xyzReader) begin() {
	f, c := &x.frame, x.columns
	f.Species, f.Mass, f.Q, f.P = f.Species[:0], f.Mass[:0], f.Q[:0], f.P[:0]
	keep := func(dst, memory *[]float64, has bool) {
		if *dst != nil {
			*memory = *dst
		}
		if *dst = nil; has {
			*dst = append((*memory)[:0], 0)[:0] // not nil
		}
	}
	keep(&f.QDot, &x.qdot, c.velocity >= 0 || c.momentum >= 0 && !x.observed)
	keep(&f.PDot, &x.pdot, c.force >= 0)
	keep(&f.Charge, &x.charge, c.charge >= 0)
}

// atomLine reads the line of an atom.
func (x *xyzReader) atomLine() ([]byte, error) {
	line, err := x.next()
	if err == io.EOF || err == nil && x.open { // a number cut short can look like a whole one
		return nil, x.truncated()
	}
	return line, err
}

// atom reads the line of an atom and appends it to the frame.
func (x *xyzReader) atom() error {
	line, err := x.atomLine()
	if err != nil {
		return err
	}
	c := x.columns
	end := 0
	for k, slot := range c.slot {
		begin := skipSpace(line, end)
		if begin == len(line) {
			return x.fields(k)
		}
		switch {
		case slot >= 0:
			var ok bool
			x.row[slot], end, ok = scanFloat(line, begin)
			if !ok {
				return x.errorf("%s: %s is not a number", c.name[k], quote(line[begin:end]))
			}
			if !finite(x.row[slot]) {
				return x.errorf("%s is not finite: %s", c.name[k], quote(line[begin:end]))
			}
		default:
			end = skipField(line, begin)
			if slot == slotIgnored {
				break
			}
			if !bytes.Equal(x.symbol, line[begin:end]) {
				var ok bool
				if x.number, ok = speciesOf(line[begin:end]); !ok {
					x.symbol = x.symbol[:0]
					return x.errorf("%s: %s is neither a chemical symbol nor a number", c.name[k], quote(line[begin:end]))
				}
				x.symbol = append(x.symbol[:0], line[begin:end]...)
			}
		}
	}
	if skipSpace(line, end) < len(line) {
		n := len(c.slot)
		for end = skipSpace(line, end); end < len(line); n++ {
			end = skipSpace(line, skipField(line, end))
		}
		return x.fields(n)
	}
	return x.store()
}

// fields is the error of an atom with n fields.
func (x *xyzReader) fields(n int) error {
	if x.comment.properties == "" {
		return x.errorf("%d fields, where a file without Properties has 4: symbol x y z", n)
	}
	return x.errorf("%d fields, where Properties name %d", n, len(x.columns.slot))
}

// store appends x.row and x.number to the frame.
func (x *xyzReader) store() error {
	f, c := &x.frame, x.columns
	mass := 1.0
	if given, ok := x.masses[x.number]; c.mass >= 0 {
		mass = x.row[c.mass]
	} else if ok {
		mass = given
	} else if 0 <= x.number && x.number < len(weights) {
		mass = weights[x.number]
	}
	if !(mass > 0) {
		return x.errorf("mass %v is not above 0", mass)
	}
	for _, first := range [...]int{c.position, c.momentum, c.velocity, c.force} {
		if first < 0 {
			continue
		}
		for a := f.Dim; a < c.coords; a++ {
			if v := x.row[first+a]; v != 0 {
				return x.errorf("a vector has the component %v outside of the %d dimensions of the frame", v, f.Dim)
			}
		}
	}
	vector := func(first int) []float64 { return x.row[first : first+f.Dim] }
	f.Species = append(f.Species, x.number)
	f.Mass = append(f.Mass, mass)
	f.Q = append(f.Q, vector(c.position)...)
	for a := range f.Dim {
		var p, v float64
		switch {
		case c.momentum >= 0 && c.velocity >= 0:
			p, v = x.row[c.momentum+a], x.row[c.velocity+a]
		case c.momentum >= 0:
			p = x.row[c.momentum+a]
			v = p / mass
		case c.velocity >= 0:
			v = x.row[c.velocity+a]
			p = mass * v
		}
		f.P = append(f.P, p)
		if f.QDot != nil {
			f.QDot = append(f.QDot, v)
		}
	}
	if c.force >= 0 {
		f.PDot = append(f.PDot, vector(c.force)...)
	}
	if c.charge >= 0 {
		f.Charge = append(f.Charge, x.row[c.charge])
	}
	return nil
}

// energy sets the energy of the frame, the sum of that of its atoms being given.
func (x *xyzReader) energy(atoms float64) {
	f, c := &x.frame, &x.comment
	switch {
	case c.hasTotal:
		f.Energy = c.total
	case c.hasEnergy:
		f.Energy = c.energy + kinetic(f)
	case x.columns.energy >= 0:
		f.Energy = atoms + kinetic(f)
	}
	f.HasEnergy = c.hasTotal || c.hasEnergy || x.columns.energy >= 0
	if !f.HasEnergy {
		f.Energy = 0
	}
}

// kinetic is Σ |p|²/2m.
func kinetic(f *hgn.Frame) float64 {
	sum := 0.0
	for i, m := range f.Mass {
		for _, p := range f.P[i*f.Dim:][:f.Dim] {
			sum += float64(p * p / (2 * m))
		}
	}
	return sum
}

// inside reads a line inside a frame that is not its last.
func (x *xyzReader) inside() ([]byte, error) {
	line, err := x.next()
	if err == io.EOF || x.open {
		return nil, x.truncated()
	}
	return line, err
}

// truncated is the error of a file that ends inside a frame.
func (x *xyzReader) truncated() error {
	return x.errorf("truncated file: it ends inside a frame")
}

// speciesOf returns the atomic number of a chemical symbol, whatever its case, or the
// number that is written there.
func speciesOf(symbol []byte) (int, bool) {
	if z, ok := atomicNumbers[string(symbol)]; ok {
		return z, true
	}
	if len(symbol) > 0 && len(symbol) <= 2 {
		capital := bytes.ToLower(symbol)
		capital[0] = bytes.ToUpper(symbol)[0]
		if z, ok := atomicNumbers[string(capital)]; ok {
			return z, true
		}
	}
	n, err := strconv.ParseInt(string(symbol), 10, 32)
	return int(n), err == nil
}

// symbolOf is the inverse of speciesOf.
func symbolOf(species int) string {
	if 0 <= species && species < len(symbols) {
		return symbols[species]
	}
	return fmt.Sprint(species)
}
