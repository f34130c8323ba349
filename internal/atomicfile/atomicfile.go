// Package atomicfile writes files that are there whole or not at all.
package atomicfile

import (
	"os"
	"path/filepath"
)

// Write makes data the content of the named file. It writes to a temporary file
// in the same folder and renames it; whatever fails, the named file is what it
// was before, and the temporary file is gone. A process that is killed may leave
// the temporary file, whose name starts with a dot.
func Write(name string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(data); err != nil {
		return err
	}
	if err = f.Chmod(0o644); err != nil {
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
