package trajectory

import (
	"errors"
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
	for _, path := range in("b.dump", "a.dump", "a[1].dump", "a1.dump", "f/x.dump", "f-g/x.dump") {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ patterns, want []string }{
		{nil, nil},
		{in("*.dump"), in("a.dump", "a1.dump", "a[1].dump", "b.dump")},
		{in("b.dump", "a?.dump", "a.dump"), in("b.dump", "a1.dump", "a.dump")},
		{in("f*/x.dump"), in("f-g/x.dump", "f/x.dump")}, // not by folder
		{in("a[1].dump"), in("a[1].dump")},              // the name before the pattern
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

func TestExpandTwice(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.dump"), filepath.Join(dir, "b.dump")
	for _, path := range []string{a, b} {
		if err := os.WriteFile(path, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	check := func(want string, patterns ...string) {
		t.Helper()
		_, err := Expand(patterns)
		if parse := (*ParseError)(nil); !errors.As(err, &parse) || err.Error() != want {
			t.Errorf("%q: %v, want %s", patterns, err, want)
		}
	}
	check(a+": the file is given twice", a, b, a)
	check(b+": the file is given twice", b, filepath.Join(dir, "?.dump"))
	other := dir + string(filepath.Separator) + "." + string(filepath.Separator) + "a.dump"
	check(other+": the file is given twice, as "+a+" too", a, b, other)
	link := filepath.Join(dir, "link")
	if err := os.Symlink("b.dump", link); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	check(b+": the file is given twice, as "+link+" too", link, a, b)
	if err := os.Remove(b); err != nil {
		t.Fatal(err)
	}
	if files, err := Expand([]string{link, a}); err != nil || !slices.Equal(files, []string{link, a}) {
		t.Errorf("a link to nothing: %q, %v", files, err)
	}
}
