package trajectory

import (
	"bytes"
	"io"
	"slices"
	"strconv"
)

// byteOrderMark begins what some programs write as UTF-8.
var byteOrderMark = []byte("\ufeff")

// A table reads comma-separated numbers below a line of names.
type table struct {
	lines
	names  []string
	fields [][]byte // of the line last read, without spaces around
}

// newTable reads the names. It is io.EOF if there are none.
func newTable(r io.Reader, file string) (*table, error) {
	t := &table{lines: newLines(r, file)}
	if err := t.record(); err != nil {
		return nil, err
	}
	for _, field := range t.fields {
		name := string(field)
		if t.column(name) >= 0 {
			return nil, t.errorf("column %s repeats", quote(field))
		}
		t.names = append(t.names, name)
	}
	return t, nil
}

// record reads the next line that is not blank into t.fields, or returns io.EOF.
func (t *table) record() error {
	for {
		line, err := t.next()
		if err != nil {
			return err
		}
		if t.line == 1 {
			line = bytes.TrimPrefix(line, byteOrderMark)
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		t.fields = t.fields[:0]
		for more := true; more; {
			var field []byte
			field, line, more = bytes.Cut(line, []byte{','})
			t.fields = append(t.fields, bytes.TrimSpace(field))
		}
		if t.names != nil && len(t.fields) != len(t.names) {
			return t.errorf("%d fields, where there are %d columns", len(t.fields), len(t.names))
		}
		return nil
	}
}

// column returns the column called name, or −1 if there is none.
func (t *table) column(name string) int { return slices.Index(t.names, name) }

// require returns an error if there is no column of one of the names.
func (t *table) require(names ...string) error {
	for _, name := range names {
		if t.column(name) < 0 {
			return t.errorf("missing column %s", name)
		}
	}
	return nil
}

// integer reads column k of the line.
func (t *table) integer(k int) (int64, error) {
	n, err := strconv.ParseInt(string(t.fields[k]), 10, 64)
	if err != nil {
		return 0, t.errorf("%s: %s is not a whole number", t.names[k], quote(t.fields[k]))
	}
	return n, nil
}

// number reads column k of the line.
func (t *table) number(k int) (float64, error) {
	x, ok := parseFloat(t.fields[k])
	if !ok {
		return 0, t.errorf("%s: %s is not a number", t.names[k], quote(t.fields[k]))
	}
	if !finite(x) {
		return 0, t.errorf("%s is not finite: %s", t.names[k], quote(t.fields[k]))
	}
	return x, nil
}
