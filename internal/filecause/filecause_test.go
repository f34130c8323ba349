package filecause

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestCause(t *testing.T) {
	full := errors.New("disk full")
	for _, c := range []struct {
		err         error
		read, write string
	}{
		{&fs.PathError{Op: "open", Path: "a", Err: fs.ErrNotExist}, "no such file", "no such folder"},
		{&fs.PathError{Op: "write", Path: "a", Err: full}, "disk full", "disk full"},
		{fmt.Errorf("in short: %w", &fs.PathError{Op: "write", Path: "a", Err: full}), "disk full", "disk full"},
		{&os.LinkError{Op: "rename", Old: "a", New: "b", Err: full}, "disk full", "disk full"},
		{&os.LinkError{Op: "rename", Old: "a", New: "b", Err: fs.ErrNotExist}, "no such file", "no such folder"},
		{full, "disk full", "disk full"},
	} {
		if got := Read(c.err); got.Error() != c.read || !errors.Is(got, c.err) {
			t.Errorf("Read(%v) = %v, want %s", c.err, got, c.read)
		}
		if got := Write(c.err); got.Error() != c.write || !errors.Is(got, c.err) {
			t.Errorf("Write(%v) = %v, want %s", c.err, got, c.write)
		}
	}
}

// TestSystem asks the operating system.
func TestSystem(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	if _, err := os.Open(missing); Read(err).Error() != "no such file" {
		t.Errorf("%v: %v", err, Read(err))
	}
	if err := os.WriteFile(filepath.Join(missing, "a"), nil, 0o666); Write(err).Error() != "no such folder" {
		t.Errorf("%v: %v", err, Write(err))
	}
}
