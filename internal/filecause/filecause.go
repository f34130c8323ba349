// Package filecause words what the operating system says is wrong with a file, for
// messages that begin with its name: without the operation and the name, which errors
// of package os repeat, and the same on every system where something is missing.
package filecause

import (
	"errors"
	"io/fs"
	"os"
)

// Read returns what is wrong where a file cannot be opened or read, err being the
// error of package os. [errors.Is] and [errors.As] find err in it.
func Read(err error) error { return fault{text(err, "no such file"), err} }

// Write is Read where a file cannot be made, written or renamed. What is missing then
// is the folder.
func Write(err error) error { return fault{text(err, "no such folder"), err} }

// text words err, and missing for what does not exist.
func text(err error, missing string) string {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return missing
	case errors.As(err, &path):
		return path.Err.Error()
	case errors.As(err, &link):
		return link.Err.Error()
	}
	return err.Error()
}

// A fault is an error in other words.
type fault struct {
	text string
	err  error
}

func (f fault) Error() string { return f.text }
func (f fault) Unwrap() error { return f.err }
