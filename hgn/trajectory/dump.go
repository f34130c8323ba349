package trajectory

import (
	"bytes"
	"io"
	"math"
	"strconv"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// A dump reads a LAMMPS text dump, frame after frame.
type dump struct {
	lines
	masses  map[int]float64 // by type
	frames  int             // frames read or skipped
	nodes   int             // atoms of every frame
	heading []byte          // ITEM: ATOMS line of every frame
	columns *columns
	boxLine [3]int    // lines of the bounds
	box     hgn.Box   // bounds in all three directions
	frame   hgn.Frame // the frame read last
	ids     []int64   // by body, increasing
	body    []int32   // by line of the frame: body in the frame read last
	seen    []int     // by body: the frame in which it was seen last
	row     []float64 // numbers of one atom
}

func newDump(r io.Reader, file string, masses map[int]float64) *dump {
	return &dump{lines: newLines(r, file), masses: masses}
}

// read reads the next frame into d.frame, or returns io.EOF if there is none.
func (d *dump) read() error {
	err := d.header()
	if err != nil {
		return err
	}
	if d.ids == nil {
		err = d.firstAtoms()
	} else {
		err = d.atoms()
	}
	if err != nil {
		return err
	}
	d.frame.Box = hgn.Box{}
	for a := range d.frame.Dim {
		lo, hi, periodic := d.box.Lo[a], d.box.Hi[a], d.box.Periodic[a]
		if hi < lo || hi == lo && periodic {
			d.line = d.boxLine[a]
			return d.errorf("the box from %v to %v has no length", lo, hi)
		}
		d.frame.Box.Lo[a], d.frame.Box.Hi[a], d.frame.Box.Periodic[a] = lo, hi, periodic
	}
	d.frames++
	return nil
}

// skip passes over the next frame, or returns io.EOF if there is none.
func (d *dump) skip() (nodes int, err error) {
	if err := d.header(); err != nil {
		return 0, err
	}
	for k := range d.nodes {
		if _, err := d.atomLine(k); err != nil {
			return 0, err
		}
	}
	d.frames++
	return d.nodes, nil
}

func (d *dump) current() *hgn.Frame { return &d.frame }

// header reads a frame up to its atoms.
func (d *dump) header() error {
	d.frame.HasTime = false
	if _, err := d.item("TIMESTEP"); err != nil {
		if err == io.EOF && d.frames == 0 {
			return &ParseError{File: d.file, Cause: "no frames"}
		}
		return err
	}
	line := d.line
	text, err := d.inside()
	if err != nil {
		return err
	}
	step, err := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64)
	if err != nil {
		return d.errorf("time step: %s is not an integer", quote(text))
	}
	if d.frames > 0 && step <= d.frame.Step {
		return d.errorf("time step %d does not come after %d", step, d.frame.Step)
	}
	d.frame.Step, d.frame.File, d.frame.Line = step, d.file, line
	if err := d.number(); err != nil {
		return err
	}
	if err := d.bounds(); err != nil {
		return err
	}
	return d.names()
}

// number reads the number of atoms.
func (d *dump) number() error {
	if _, err := d.itemInside("NUMBER OF ATOMS"); err != nil {
		return err
	}
	text, err := d.inside()
	if err != nil {
		return err
	}
	text = bytes.TrimSpace(text)
	n, end, ok := scanCount(text, 0)
	switch {
	case !ok || end != len(text):
		return d.errorf("number of atoms: %s is not a count", quote(text))
	case n == 0:
		return d.errorf("no atoms")
	case n > math.MaxInt32:
		return d.errorf("%d atoms, more than %d", n, math.MaxInt32)
	case d.frames > 0 && int(n) != d.nodes:
		return d.errorf("%d atoms, where the first frame has %d", n, d.nodes)
	}
	d.nodes = int(n)
	return nil
}

