package trajectory

import (
	"fmt"
	"strings"
)

// A kind is a format of files.
type kind uint8

const (
	dumps  kind = iota // LAMMPS text dumps
	xyz                // extended XYZ
	arrays             // arrays of NumPy
)

// kindOf is the format that the name of a file promises.
func kindOf(path string) kind {
	path = strings.TrimSuffix(strings.ToLower(path), ".gz")
	switch {
	case strings.HasSuffix(path, ".xyz"), strings.HasSuffix(path, ".extxyz"):
		return xyz
	case strings.HasSuffix(path, ".npz"), strings.HasSuffix(path, ".npy"):
		return arrays
	}
	return dumps
}

// CheckName returns an error unless [Create] knows the format of a file of that name:
// unless the name ends in .dump, .lammpstrj, .xyz or .extxyz, with or without .gz, or in
// .npz or q.npy.
func CheckName(path string) error {
	name := strings.ToLower(path)
	text := strings.TrimSuffix(name, ".gz")
	for _, ending := range []string{".dump", ".lammpstrj", ".xyz", ".extxyz"} {
		if strings.HasSuffix(text, ending) {
			return nil
		}
	}
	if strings.HasSuffix(name, ".npz") || strings.HasSuffix(name, ".npy") && siblings(path) != nil {
		return nil
	}
	return fmt.Errorf("%s: the name must end in .dump, .lammpstrj, .xyz or .extxyz, with or without .gz, or in .npz or q.npy", path)
}
