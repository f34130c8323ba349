package trajectory

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestExpand(t *testing.T) {
	dir := t.TempDir()
	in := func(names ...string) []string {
		var paths []string
		for _, name := range names {
			paths = append(paths, filepath.Join(dir, name))
		}
		return paths
	}
	for _, path := range in("b.dump", "a.dump", "a[1].dump", "a1.dump") {
		if err := os.WriteFile(path, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ patterns, want []string }{
		{nil, nil},
		{in("*.dump"), in("a.dump", "a1.dump", "a[1].dump", "b.dump")},
		{in("b.dump", "?.dump"), in("b.dump", "a.dump", "b.dump")},
		{in("a[1].dump"), in("a[1].dump")}, // the name before the pattern
		{in("[a]1.dump"), in("a1.dump")},
	} {
		got, err := Expand(c.patterns)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, %v, want %q", c.patterns, got, err, c.want)
		}
	}
	for name, want := range map[string]string{
		"c.dump":   ": no such file",
		"c*.dump":  ": no file matches",
		"[a.dump":  ": malformed pattern",
		"x/*.dump": ": no file matches",
	} {
		path := in(name)[0]
		if _, err := Expand([]string{path}); err == nil || err.Error() != path+want {
			t.Errorf("%v, want %s%s", err, path, want)
		}
	}
}
