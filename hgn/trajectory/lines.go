package trajectory

import (
	"bytes"
	"fmt"
	"io"
)

// maxLine bounds the length of a line, and is the memory that reading takes.
const maxLine = 1 << 18

// lines reads a text line by line without allocating.
type lines struct {
	file  string // name, for messages
	line  int    // number of the line last read, from 1
	open  bool   // that line has no end: the file ends in it
	r     io.Reader
	buf   []byte
	begin int // buf[begin:end] was read and not yet returned
	end   int
	err   error // why r ended
}

func newLines(r io.Reader, file string) lines {
	return lines{file: file, r: r, buf: make([]byte, maxLine)}
}

// next returns the next line without its end, LF or CR LF. It is valid until the
// next call. After the last line the error is io.EOF itself.
func (l *lines) next() ([]byte, error) {
	for {
		if n := bytes.IndexByte(l.buf[l.begin:l.end], '\n'); n >= 0 {
			line := l.buf[l.begin : l.begin+n]
			l.begin += n + 1
			l.line++
			return bytes.TrimSuffix(line, []byte{'\r'}), nil
		}
		switch {
		case l.err == io.EOF && l.begin < l.end:
			line := l.buf[l.begin:l.end]
			l.begin = l.end
			l.line++
			l.open = true
			return line, nil
		case l.err == io.EOF:
			return nil, io.EOF
		case l.err != nil:
			return nil, &ParseError{l.file, l.line, readCause(l.err), l.err}
		}
		l.end = copy(l.buf, l.buf[l.begin:l.end])
		l.begin = 0
		if l.end == len(l.buf) {
			l.line++
			return nil, l.errorf("line longer than %d bytes", maxLine-1)
		}
		var n int
		n, l.err = l.r.Read(l.buf[l.end:])
		l.end += n
	}
}

// errorf returns an error of the line last read.
func (l *lines) errorf(format string, args ...any) error {
	return &ParseError{File: l.file, Line: l.line, Cause: fmt.Sprintf(format, args...)}
}
