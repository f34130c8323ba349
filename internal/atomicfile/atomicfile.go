// Package atomicfile writes files that are there whole or not at all.
package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// ErrNotRegular is the error for the name of a device, a pipe or the like.
var ErrNotRegular = errors.New("is not a regular file")

// Write makes data the content of the named file. It writes to a temporary file
// in the same folder and renames it; whatever fails, the named file is what it
// was before, and the temporary file is gone. A process that is killed may leave
// the temporary file, whose name starts with a dot.
//
// A symbolic link stays, and what it points to is written. A file that exists
// keeps its permissions; one that may not be written, and one that is not regular,
// is an error.
func Write(name string, data []byte) error {
	return WriteFunc(name, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// WriteFunc is [Write] of what content writes, whose error it returns.
func WriteFunc(name string, content func(io.Writer) error) (err error) {
	f, name, err := create(name)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err = content(f); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// Check returns the error that Write would give for the named file, as far as it
// can be told beforehand, and leaves everything as it was.
func Check(name string) error {
	f, _, err := create(name)
	if err != nil {
		return err
	}
	f.Close()
	return os.Remove(f.Name())
}

// create makes a temporary file that can take the place of target, which is name
// with symbolic links followed.
func create(name string) (f *os.File, target string, err error) {
	target = name
	if real, err := filepath.EvalSymlinks(name); err == nil {
		target = real
	}
	mode := fs.FileMode(0o666) // less what umask takes
	info, err := os.Stat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, "", err
	case info.IsDir():
		return nil, "", errors.New("is a directory")
	case !info.Mode().IsRegular():
		return nil, "", ErrNotRegular
	default:
		existing, err := os.OpenFile(target, os.O_WRONLY, 0)
		if err != nil {
			return nil, "", err
		}
		existing.Close()
		mode = info.Mode().Perm()
	}
	dir, base := filepath.Split(target)
	for range 1000 {
		temporary := fmt.Sprintf("%s.%s.%08x", dir, base, rand.Uint32())
		f, err = os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	if err != nil {
		return nil, "", err
	}
	if mode != 0o666 {
		if err := f.Chmod(mode); err != nil {
			f.Close()
			os.Remove(f.Name())
			return nil, "", err
		}
	}
	return f, target, nil
}
