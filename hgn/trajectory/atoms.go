package trajectory

import (
	"bytes"
	"cmp"
	"io"
	"math"
	"slices"
)

// atomLine reads the line of the atom k of a frame, in the order of the file.
func (d *dump) atomLine(k int) ([]byte, error) {
	line, err := d.next()
	switch {
	case err == io.EOF, d.open: // a number cut short can look like a whole one
		return nil, d.truncated()
	case err != nil:
		return nil, err
	}
	if len(line) > 0 && line[0] == 'I' && bytes.HasPrefix(line, []byte("ITEM:")) {
		return nil, d.errorf("%d atoms, where the frame of step %d should have %d", k, d.frame.Step, d.nodes)
	}
	return line, nil
}

// atom reads the line of the atom k of a frame, its numbers into d.row.
func (d *dump) atom(k int) (id, species int64, err error) {
	line, err := d.atomLine(k)
	if err != nil {
		return 0, 0, err
	}
	end := 0
	for c, slot := range d.columns.slot {
		begin := skipSpace(line, end)
		if begin == len(line) {
			return 0, 0, d.fields(c)
		}
		ok := true
		switch slot {
		case slotIgnored:
			end = skipField(line, begin)
		case slotID:
			id, end, ok = scanCount(line, begin)
		case slotType:
			species, end, ok = scanCount(line, begin)
			ok = ok && species <= math.MaxInt32 // int, on any machine
		default:
			var x float64
			x, end, ok = scanFloat(line, begin)
			if ok && !finite(x) {
				return 0, 0, d.errorf("%s is not finite: %s", d.columns.name[c], quote(line[begin:end]))
			}
			d.row[slot] = x
		}
		if !ok {
			return 0, 0, d.notNumber(c, line[begin:end])
		}
	}
	if end = skipSpace(line, end); end < len(line) {
		n := len(d.columns.slot)
		for ; end < len(line); n++ {
			end = skipSpace(line, skipField(line, end))
		}
		return 0, 0, d.fields(n)
	}
	if m := d.columns.mass; m >= 0 && d.row[m] <= 0 {
		return 0, 0, d.errorf("mass %v is not above 0", d.row[m])
	}
	return id, species, nil
}

// notNumber is the error of a field in column c that is not what it should be.
func (d *dump) notNumber(c int, field []byte) error {
	what := "is not a number"
	if slot := d.columns.slot[c]; slot == slotID || slot == slotType {
		what = "is not a whole number"
		if len(bytes.Trim(field, "0123456789")) == 0 {
			what = "is too large"
		}
	}
	return d.errorf("%s: %s %s", d.columns.name[c], quote(field), what)
}

// fields is the error of an atom with n fields.
func (d *dump) fields(n int) error {
	return d.errorf("%d fields, where there are %d columns", n, len(d.columns.slot))
}

// firstAtoms reads the atoms of the first frame, and makes d.frame and what finds
// the bodies of later frames. Memory grows with the lines that are there, not with
// the number of atoms that the frame claims.
func (d *dump) firstAtoms() error {
	type atom struct {
		id      int64
		species int
		k       int // line
	}
	var atoms []atom
	var rows []float64
	top := d.line + 1
	for k := range d.nodes {
		id, species, err := d.atom(k)
		if err != nil {
			return err
		}
		atoms = append(atoms, atom{id, int(species), k})
		rows = append(rows, d.row...)
	}
	slices.SortFunc(atoms, func(a, b atom) int {
		return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.k, b.k))
	})
	for i, a := range atoms[1:] {
		if a.id == atoms[i].id {
			d.line = top + a.k
			return d.errorf("atom id %d repeats", a.id)
		}
	}

	f, c, n := &d.frame, d.columns, d.nodes
	f.Dim = d.dimensions(rows)
	f.Species = make([]int, n)
	f.Mass = make([]float64, n)
	f.Q = make([]float64, n*f.Dim)
	f.P = make([]float64, n*f.Dim)
	if c.velocities >= 0 {
		f.QDot = make([]float64, n*f.Dim)
	}
	if c.forces >= 0 {
		f.PDot = make([]float64, n*f.Dim)
	}
	if c.charge >= 0 {
		f.Charge = make([]float64, n)
	}
	d.ids = make([]int64, n)
	d.body = make([]int32, n)
	d.seen = make([]int, n)
	for i, a := range atoms {
		copy(d.row, rows[a.k*c.width:])
		d.ids[i], d.body[a.k], f.Species[i] = a.id, int32(i), a.species
		switch m, given := d.masses[a.species]; {
		case c.mass >= 0:
			f.Mass[i] = d.row[c.mass]
		case given:
			f.Mass[i] = m
		default:
			f.Mass[i] = 1
		}
		if c.charge >= 0 {
			f.Charge[i] = d.row[c.charge]
		}
		d.store(i)
	}
	return nil
}

