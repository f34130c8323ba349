package trajectory

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// An xyzComment is what the second line of a frame in extended XYZ says, as far as it
// is used.
type xyzComment struct {
	properties string // "" if the line does not give them

	lattice, origin, upper []float64 // 9, 3 and 3 numbers, or nil
	pbc                    []bool    // three, or nil
	dimension              int       // 0 if it is not given

	step      int64
	hasStep   bool
	energy    float64 // potential energy
	hasEnergy bool
	total     float64
	hasTotal  bool
	stress    [6]float64
	hasStress bool
	virial    bool // stress is a virial: −volume × stress
	group     string

	numbers []float64 // of the value read last
	seen    []string  // keys that were used
}

// parse reads a comment line. It returns what is wrong with it, or "".
func (c *xyzComment) parse(line []byte) string {
	*c = xyzComment{numbers: c.numbers[:0], seen: c.seen[:0]}
	for {
		var key, value []byte
		var cause string
		key, value, line, cause = cutPair(line)
		if cause == "" && key == nil {
			return ""
		}
		if cause == "" {
			cause = c.set(string(key), value)
		}
		if cause != "" {
			return cause
		}
	}
}

// set takes over one pair.
func (c *xyzComment) set(key string, value []byte) (cause string) {
	number := func(dst *float64, has *bool) {
		var x []float64
		if x, cause = c.floats(key, value, 1); cause == "" {
			*dst, *has = x[0], true
		}
	}
	vector := func(dst *[]float64, n int) {
		var x []float64
		if x, cause = c.floats(key, value, n); cause == "" {
			*dst = slices.Clone(x)
		}
	}
	integer := func(dst *int64) {
		var err error
		if *dst, err = strconv.ParseInt(string(value), 10, 64); err != nil {
			cause = fmt.Sprintf("%s: %s is not a whole number", key, quote(value))
		}
	}
	switch name := key; name {
	case "Properties":
		c.properties = string(value)
	case "Lattice":
		vector(&c.lattice, 9)
	case "Origin":
		vector(&c.origin, 3)
	case "upper":
		vector(&c.upper, 3)
	case "pbc":
		c.pbc, cause = threeBools(value)
	case "dimension":
		var d int64
		if integer(&d); cause == "" && (d < 1 || d > 3) {
			cause = fmt.Sprintf("dimension: %d is not 1, 2 or 3", d)
		}
		c.dimension = int(d)
	case "step", "Step", "timestep", "Timestep":
		key = "step"
		integer(&c.step)
		c.hasStep = true
	case "energy":
		number(&c.energy, &c.hasEnergy)
	case "total_energy":
		number(&c.total, &c.hasTotal)
	case "stress", "virial", "virial_stress":
		key = "stress"
		cause = c.setStress(name, value)
	case "config_type":
		c.group = string(value)
	default:
		return ""
	}
	if slices.Contains(c.seen, key) && cause == "" {
		cause = fmt.Sprintf("%s comes twice", key)
	}
	c.seen = append(c.seen, key)
	return cause
}

// setStress reads a symmetric tensor, of nine numbers or of six.
func (c *xyzComment) setStress(key string, value []byte) string {
	order := [6]int{0, 4, 8, 5, 2, 1} // xx yy zz yz xz xy of a matrix
	x, cause := c.floats(key, value, 9)
	if cause != "" && len(x) == 6 {
		cause = ""
		order = [6]int{0, 1, 2, 3, 4, 5} // as ASE has them
		if key == "virial_stress" {
			order = [6]int{0, 1, 2, 4, 5, 3} // xx yy zz xy yz zx
		}
	}
	if cause != "" && len(x) > 0 {
		return fmt.Sprintf("%s: %s is neither 9 numbers nor 6", key, quote(value))
	}
	if cause != "" {
		return cause
	}
	for i, k := range order {
		c.stress[i] = x[k]
	}
	c.hasStress, c.virial = true, key == "virial"
	return ""
}

// floats reads value as n finite numbers, divided by spaces, commas or brackets. If it
// holds another number of them, these come with what is wrong.
func (c *xyzComment) floats(key string, value []byte, n int) ([]float64, string) {
	c.numbers = c.numbers[:0]
	for _, field := range bytes.FieldsFunc(value, isDivider) {
		x, ok := parseFloat(field)
		if !ok || !finite(x) {
			return nil, fmt.Sprintf("%s: %s is not a finite number", key, quote(field))
		}
		if c.numbers = append(c.numbers, x); len(c.numbers) > 9 {
			break
		}
	}
	if len(c.numbers) != n {
		return c.numbers, fmt.Sprintf("%s: %s is not %d numbers", key, quote(value), n)
	}
	return c.numbers, ""
}

