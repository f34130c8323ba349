package trajectory

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// write makes a file in a directory of the test.
func write(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func pack(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(data)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func unpack(t testing.TB, path string) []byte {
	t.Helper()
	in, err := openInput(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	data, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func open(t testing.TB, path string) *File {
	t.Helper()
	f, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// collect returns copies of the frames of s.
func collect(s hgn.Source) (hgn.Frames, error) {
	var frames hgn.Frames
	for f, err := range s.Frames() {
		if err != nil {
			return frames, err
		}
		g := new(hgn.Frame)
		g.CopyFrom(f)
		frames = append(frames, g)
	}
	return frames, nil
}

func mustCollect(t testing.TB, s hgn.Source) hgn.Frames {
	t.Helper()
	frames, err := collect(s)
	if err != nil {
		t.Fatal(err)
	}
	return frames
}

// sameState fails the test unless g and f are the same, bit for bit, but for where
// they were read.
func sameState(t testing.TB, g, f *hgn.Frame) {
	t.Helper()
	equal := g.Step == f.Step && g.Dim == f.Dim && g.Box == f.Box && g.Group == f.Group &&
		g.HasEnergy == f.HasEnergy && g.Energy == f.Energy && g.HasStress == f.HasStress && g.Stress == f.Stress &&
		slices.Equal(g.Species, f.Species) && (g.QDot == nil) == (f.QDot == nil) &&
		(g.PDot == nil) == (f.PDot == nil) && (g.Charge == nil) == (f.Charge == nil)
	for _, pair := range [][2][]float64{
		{g.Mass, f.Mass}, {g.Charge, f.Charge}, {g.Q, f.Q}, {g.P, f.P}, {g.QDot, f.QDot}, {g.PDot, f.PDot},
	} {
		equal = equal && slices.Equal(pair[0], pair[1])
	}
	if !equal {
		t.Fatalf("got\n%+v, want\n%+v", *g, *f)
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	empty := write(t, "empty.dump", nil)
	notGzip := write(t, "a.dump.GZ", []byte("ITEM: TIMESTEP\n"))
	short := write(t, "short.dump.gz", []byte("\x1f\x8b\x08"))
	wrong := write(t, "wrong.dump.gz", []byte("\x1f\x8b\x07\x00\x00\x00\x00\x00\x00\x00\x00"))
	missing := filepath.Join(dir, "missing.dump")
	for _, c := range []struct{ path, want string }{
		{dir, dir + ": is a directory"},
		{missing, missing + ": no such file"},
		{empty, empty + ": empty file"},
		{notGzip, notGzip + ": not a gzip file"},
		{short, short + ": truncated gzip file"},
		{wrong, wrong + ": corrupt gzip file"},
	} {
		_, err := Open(c.path, Options{})
		parse := (*ParseError)(nil)
		if !errors.As(err, &parse) || err.Error() != c.want {
			t.Errorf("Open: %v, want %s", err, c.want)
		}
		if _, err := ReadEdges(c.path, 2); err == nil || err.Error() != c.want {
			t.Errorf("ReadEdges: %v, want %s", err, c.want)
		}
		if _, err := ReadEnergy(c.path); err == nil || err.Error() != c.want {
			t.Errorf("ReadEnergy: %v, want %s", err, c.want)
		}
	}
	if _, err := Open(missing, Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is not fs.ErrNotExist", err)
	}
	if runtime.GOOS != "windows" {
		if _, err := Open(os.DevNull, Options{}); err == nil ||
			err.Error() != os.DevNull+": not a regular file, which can be read more than once" {
			t.Errorf("Open: %v", err)
		}
	}
}

func TestOpenPanics(t *testing.T) {
	path := write(t, "a.dump", []byte(dump2(0)))
	for _, c := range []struct {
		name string
		do   func()
	}{
		{"mass", func() { Open(path, Options{Masses: map[int]float64{1: 0}}) }},
		{"slice", func() { open(t, path).Slice(2, 1) }},
		{"negative", func() { open(t, path).Slice(-1, 1) }},
	} {
		func() {
			defer func() {
				if s, _ := recover().(string); !strings.HasPrefix(s, "trajectory: ") {
					t.Errorf("%s: panic %q", c.name, s)
				}
			}()
			c.do()
			t.Errorf("%s: no panic", c.name)
		}()
	}
}

func TestFileVanishes(t *testing.T) {
	path := write(t, "a.dump", []byte(dump2(0)))
	f := open(t, path)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	want := path + ": no such file"
	if _, err := collect(f); err == nil || err.Error() != want {
		t.Errorf("Frames: %v, want %s", err, want)
	}
	if _, _, err := f.Count(); err == nil || err.Error() != want {
		t.Errorf("Count: %v, want %s", err, want)
	}
}

func TestSlice(t *testing.T) {
	f := open(t, "testdata/lattice2x2x2.dump.gz")
	all := mustCollect(t, f)
	if len(all) != 5 {
		t.Fatalf("%d frames, want 5", len(all))
	}
	for lo := range 7 {
		for hi := lo; hi < 8; hi++ {
			got := mustCollect(t, f.Slice(lo, hi))
			want := all[min(lo, 5):min(hi, 5)]
			if len(got) != len(want) {
				t.Fatalf("[%d, %d): %d frames, want %d", lo, hi, len(got), len(want))
			}
			for k := range got {
				sameState(t, got[k], want[k])
				if got[k].Line != want[k].Line {
					t.Fatalf("line %d, want %d", got[k].Line, want[k].Line)
				}
			}
		}
	}
	if frames, nodes, err := f.Count(); frames != 5 || nodes != 8 || err != nil {
		t.Errorf("Count: %d, %d, %v", frames, nodes, err)
	}
}

// TestSliceEndsEarly has a fault after the last frame that is asked for.
func TestSliceEndsEarly(t *testing.T) {
	path := write(t, "a.dump", []byte(dump2(0)+dump2(1)+"garbage\n"))
	f := open(t, path)
	if got := mustCollect(t, f.Slice(1, 2)); len(got) != 1 || got[0].Step != 1 {
		t.Errorf("got %d frames", len(got))
	}
	want := path + `:23: expected "ITEM: TIMESTEP", found "garbage"`
	if got, err := collect(f); err == nil || err.Error() != want || len(got) != 2 {
		t.Errorf("%d frames, %v, want %s", len(got), err, want)
	}
}

func TestFramesAgain(t *testing.T) {
	f := open(t, "testdata/lj108.dump.gz")
	first := mustCollect(t, f)
	for range f.Frames() {
		break
	}
	second := mustCollect(t, f)
	for k := range first {
		sameState(t, second[k], first[k])
	}
}

// TestFramesClose leaves sequences early, and sees that the next file to be opened
// gets the descriptor that it would have got before.
func TestFramesClose(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("handles are not counted up on Windows")
	}
	descriptor := func() uintptr {
		file, err := os.Open("testdata")
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		return file.Fd()
	}
	f := open(t, "testdata/lattice2x2x2.dump.gz")
	broken := open(t, write(t, "a.dump", []byte("garbage")))
	before := descriptor()
	for range 10 {
		for range f.Frames() {
			break
		}
		collect(broken)
		broken.Count()
		f.Count()
	}
	if after := descriptor(); after != before {
		t.Errorf("descriptor %d, want %d: files were left open", after, before)
	}
}

// TestFramesMemory reads 10 and 1000 frames: it takes the same number of
// allocations.
func TestFramesMemory(t *testing.T) {
	allocs := func(frames int) float64 {
		var b strings.Builder
		for k := range frames {
			b.WriteString(dump2(k))
		}
		f := open(t, write(t, "a.dump", []byte(b.String())))
		return testing.AllocsPerRun(3, func() {
			n := 0
			for _, err := range f.Frames() {
				if err != nil {
					t.Fatal(err)
				}
				n++
			}
			if n != frames {
				t.Fatalf("%d frames, want %d", n, frames)
			}
		})
	}
	few, many := allocs(10), allocs(1000)
	if many > few+5 { // the runtime's own
		t.Errorf("%v allocations for 10 frames, %v for 1000", few, many)
	}
}

// dump2 is a frame of two atoms.
func dump2(step int) string {
	return fmt.Sprintf(`ITEM: TIMESTEP
%d
ITEM: NUMBER OF ATOMS
2
ITEM: BOX BOUNDS pp pp pp
0 4
0 5
0 6
ITEM: ATOMS id type x y z vx vy vz fx fy fz
1 1 0.5 0 0.25 1 2 3 -1 0 0
2 1 1.5 0 0.75 -1 -2 -3 1 0 0
`, step)
}
