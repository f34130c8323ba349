package trajectory

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/rapidhgn/rapidhgn/internal/filecause"
	"github.com/rapidhgn/rapidhgn/internal/npy"
)

// An arraySet is the arrays of a trajectory, by the first of their names.
type arraySet struct {
	file    string
	arrays  map[string]*npy.Reader
	spelled map[string]string // as the file has them
	closers []io.Closer
}

// openArrays opens the archive called path, or the arrays beside the one called path.
// Without names it opens all of them.
func openArrays(path string, names ...string) (*arraySet, error) {
	s := &arraySet{file: path, arrays: make(map[string]*npy.Reader), spelled: make(map[string]string)}
	var err error
	if strings.HasSuffix(strings.ToLower(path), ".npy") {
		err = s.openFiles(names)
	} else {
		err = s.openArchive(names)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Close closes all files.
func (s *arraySet) Close() error {
	var err error
	for _, c := range s.closers {
		err = errors.Join(err, c.Close())
	}
	return err
}

// openFiles opens the .npy files that belong together.
func (s *arraySet) openFiles(names []string) error {
	files := siblings(s.file)
	if files == nil {
		return &ParseError{File: s.file, Cause: "the name of the array of positions must end in q.npy; the others lie beside it"}
	}
	for name, path := range files {
		file, err := os.Open(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return &ParseError{File: path, Cause: filecause.Read(err).Error(), Err: err}
		}
		s.closers = append(s.closers, file)
		info, err := file.Stat()
		if err != nil || !info.Mode().IsRegular() {
			return &ParseError{File: path, Cause: "not a regular file", Err: err}
		}
		if err := s.add(name, file, info.Size(), names); err != nil {
			return err
		}
	}
	return nil
}

// openArchive opens the entries of an .npz file.
func (s *arraySet) openArchive(names []string) error {
	archive, err := zip.OpenReader(s.file)
	if err != nil {
		cause := filecause.Read(err).Error()
		if errors.Is(err, zip.ErrFormat) {
			cause = "not an archive of NumPy, or cut short"
		}
		return &ParseError{File: s.file, Cause: cause, Err: err}
	}
	s.closers = append(s.closers, archive)
	var unknown []string
	for _, entry := range archive.File {
		name := strings.TrimSuffix(entry.Name, ".npy")
		if knownArray(name) == "" || name == entry.Name {
			unknown = append(unknown, entry.Name)
		}
	}
	if unknown != nil {
		for i, name := range unknown {
			unknown[i] = strings.TrimSuffix(name, ".npy")
		}
		return &ParseError{File: s.file, Cause: unknownArrays(unknown)}
	}
	for _, entry := range archive.File {
		r, err := entry.Open()
		if err != nil {
			return s.errorf("%s: %v", entry.Name, err)
		}
		s.closers = append(s.closers, r)
		const most = 1032 // deflate makes no more of a byte
		size := min(entry.UncompressedSize64, most*min(entry.CompressedSize64, 1<<50))
		if err := s.add(strings.TrimSuffix(entry.Name, ".npy"), r, int64(size), names); err != nil {
			return err
		}
	}
	return nil
}

// add adds the array called name, which r holds in at most size bytes, if it is among
// names or if these are none.
func (s *arraySet) add(name string, r io.Reader, size int64, names []string) error {
	known := knownArray(name)
	if names != nil && !slices.Contains(names, known) {
		return nil
	}
	if _, twice := s.arrays[known]; twice {
		return s.errorf("%s and %s mean the same", s.spelled[known], name)
	}
	a, err := npy.NewReader(r, size)
	if err != nil {
		return s.errorf("%s: %v", name, err)
	}
	s.arrays[known], s.spelled[known] = a, name
	return nil
}

// errorf returns an error of the file.
func (s *arraySet) errorf(format string, args ...any) error {
	return &ParseError{File: s.file, Cause: fmt.Sprintf(format, args...)}
}

// shape returns an error that says what shape an array should have.
func (s *arraySet) shape(name string) error {
	return s.errorf("%s is %v, which is not %s", s.spelled[name], s.arrays[name].Header, shapeOf(name))
}