// isDivider says whether r divides the elements of an array.
func isDivider(r rune) bool {
	switch r {
	case ' ', '\t', ',', '[', ']', '{', '}':
		return true
	}
	return false
}

// threeBools reads the value of pbc.
func threeBools(value []byte) (b []bool, cause string) {
	for _, field := range bytes.FieldsFunc(value, isDivider) {
		switch string(field) {
		case "T", "t", "true", "True", "TRUE", "1":
			b = append(b, true)
		case "F", "f", "false", "False", "FALSE", "0":
			b = append(b, false)
		default:
			b = nil
		}
	}
	if len(b) != 3 {
		return nil, fmt.Sprintf("pbc: %s is not three of T and F", quote(value))
	}
	return b, ""
}

// cutPair cuts the first key and value off line. key is nil if there is none; a key
// without a value has the value T.
func cutPair(line []byte) (key, value, rest []byte, cause string) {
	line = line[skipSpace(line, 0):]
	if len(line) == 0 {
		return nil, nil, nil, ""
	}
	key, line, cause = cutToken(line, '=')
	after := line[skipSpace(line, 0):]
	if cause != "" || len(after) == 0 || after[0] != '=' {
		return key, []byte("T"), line, cause
	}
	after = after[1:]
	value, line, cause = cutToken(after[skipSpace(after, 0):], ' ')
	if cause != "" {
		cause = fmt.Sprintf("%s: %s", key, cause)
	}
	return key, value, line, cause
}

// cutToken cuts a word, which ends at a space or at stop, or what is in quotes or
// brackets off line.
func cutToken(line []byte, stop byte) (token, rest []byte, cause string) {
	if len(line) == 0 {
		return line, line, ""
	}
	open, closing := line[0], byte(0)
	switch open {
	case '"', '\'':
		closing = open
	case '[':
		closing = ']'
	case '{':
		closing = '}'
	default:
		n := bytes.IndexFunc(line, func(r rune) bool { return r == ' ' || r == '\t' || r == rune(stop) })
		if n < 0 {
			n = len(line)
		}
		return line[:max(n, 1)], line[max(n, 1):], ""
	}
	depth, escaped := 1, false
	for i := 1; i < len(line); i++ {
		switch b := line[i]; {
		case b == '\\' && i+1 < len(line):
			i++
			escaped = true
		case b == closing:
			if depth--; depth > 0 {
				continue
			}
			token = line[1:i]
			if escaped {
				token = unescape(token)
			}
			return token, line[i+1:], ""
		case b == open:
			depth++
		}
	}
	return nil, nil, fmt.Sprintf("%s has no closing %c", quote(line), closing)
}

// unescape returns b with \x replaced by x.
func unescape(b []byte) []byte {
	var out []byte
	for i := 0; i < len(b); i++ {
		if b[i] == '\\' && i+1 < len(b) {
			i++
		}
		out = append(out, b[i])
	}
	return out
}

// box returns the box of a frame of dim dimensions, or what is wrong with it.
func (c *xyzComment) box(dim int) (b hgn.Box, cause string) {
	if c.lattice == nil {
		if slices.Contains(c.pbc, true) || c.origin != nil || c.upper != nil {
			return b, "periodic directions or corners without a box"
		}
		return b, ""
	}
	var v [3][3]float64
	tilted := false
	for i := range dim {
		copy(v[i][:dim], c.lattice[3*i:])
		for a, x := range v[i] {
			tilted = tilted || a != i && x != 0
		}
	}
	for a := range dim {
		b.Periodic[a] = c.pbc == nil || c.pbc[a]
		if c.origin != nil {
			b.Lo[a] = c.origin[a]
		}
		b.Hi[a] = b.Lo[a] + (v[0][a] + v[1][a] + v[2][a])
		if c.upper != nil {
			b.Hi[a] = c.upper[a]
		}
	}
	if tilted {
		b.Vectors = v
	}
	return b, checkBox(&b, dim)
}
