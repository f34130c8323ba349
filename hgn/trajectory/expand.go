package trajectory

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Expand returns the files that patterns mean, in the order of the patterns. A
// pattern that is the name of a file means that file. Any other is matched as by
// [filepath.Match], and means what matches, sorted; it is a *[ParseError] if nothing
// does.
//
// It is a *[ParseError] too if a file comes twice, under whatever names.
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
			slices.Sort(matches) // Glob sorts by folder, then name
			files = append(files, matches...)
		case strings.ContainsAny(pattern, "*?["):
			return nil, &ParseError{File: pattern, Cause: "no file matches"}
		default:
			return nil, &ParseError{File: pattern, Cause: "no such file", Err: os.ErrNotExist}
		}
	}
	if err := checkDistinct(files); err != nil {
		return nil, err
	}
	return files, nil
}

// checkDistinct returns an error if two names mean the same file. A name that cannot
// be looked up counts as another file.
func checkDistinct(files []string) error {
	type traits struct{ size, modified int64 } // what two names of a file share
	type file struct {
		name string
		info fs.FileInfo
	}
	seen := make(map[traits][]file)
	for _, name := range files {
		info, err := os.Stat(name)
		if err != nil {
			continue
		}
		key := traits{info.Size(), info.ModTime().UnixNano()}
		for _, other := range seen[key] {
			if !os.SameFile(info, other.info) {
				continue
			}
			cause := "the file is given twice"
			if other.name != name {
				cause += ", as " + other.name + " too"
			}
			return &ParseError{File: name, Cause: cause}
		}
		seen[key] = append(seen[key], file{name, info})
	}
	return nil
}
