package trajectory

import (
	"strconv"
	"strings"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// appendXYZ appends f as a frame of extended XYZ. It returns false if a number is not
// finite.
func appendXYZ(text []byte, f *hgn.Frame) ([]byte, bool) {
	e := xyzEncoder{text: text, ok: true}
	moves, velocities := moves(f), false
	for i, p := range f.P {
		velocities = velocities || f.QDot != nil && p/f.Mass[i/f.Dim] != f.QDot[i]
	}
	e.text = append(strconv.AppendInt(e.text, int64(f.Nodes()), 10), '\n')
	e.box(f)
	e.string("Properties=species:S:1:pos:R:3:masses:R:1")
	if moves {
		e.string(":momenta:R:3")
	}
	if velocities {
		e.string(":velocities:R:3")
	}
	if f.PDot != nil {
		e.string(":forces:R:3")
	}
	if f.Charge != nil {
		e.string(":initial_charges:R:1")
	}
	if f.Dim < 3 {
		e.string(" dimension=")
		e.text = strconv.AppendInt(e.text, int64(f.Dim), 10)
	}
	e.string(" step=")
	e.text = strconv.AppendInt(e.text, f.Step, 10)
	e.properties(f)

	for i, m := range f.Mass {
		e.string("\n")
		e.string(symbolOf(f.Species[i]))
		at := i * f.Dim
		e.vector(f.Q[at:], f.Dim)
		e.number(m)
		if moves {
			e.vector(f.P[at:], f.Dim)
		}
		if velocities {
			e.vector(f.QDot[at:], f.Dim)
		}
		if f.PDot != nil {
			e.vector(f.PDot[at:], f.Dim)
		}
		if f.Charge != nil {
			e.number(f.Charge[i])
		}
	}
	return append(e.text, '\n'), e.ok
}

// An xyzEncoder appends the parts of a frame.
type xyzEncoder struct {
	text []byte
	ok   bool // all numbers were finite
}

func (e *xyzEncoder) string(s string) { e.text = append(e.text, s...) }

func (e *xyzEncoder) number(x float64) {
	e.ok = e.ok && finite(x)
	e.text = strconv.AppendFloat(append(e.text, ' '), x, 'g', -1, 64)
}

// vector appends dim coordinates and as many zeros as make three.
func (e *xyzEncoder) vector(v []float64, dim int) {
	for _, x := range v[:dim] {
		e.number(x)
	}
	for range 3 - dim {
		e.string(" 0")
	}
}

// key appends a key and its numbers.
func (e *xyzEncoder) key(name string, numbers ...float64) {
	e.string(name)
	e.string(`="`)
	begin := len(e.text)
	for _, x := range numbers {
		e.number(x)
	}
	e.text = append(e.text[:begin], e.text[begin+1:]...) // the first space
	e.string(`" `)
}

// box appends what there is to say about the box.
func (e *xyzEncoder) box(f *hgn.Frame) {
	b := &f.Box
	if *b == (hgn.Box{}) {
		e.string(`pbc="F F F" `)
		return
	}
	v, upper := boxVectors(b, f.Dim)
	for a := f.Dim; a < 3; a++ {
		v[a][a] = 1
	}
	e.key("Lattice", v[0][0], v[0][1], v[0][2], v[1][0], v[1][1], v[1][2], v[2][0], v[2][1], v[2][2])
	if b.Lo != [3]float64{} {
		e.key("Origin", b.Lo[:]...)
	}
	if upper {
		e.key("upper", b.Hi[:]...)
	}
	flags := []byte("F F F")
	for a, p := range b.Periodic {
		if p {
			flags[2*a] = 'T'
		}
	}
	e.string(`pbc="` + string(flags) + `" `)
}

// boxVectors returns the edges of a box of dim dimensions, and whether its upper corner
// is, by rounding, not where these end that begin at Lo.
func boxVectors(b *hgn.Box, dim int) (v [3][3]float64, upper bool) {
	v = b.Vectors
	if !b.Tilted() {
		for a := range dim {
			v[a][a] = b.Length(a)
		}
	}
	for a := range dim {
		upper = upper || b.Lo[a]+(v[0][a]+v[1][a]+v[2][a]) != b.Hi[a]
	}
	return v, upper
}

// properties appends energy, stress and group.
func (e *xyzEncoder) properties(f *hgn.Frame) {
	if f.HasEnergy {
		t := kinetic(f)
		e.string(" energy=")
		e.bare(f.Energy - t)
		if t != 0 {
			e.string(" total_energy=")
			e.bare(f.Energy)
		}
	}
	if f.HasStress {
		s := &f.Stress
		e.string(" ")
		e.key("stress", s[0], s[5], s[4], s[5], s[1], s[3], s[4], s[3], s[2])
		e.text = e.text[:len(e.text)-1]
	}
	if f.Group != "" {
		e.string(` config_type="`)
		e.string(escape.Replace(f.Group))
		e.string(`"`)
	}
}

// escape is for text in quotes, on one line.
var escape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ", "\r", " ")

// bare appends a number without a space.
func (e *xyzEncoder) bare(x float64) {
	e.ok = e.ok && finite(x)
	e.text = strconv.AppendFloat(e.text, x, 'g', -1, 64)
}
