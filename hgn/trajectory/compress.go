package trajectory

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/rapidhgn/rapidhgn/internal/filecause"
)

// compressed reports whether the name of a file promises gzip.
func compressed(path string) bool {
	return strings.HasSuffix(strings.ToLower(path), ".gz")
}

// An input is an open file, decompressed if it is compressed.
type input struct {
	io.Reader
	file *os.File
}

func (in *input) Close() error { return in.file.Close() }

// openInput opens a regular file that is not empty. It is taken for gzip if it
// begins as such, and must be if its name ends in .gz.
func openInput(path string) (*input, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, &ParseError{File: path, Cause: filecause.Read(err).Error(), Err: err}
	}
	in := &input{file: file}
	if cause, err := in.begin(compressed(path)); cause != "" {
		file.Close()
		return nil, &ParseError{File: path, Cause: cause, Err: err}
	}
	return in, nil
}

// begin checks what kind of file it is and sets the reader. It returns what is
// wrong, or "".
func (in *input) begin(wantGzip bool) (string, error) {
	info, err := in.file.Stat()
	switch {
	case err != nil:
		return filecause.Read(err).Error(), err
	case info.IsDir():
		return "is a directory", nil
	case !info.Mode().IsRegular():
		return "not a regular file, which can be read more than once", nil
	}
	magic := make([]byte, 2)
	n, err := in.file.ReadAt(magic, 0)
	switch {
	case n == 0 && err == io.EOF:
		return "empty file", nil
	case err != nil && err != io.EOF:
		return filecause.Read(err).Error(), err
	}
	if string(magic) != "\x1f\x8b" {
		if wantGzip {
			return "not a gzip file", nil
		}
		in.Reader = in.file
		return "", nil
	}
	if in.Reader, err = gzip.NewReader(bufio.NewReaderSize(in.file, 1<<16)); err != nil {
		return readCause(err), err
	}
	return "", nil
}

// readCause says what is wrong where reading an input failed with err.
func readCause(err error) string {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), err == io.EOF:
		return "truncated gzip file"
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum):
		return "corrupt gzip file"
	}
	if corrupt := flate.CorruptInputError(0); errors.As(err, &corrupt) {
		return "corrupt gzip file"
	}
	return filecause.Read(err).Error()
}
