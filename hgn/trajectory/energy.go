package trajectory

import (
	"fmt"
	"io"
)

// Energies are the energies of a system over time.
type Energies struct {
	file  string
	total map[int64]float64
}

// ReadEnergy reads energies from the file called path: comma-separated values below
// a header that names the columns, in any order. The columns step and etotal are
// required; where there are columns pe and ke, they must be finite numbers too, and
// others are ignored.
//
// A step that comes twice and a file without steps give a *[ParseError].
func ReadEnergy(path string) (*Energies, error) {
	in, err := openInput(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return readEnergy(in, path)
}

// Total is the total energy at a step, or a *[ParseError] if the file does not give it.
func (e *Energies) Total(step int64) (float64, error) {
	x, found := e.total[step]
	if !found {
		return 0, &ParseError{File: e.file, Cause: fmt.Sprintf("no energy at step %d", step)}
	}
	return x, nil
}

func readEnergy(r io.Reader, file string) (*Energies, error) {
	e := &Energies{file, make(map[int64]float64)}
	t, err := newTable(r, file)
	if err == nil {
		err = t.require("step", "etotal")
	}
	for err == nil {
		err = e.add(t)
	}
	if err != io.EOF {
		return nil, err
	}
	if len(e.total) == 0 {
		return nil, &ParseError{File: file, Cause: "no energies"}
	}
	return e, nil
}

// add reads the energies of one step, or returns io.EOF if there is none.
func (e *Energies) add(t *table) error {
	if err := t.record(); err != nil {
		return err
	}
	step, err := t.integer(t.column("step"))
	if err != nil {
		return err
	}
	for _, name := range []string{"pe", "ke"} {
		if k := t.column(name); k >= 0 {
			if _, err := t.number(k); err != nil {
				return err
			}
		}
	}
	total, err := t.number(t.column("etotal"))
	if err != nil {
		return err
	}
	if _, found := e.total[step]; found {
		return t.errorf("step %d repeats", step)
	}
	e.total[step] = total
	return nil
}