// bounds reads the box into d.box.
func (d *dump) bounds() error {
	rest, err := d.itemInside("BOX BOUNDS")
	if err != nil {
		return err
	}
	var flags [3][]byte
	for a := range flags {
		begin := skipSpace(rest, 0)
		end := skipField(rest, begin)
		flags[a], rest = rest[begin:end], rest[end:]
	}
	switch {
	case len(flags[0]) == 0:
		d.box.Periodic = [3]bool{true, true, true}
	case string(flags[0]) == "xy" || string(flags[0]) == "abc":
		return d.errorf("tilted boxes are not supported")
	case len(bytes.TrimSpace(rest)) > 0 || len(flags[2]) == 0:
		return d.errorf("expected three boundary flags")
	default:
		for a, flag := range flags {
			if !isBoundary(flag) {
				return d.errorf("unknown boundary %s", quote(flag))
			}
			d.box.Periodic[a] = flag[0] == 'p'
		}
	}
	for a := range 3 {
		line, err := d.inside()
		if err != nil {
			return err
		}
		d.boxLine[a] = d.line
		begin := skipSpace(line, 0)
		lo, end, okLo := scanFloat(line, begin)
		begin = skipSpace(line, end)
		hi, end, okHi := scanFloat(line, begin)
		if !okLo || !okHi || skipSpace(line, end) != len(line) {
			return d.errorf("expected two bounds of the box, found %s", quote(line))
		}
		if !finite(lo) || !finite(hi) {
			return d.errorf("the bounds of the box are not finite: %s", quote(line))
		}
		d.box.Lo[a], d.box.Hi[a] = lo, hi
	}
	return nil
}

// isBoundary reports whether flag is a boundary on both sides, as LAMMPS has them.
func isBoundary(flag []byte) bool {
	if len(flag) != 2 {
		return false
	}
	wall := func(c byte) bool { return c == 'f' || c == 's' || c == 'm' }
	return string(flag) == "pp" || wall(flag[0]) && wall(flag[1])
}

// names reads the names of the columns.
func (d *dump) names() error {
	rest, err := d.itemInside("ATOMS")
	if err != nil {
		return err
	}
	if d.columns != nil {
		if !bytes.Equal(rest, d.heading) {
			return d.errorf("other columns than in the first frame")
		}
		return nil
	}
	c, cause := parseColumns(string(rest))
	if cause != "" {
		return d.errorf("%s", cause)
	}
	d.columns = c
	d.heading = bytes.Clone(rest)
	d.row = make([]float64, c.width)
	return nil
}

// item reads the line "ITEM: name" and returns what follows the name. Blank lines
// before a frame are skipped, and so are the items that LAMMPS writes on request,
// UNITS and TIME, of which the latter is kept. The error is io.EOF at the end of the file.
func (d *dump) item(name string) ([]byte, error) {
	for {
		line, err := d.next()
		if err != nil {
			return nil, err
		}
		line = bytes.TrimRight(line, " \t")
		switch {
		case len(line) == 0 && name == "TIMESTEP":
			continue
		case string(line) == "ITEM: UNITS":
			if _, err := d.inside(); err != nil {
				return nil, err
			}
			continue
		case string(line) == "ITEM: TIME":
			text, err := d.inside()
			if err != nil {
				return nil, err
			}
			if d.frame.Time, d.frame.HasTime = parseFloat(bytes.TrimSpace(text)); !d.frame.HasTime || !finite(d.frame.Time) {
				return nil, d.errorf("time: %s is not a finite number", quote(text))
			}
			continue
		}
		rest, found := bytes.CutPrefix(line, []byte("ITEM: "))
		if found {
			rest, found = bytes.CutPrefix(rest, []byte(name))
		}
		found = found && (len(rest) == 0 || isSpace(rest[0]))
		switch {
		case d.open && (found || bytes.HasPrefix([]byte("ITEM: "+name), line)):
			return nil, d.truncated()
		case !found:
			return nil, d.errorf("expected \"ITEM: %s\", found %s", name, quote(line))
		}
		return rest, nil
	}
}

// itemInside is item inside a frame, where the file must not end.
func (d *dump) itemInside(name string) ([]byte, error) {
	rest, err := d.item(name)
	if err == io.EOF {
		err = d.truncated()
	}
	return rest, err
}

// inside reads a line inside a frame that is not its last.
func (d *dump) inside() ([]byte, error) {
	line, err := d.next()
	if err == io.EOF || d.open {
		return nil, d.truncated()
	}
	return line, err
}

// truncated is the error of a file that ends inside a frame.
func (d *dump) truncated() error {
	return d.errorf("truncated file: it ends inside a frame")
}