// dimensions is the number of dimensions of a frame with the given rows.
func (d *dump) dimensions(rows []float64) int {
	if d.columns.coords < 3 {
		return d.columns.coords
	}
	for begin := 0; begin < len(rows); begin += d.columns.width {
		if z, _ := d.outOfPlane(rows[begin:]); z != 0 {
			return 3
		}
	}
	return 2
}

// outOfPlane returns the first of z, vz and fz in row that is not 0, and its name.
func (d *dump) outOfPlane(row []float64) (float64, string) {
	for _, v := range [3]struct {
		first int
		name  string
	}{{0, "z"}, {d.columns.velocities, "vz"}, {d.columns.forces, "fz"}} {
		if v.first >= 0 && row[v.first+2] != 0 {
			return row[v.first+2], v.name
		}
	}
	return 0, ""
}

// atoms reads the atoms of a later frame.
func (d *dump) atoms() error {
	f, c := &d.frame, d.columns
	for k := range d.nodes {
		id, species, err := d.atom(k)
		if err != nil {
			return err
		}
		i, found := d.find(k, id)
		switch {
		case !found:
			return d.errorf("atom id %d is not in the first frame", id)
		case d.seen[i] == d.frames:
			return d.errorf("atom id %d repeats", id)
		case int(species) != f.Species[i]:
			return d.errorf("atom id %d has type %d, and %d in the first frame", id, species, f.Species[i])
		case c.mass >= 0 && d.row[c.mass] != f.Mass[i]:
			return d.errorf("atom id %d has mass %v, and %v in the first frame", id, d.row[c.mass], f.Mass[i])
		case c.charge >= 0 && d.row[c.charge] != f.Charge[i]:
			return d.errorf("atom id %d has charge %v, and %v in the first frame", id, d.row[c.charge], f.Charge[i])
		}
		if f.Dim == 2 && c.coords == 3 {
			if z, name := d.outOfPlane(d.row); z != 0 {
				return d.errorf("%s is %v, but 0 for all atoms of the first frame, which has two dimensions therefore", name, z)
			}
		}
		d.seen[i] = d.frames
		d.body[k] = int32(i)
		d.store(i)
	}
	return nil
}

// find returns the body with the given id, on line k of the frame: most often that
// of the last frame, or the one that it is where ids have no gaps.
func (d *dump) find(k int, id int64) (int, bool) {
	if i := int(d.body[k]); d.ids[i] == id {
		return i, true
	}
	if i := id - d.ids[0]; 0 <= i && i < int64(len(d.ids)) && d.ids[i] == id {
		return int(i), true
	}
	return slices.BinarySearch(d.ids, id)
}

// store puts d.row into the frame, as that of body i.
func (d *dump) store(i int) {
	f, c := &d.frame, d.columns
	at := i * f.Dim
	copy(f.Q[at:at+f.Dim], d.row)
	if c.velocities >= 0 {
		for a, v := range d.row[c.velocities : c.velocities+f.Dim] {
			f.QDot[at+a] = v
			f.P[at+a] = f.Mass[i] * v
		}
	}
	if c.forces >= 0 {
		copy(f.PDot[at:at+f.Dim], d.row[c.forces:])
	}
}
