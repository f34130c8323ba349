package trajectory

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// slotSymbol is the slot of the column of species. It is no element of a row.
const slotSymbol = -10

// xyzColumns says what the columns of a frame in extended XYZ are. A row of numbers has
// the elements that were found, each of coords numbers or of one; −1 is where there are
// none.
type xyzColumns struct {
	slot   []int    // by column: element of the row, slotSymbol or slotIgnored
	name   []string // by column
	coords int      // coordinates of vectors: 1, 2 or 3
	width  int      // elements of a row

	position, momentum, velocity, force, mass, charge, energy int
}

// xyzDefault are the columns of a file that names none.
const xyzDefault = "species:S:1:pos:R:3"

// parseXYZColumns reads the value of Properties, NAME:TYPE:COLUMNS joined by colons. It
// returns what is wrong with it, or "".
func parseXYZColumns(properties string) (*xyzColumns, string) {
	type property struct {
		kind         string
		first, width int
	}
	c := &xyzColumns{}
	found := make(map[string]property)
	fields := strings.Split(properties, ":")
	if len(fields)%3 != 0 {
		return nil, "Properties: " + quote([]byte(properties)) + " is not a list of NAME:TYPE:COLUMNS"
	}
	for f := range slices.Chunk(fields, 3) {
		name, kind := f[0], f[1]
		width, err := strconv.Atoi(f[2])
		if err != nil || width < 1 || width > 1000 || len(kind) != 1 || !strings.Contains("SRIL", kind) {
			return nil, fmt.Sprintf("Properties: %s is not NAME:TYPE:COLUMNS with a type of S, R, I or L", quote([]byte(strings.Join(f, ":"))))
		}
		if _, repeats := found[name]; repeats {
			return nil, "property " + quote([]byte(name)) + " repeats"
		}
		found[name] = property{kind, len(c.slot), width}
		for range width {
			c.slot = append(c.slot, slotIgnored)
			c.name = append(c.name, name)
		}
	}

	wrong := ""
	// find returns the first of the properties with one of the names.
	find := func(kinds string, widths []int, names ...string) (property, bool) {
		for _, name := range names {
			p, ok := found[name]
			if !ok {
				continue
			}
			if !strings.Contains(kinds, p.kind) || !slices.Contains(widths, p.width) {
				wrong = fmt.Sprintf("property %s:%s:%d: want %s:%c:%d", name, p.kind, p.width, name, kinds[0], widths[0])
			}
			return p, true
		}
		return property{}, false
	}
	numbers := func(widths []int, names ...string) int {
		p, ok := find("RI", widths, names...)
		if !ok {
			return -1
		}
		first := c.width
		for k := range p.width {
			c.slot[p.first+k] = c.width
			c.width++
		}
		return first
	}

	one := []int{1}
	if c.position = numbers([]int{3, 2, 1}, "pos", "positions"); c.position < 0 {
		return nil, "Properties: pos is missing"
	}
	c.coords = c.width
	coords := []int{c.coords}
	c.momentum = numbers(coords, "momenta", "momentum")
	c.velocity = numbers(coords, "velocities", "velocity", "velo", "vel")
	c.force = numbers(coords, "forces", "force")
	c.mass = numbers(one, "masses", "mass")
	c.charge = numbers(one, "charges", "charge", "initial_charges")
	c.energy = numbers(one, "energies")
	species, ok := find("I", one, "Z", "numbers")
	if !ok {
		species, ok = find("S", one, "species", "symbols", "element")
	}
	if !ok {
		return nil, "Properties: species is missing"
	}
	c.slot[species.first] = slotSymbol
	return c, wrong
}
