package trajectory

import "strings"

// Slots of columns that are no element of a row.
const (
	slotIgnored = -1 - iota
	slotID
	slotType
)

// columns says what the columns of a dump are. A row of numbers has the elements
//
//	positions, velocities, forces, mass, charge
//
// as far as they are there: coords numbers for each of the first three.
type columns struct {
	slot       []int    // by column: element of the row, or a constant above
	name       []string // by column
	coords     int      // coordinates of vectors: 1, 2 or 3
	velocities int      // first element of the velocities, or −1
	forces     int      // or −1
	mass       int      // or −1
	charge     int      // or −1
	width      int      // elements of a row
}

// parseColumns reads the names of an ITEM: ATOMS line. It returns what is wrong with
// them, or "".
func parseColumns(line string) (*columns, string) {
	c := &columns{name: strings.Fields(line), velocities: -1, forces: -1, mass: -1, charge: -1}
	at := make(map[string]int)
	for k, name := range c.name {
		if _, repeats := at[name]; repeats {
			return nil, "column " + quote([]byte(name)) + " repeats"
		}
		at[name] = k
		c.slot = append(c.slot, slotIgnored)
	}
	has := func(name string) bool { _, ok := at[name]; return ok }
	take := func(name string) int {
		c.slot[at[name]] = c.width
		c.width++
		return c.width - 1
	}

	for _, required := range []struct {
		name string
		slot int
	}{{"id", slotID}, {"type", slotType}} {
		if !has(required.name) {
			return nil, "missing column " + required.name
		}
		c.slot[at[required.name]] = required.slot
	}

	position := [3]string{"x", "y", "z"}
	switch {
	case has("xu"):
		position = [3]string{"xu", "yu", "zu"}
	case has("x"):
	case has("xs"), has("xsu"):
		return nil, "scaled positions are not supported: dump x y z or xu yu zu"
	default:
		return nil, "missing column x or xu"
	}
	for a, name := range position {
		if has(name) {
			c.coords = a + 1
		}
	}
	for _, name := range position[:c.coords] {
		if !has(name) {
			return nil, "missing column " + name
		}
		take(name)
	}

	for _, vector := range []struct {
		name  [3]string
		first *int
	}{
		{[3]string{"vx", "vy", "vz"}, &c.velocities},
		{[3]string{"fx", "fy", "fz"}, &c.forces},
	} {
		some := false
		for a, name := range vector.name {
			if some = some || has(name); has(name) && a >= c.coords {
				return nil, "column " + name + " without " + position[a]
			}
		}
		if !some {
			continue
		}
		*vector.first = c.width
		for _, name := range vector.name[:c.coords] {
			if !has(name) {
				return nil, "missing column " + name
			}
			take(name)
		}
	}
	if has("mass") {
		c.mass = take("mass")
	}
	if has("q") {
		c.charge = take("q")
	}
	return c, ""
}
