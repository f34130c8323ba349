package trajectory

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/internal/filecause"
)

// A textFile is a file of frames as text.
type textFile struct {
	path   string
	file   *os.File
	encode func(text []byte, f *hgn.Frame) ([]byte, bool)
	zip    *gzip.Writer // nil if not compressed
	text   []byte       // of a frame
	packed bytes.Buffer // of a frame, compressed
	size   int64        // of the file, after the last frame
	err    error        // of the write that failed
}

// createText makes or empties a file for frames as encode appends them. It returns false
// if a number is not finite.
func createText(path string, encode func([]byte, *hgn.Frame) ([]byte, bool)) (*textFile, error) {
	return openText(path, 0, encode)
}

// openText is createText that leaves the first bytes of the file as they are.
func openText(path string, size int64, encode func([]byte, *hgn.Frame) ([]byte, bool)) (*textFile, error) {
	flags, cause := os.O_RDWR, filecause.Read
	if size == 0 {
		flags, cause = os.O_RDWR|os.O_CREATE|os.O_TRUNC, filecause.Write
	}
	file, err := os.OpenFile(path, flags, 0o666)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, cause(err))
	}
	if size > 0 {
		if err := keep(file, size); err != nil {
			file.Close()
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	t := &textFile{path: path, file: file, encode: encode, size: size}
	if compressed(path) {
		t.zip = gzip.NewWriter(&t.packed)
	}
	return t, nil
}

// keep cuts file down to its first bytes and goes to their end.
func keep(file *os.File, size int64) error {
	info, err := file.Stat()
	if err != nil {
		return filecause.Write(err)
	}
	if info.Size() < size {
		return fmt.Errorf("%d bytes to append to, but there are %d", size, info.Size())
	}
	if err := file.Truncate(size); err != nil {
		return filecause.Write(err)
	}
	if _, err := file.Seek(size, io.SeekStart); err != nil {
		return filecause.Write(err)
	}
	return nil
}

func (t *textFile) write(f *hgn.Frame) error {
	if t.err != nil {
		return t.err
	}
	var ok bool
	if t.text, ok = t.encode(t.text[:0], f); !ok {
		return fmt.Errorf("%s: step %d: a number of the frame is not finite", t.path, f.Step)
	}
	data := t.text
	if t.zip != nil {
		t.packed.Reset()
		t.zip.Reset(&t.packed)
		t.zip.Write(t.text) // into memory: does not fail
		t.zip.Close()
		data = t.packed.Bytes()
	}
	if _, err := t.file.Write(data); err != nil {
		t.file.Truncate(t.size) // not of a pipe or a device
		t.err = fmt.Errorf("%s: %w", t.path, filecause.Write(err))
		return t.err
	}
	t.size += int64(len(data))
	return nil
}

func (t *textFile) close() error {
	if err := t.file.Close(); err != nil {
		return fmt.Errorf("%s: %w", t.path, filecause.Write(err))
	}
	return nil
}
