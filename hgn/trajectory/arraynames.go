package trajectory

import (
	"fmt"
	"slices"
	"strings"
)

// An arrayName is an array that trajectories may have, by the names that are understood.
// The first is the one that is written.
type arrayName struct {
	names []string
	shape string // what is written after the number of frames, for messages
}

// arrayNames are all of them. q is the first.
var arrayNames = []arrayName{
	{[]string{"q", "position", "positions"}, "frames×N×d"},
	{[]string{"p", "momentum", "momenta"}, "frames×N×d"},
	{[]string{"v", "velocity", "velocities", "qdot"}, "frames×N×d"},
	{[]string{"f", "force", "forces", "pdot"}, "frames×N×d"},
	{[]string{"masses", "mass"}, "N"},
	{[]string{"species", "types", "numbers"}, "N"},
	{[]string{"charges", "charge"}, "N"},
	{[]string{"edges"}, "E×2"},
	{[]string{"senders"}, "E"},
	{[]string{"receivers"}, "E"},
	{[]string{"box"}, "d, d×d or frames×d×d"},
	{[]string{"origin"}, "d or frames×d"},
	{[]string{"upper"}, "d or frames×d"},
	{[]string{"periodic", "pbc"}, "d"},
	{[]string{"energy", "energies"}, "frames"},
	{[]string{"total_energy"}, "frames"},
	{[]string{"stress"}, "frames×6"},
	{[]string{"group"}, "frames"},
	{[]string{"step", "steps"}, "frames"},
	{[]string{"stride"}, "one number"},
	{[]string{"dt"}, "one number"},
	{[]string{"seed"}, "one number"},
}

// knownArray returns the name that stands first among those that mean the same, or "".
func knownArray(name string) string {
	for _, a := range arrayNames {
		if slices.Contains(a.names, name) {
			return a.names[0]
		}
	}
	return ""
}

// shapeOf says what shape an array should have.
func shapeOf(name string) string {
	for _, a := range arrayNames {
		if a.names[0] == name {
			return a.shape
		}
	}
	return ""
}

// unknownArrays words an error about arrays of unknown names.
func unknownArrays(names []string) string {
	slices.Sort(names)
	var known []string
	for _, a := range arrayNames {
		known = append(known, a.names...)
	}
	return fmt.Sprintf("unknown arrays %s; the known names are %s", strings.Join(names, ", "), strings.Join(known, ", "))
}

// siblings returns the names of the files that belong to that of the positions, called
// path, by the names of arrays; nil if that does not end in q.npy or another name of q.
func siblings(path string) map[string]string {
	base, found := strings.CutSuffix(path, ".npy")
	if !found {
		return nil
	}
	for _, q := range arrayNames[0].names {
		prefix, found := strings.CutSuffix(base, q)
		if !found || prefix != "" && !strings.ContainsAny(prefix[len(prefix)-1:], `/\._-`) {
			continue
		}
		files := make(map[string]string)
		for _, a := range arrayNames {
			for _, name := range a.names {
				files[name] = prefix + name + ".npy"
			}
		}
		return files
	}
	return nil
}
