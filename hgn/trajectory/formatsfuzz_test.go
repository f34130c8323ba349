package trajectory

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// readAll returns copies of the frames of r, and fails the test if one is not sound or
// the error is not that of file.
func readAll(t *testing.T, r frameReader, file string) (frames hgn.Frames) {
	t.Helper()
	for {
		err := r.read()
		if errors.Is(err, io.EOF) {
			return frames
		}
		if err != nil {
			checkError(t, err, file)
			return frames
		}
		g := new(hgn.Frame)
		g.CopyFrom(r.current())
		checkShape(g)
		if frames = append(frames, g); len(frames) > 100 {
			return frames
		}
	}
}

// FuzzXYZ reads anything. Frames that come out are the same after they were written and
// read.
func FuzzXYZ(f *testing.F) {
	ase, err := os.ReadFile("testdata/ase.xyz")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(ase)
	f.Add([]byte("1\n\nH 0 0 0\n"))
	f.Add([]byte("1\nLattice=[[1,0,0],[0,2,0],[0,0,3]] Origin={-1 0 1} upper='0 2 4' dimension=2 step=-5 virial=\"1 2 3 4 5 6\" " +
		"Properties=x:L:2:pos:R:3:Z:I:1:mass:R:1:velo:R:3:momenta:R:3:charge:R:1 config_type=\"a\\\\\\\"b\"\nT F 1 2 0 999 2 3 4 0 5 6 0 1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		closed := struct {
			*xyzReader
			io.Closer
		}{newXYZReader(bytes.NewReader(data), "fuzz", nil), nil}
		frames := readAll(t, closed, "fuzz")
		var text []byte
		for _, g := range frames {
			var ok bool
			if text, ok = appendXYZ(text, g); !ok {
				return // P/m, the volume or an energy overflows
			}
		}
		again := newXYZReader(bytes.NewReader(text), "again", nil)
		for _, g := range frames {
			if err := again.read(); err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			h := again.frame
			if g.QDot != nil && h.QDot == nil || !moves(g) {
				h.QDot = g.QDot
			}
			if g.QDot == nil {
				h.QDot = nil
			}
			h.Group = g.Group // control characters become spaces
			sameState(t, &h, g)
		}
	})
}

// FuzzArrays reads anything as an archive and as an array.
func FuzzArrays(f *testing.F) {
	archive, err := os.ReadFile("testdata/numpy.npz")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(archive)
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, name := range []string{"a.npz", "q.npy"} {
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, data, 0o666); err != nil {
				t.Fatal(err)
			}
			r, err := newArrayReader(path, nil, false)
			if err != nil {
				checkError(t, err, path)
				continue
			}
			readAll(t, r, path)
			r.Close()
			if _, err := ReadEdges(path, 3); err != nil {
				checkError(t, err, path)
			}
		}
	})
}
