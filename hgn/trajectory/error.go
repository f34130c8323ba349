package trajectory

import "fmt"

// A ParseError is a fault of an input file.
type ParseError struct {
	File  string
	Line  int // from 1; 0 if the file as a whole is meant
	Cause string
	Err   error // what the operating system or a decoder reported, or nil
}

// Error gives "FILE:LINE: cause", or "FILE: cause" without a line.
func (e *ParseError) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Cause)
	}
	return e.File + ": " + e.Cause
}

// Unwrap returns e.Err.
func (e *ParseError) Unwrap() error { return e.Err }

// quote shows text from a file, shortened.
func quote(b []byte) string {
	const most = 40
	if len(b) > most {
		return fmt.Sprintf("%q…", b[:most])
	}
	return fmt.Sprintf("%q", b)
}
