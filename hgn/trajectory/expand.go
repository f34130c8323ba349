package trajectory

import (
	"os"
	"path/filepath"
	"strings"
)

// Expand returns the files that patterns mean, in the order of the patterns. A
// pattern that is the name of a file means that file. Any other is matched as by
// [filepath.Match], and means what matches, sorted; it is a *[ParseError] if nothing
// does.
func Expand(patterns []string) ([]string, error) {
	var files []string
	for _, pattern := range patterns {
		if _, err := os.Lstat(pattern); err == nil {
			files = append(files, pattern)
			continue
		}
		matches, err := filepath.Glob(pattern)
		switch {
		case err != nil:
			return nil, &ParseError{File: pattern, Cause: "malformed pattern", Err: err}
		case len(matches) > 0:
			files = append(files, matches...)
		case strings.ContainsAny(pattern, "*?["):
			return nil, &ParseError{File: pattern, Cause: "no file matches"}
		default:
			return nil, &ParseError{File: pattern, Cause: "no such file", Err: os.ErrNotExist}
		}
	}
	return files, nil
}
