package trajectory

import (
	"bytes"
	"io"
	"strconv"
	"strings"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// ReadReference reads tabulated pair potentials from the file called path, for
// [hgn.NewTabulated]. It is one of two kinds.
//
// Comma-separated values below a header have the columns i and j, species as numbers or
// chemical symbols, r, energy and force; rows of a pair of species follow each other by
// ascending r.
//
// Tables of LAMMPS (pair_style table) have sections named after the two species, as
// numbers or chemical symbols with - or _ between, and SPECIES_ before as hgn export has
// it: Ta-Ta, 1_2, SPECIES_1_2. Distances are those listed, not those of R, RSQ or BITMAP.
//
// A fault of the file gives a *[ParseError].
func ReadReference(path string) ([]hgn.PairTable, error) {
	in, err := openInput(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return readReference(in, path)
}

func readReference(in io.Reader, file string) ([]hgn.PairTable, error) {
	r := &referenceReader{of: map[[2]int]int{}}
	var err error
	if strings.HasSuffix(strings.TrimSuffix(strings.ToLower(file), ".gz"), ".csv") {
		err = r.csv(in, file)
	} else {
		err = r.sections(newLines(in, file))
	}
	if err != nil {
		return nil, err
	}
	if len(r.tables) == 0 {
		return nil, &ParseError{File: file, Cause: "no table of a pair potential"}
	}
	return r.tables, nil
}

// A referenceReader collects tables.
type referenceReader struct {
	tables []hgn.PairTable
	of     map[[2]int]int // number of the table of two species
}

// table returns that of two species.
func (r *referenceReader) table(species [2]int) *hgn.PairTable {
	if species[0] > species[1] {
		species[0], species[1] = species[1], species[0]
	}
	k, ok := r.of[species]
	if !ok {
		k = len(r.tables)
		r.of[species] = k
		r.tables = append(r.tables, hgn.PairTable{Species: species})
	}
	return &r.tables[k]
}

// csv reads comma-separated values.
func (r *referenceReader) csv(in io.Reader, file string) error {
	t, err := newTable(in, file)
	if err == nil {
		err = t.require("i", "j", "r", "energy", "force")
	}
	for err == nil {
		if err = t.record(); err != nil {
			break
		}
		var species [2]int
		for a, name := range []string{"i", "j"} {
			text := t.fields[t.column(name)]
			s, ok := parseSpecies(string(text))
			if !ok {
				return t.errorf("%s: %s is no species", name, quote(text))
			}
			species[a] = s
		}
		var x [3]float64
		for k, name := range []string{"r", "energy", "force"} {
			if x[k], err = t.number(t.column(name)); err != nil {
				return err
			}
		}
		err = add(r.table(species), x, t.errorf)
	}
	if err != io.EOF {
		return err
	}
	return nil
}

// add adds a row, distance, energy and force, to t.
func add(t *hgn.PairTable, x [3]float64, errorf func(string, ...any) error) error {
	if n := len(t.R); !(x[0] > 0) || n > 0 && x[0] <= t.R[n-1] {
		return errorf("the distance %v does not ascend from 0", x[0])
	}
	t.R, t.Energy, t.Force = append(t.R, x[0]), append(t.Energy, x[1]), append(t.Force, x[2])
	return nil
}

// sections reads the tables of a file of LAMMPS.
func (r *referenceReader) sections(l lines) error {
	next := func() ([][]byte, error) {
		for {
			line, err := l.next()
			if err != nil {
				return nil, err
			}
			line, _, _ = bytes.Cut(line, []byte{'#'})
			if fields := bytes.Fields(line); len(fields) > 0 {
				return fields, nil
			}
		}
	}
	for {
		name, err := next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		species, ok := parsePair(string(name[0]))
		if !ok || len(name) > 1 {
			return l.errorf("expected the name of a table, two species such as Ta-Ta or 1_2, found %s", quote(bytes.Join(name, []byte{' '})))
		}
		t := r.table(species)
		if len(t.R) > 0 {
			return l.errorf("a second table of the species %d and %d", t.Species[0], t.Species[1])
		}
		size, err := next()
		switch {
		case err == io.EOF:
			return l.errorf("a table without rows")
		case err != nil:
			return err
		}
		n := 0
		if len(size) >= 2 && string(size[0]) == "N" {
			n, _ = strconv.Atoi(string(size[1]))
		}
		if n < 2 {
			return l.errorf("expected N and the number of rows, found %s", quote(bytes.Join(size, []byte{' '})))
		}
		for k := range n {
			row, err := next()
			switch {
			case err == io.EOF:
				return l.errorf("%d rows of a table that should have %d", k, n)
			case err != nil:
				return err
			case len(row) != 4:
				return l.errorf("%d fields, want the number of the row, distance, energy and force", len(row))
			}
			var x [3]float64
			for a := range x {
				if x[a], ok = parseFloat(row[1+a]); !ok || !finite(x[a]) {
					return l.errorf("%s is not a finite number", quote(row[1+a]))
				}
			}
			if err := add(t, x, l.errorf); err != nil {
				return err
			}
		}
	}
}

// parsePair returns the species of the name of a table.
func parsePair(name string) (species [2]int, ok bool) {
	name = strings.TrimPrefix(name, "SPECIES_")
	at := strings.IndexAny(name, "-_")
	if at < 0 {
		return species, false
	}
	a, okA := parseSpecies(name[:at])
	b, okB := parseSpecies(name[at+1:])
	return [2]int{a, b}, okA && okB
}

// parseSpecies returns the number of a species, or of a chemical element.
func parseSpecies(text string) (int, bool) {
	if z, ok := atomicNumbers[text]; ok {
		return z, true
	}
	n, err := strconv.ParseInt(text, 10, 32)
	return int(n), err == nil && n >= 0
}
