package trajectory

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// checkError fails the test unless err is a ParseError of file.
func checkError(t *testing.T, err error, file string) {
	t.Helper()
	if parse := (*ParseError)(nil); !errors.As(err, &parse) || parse.File != file || parse.Line < 0 {
		t.Fatalf("%v is no error of the file", err)
	}
}

// FuzzDump reads anything. Frames that come out are sound, and are the same after
// they were written and read; counting agrees with reading.
func FuzzDump(f *testing.F) {
	f.Add([]byte(dump2(0) + dump2(1)))
	f.Add(unpack(f, "testdata/lattice3x3.dump.gz"))
	f.Add([]byte("ITEM: UNITS\r\nlj\r\nITEM: TIMESTEP\r\n-5\r\nITEM: NUMBER OF ATOMS\r\n1\r\nITEM: BOX BOUNDS\r\n0 1\r\n0 1\r\n0 1\r\n" +
		"ITEM: ATOMS q mass xu type id\r\n1e-3 2.5 7 3 900\r\n"))
	f.Add([]byte("ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n1\nITEM: BOX BOUNDS\n0 0\n0 0\n0 0\n" +
		"ITEM: ATOMS id type x\n0 0 0\n")) // no length
	f.Fuzz(func(t *testing.T, data []byte) {
		d := newDump(bytes.NewReader(data), "fuzz", nil)
		var frames hgn.Frames
		err := d.read()
		for ; err == nil; err = d.read() {
			g := new(hgn.Frame)
			g.CopyFrom(&d.frame)
			checkShape(g)
			frames = append(frames, g)
		}
		if d.frames != len(frames) {
			t.Fatalf("%d frames, counted %d", len(frames), d.frames)
		}
		whole := errors.Is(err, io.EOF)
		if !whole {
			checkError(t, err, "fuzz")
		}

		s := newDump(bytes.NewReader(data), "fuzz", nil)
		_, skipped := s.skip()
		for skipped == nil {
			_, skipped = s.skip()
		}
		if s.frames < len(frames) || whole && (s.frames > len(frames) || !errors.Is(skipped, io.EOF)) {
			t.Fatalf("%d frames, %v; skipped %d, %v", len(frames), err, s.frames, skipped)
		}

		var text []byte
		for _, g := range frames {
			var ok bool
			if text, ok = appendDump(text, g); !ok {
				t.Fatalf("a number is not finite: %+v", g)
			}
		}
		again := newDump(bytes.NewReader(text), "again", nil)
		for _, g := range frames {
			if err := again.read(); err != nil {
				if g.QDot == nil && strings.Contains(err.Error(), " not finite") {
					return // P/m overflows
				}
				t.Fatalf("%v\n%s", err, text)
			}
			h := again.frame
			if g.QDot == nil {
				h.QDot = nil
			}
			if g.Dim == 3 && h.Dim == 2 { // flat, but for a column that was not read
				t.Fatalf("two dimensions\n%s", text)
			}
			sameState(t, &h, g)
		}
	})
}

func FuzzEdges(f *testing.F) {
	f.Add([]byte("i,j\n0,1\n2,1\n"), 3)
	f.Add([]byte("i , j\r\n\r\n0,7\r\n7,0"), 8)
	f.Add([]byte("i,j\n3,3\n"), 4)
	f.Fuzz(func(t *testing.T, data []byte, nodes int) {
		nodes &= 1<<16 - 1
		g, err := readEdges(bytes.NewReader(data), "fuzz", nodes)
		if err != nil {
			checkError(t, err, "fuzz")
			return
		}
		if g.Nodes != nodes || g.Edges() == 0 {
			t.Fatalf("%d bodies, %d edges", g.Nodes, g.Edges())
		}
		for k, i := range g.Senders {
			if i < 0 || i >= g.Receivers[k] || int(g.Receivers[k]) >= nodes {
				t.Fatalf("edge %d,%d", i, g.Receivers[k])
			}
		}
	})
}

func FuzzEnergy(f *testing.F) {
	f.Add([]byte("step,pe,ke,etotal\n0,1,2,3\n20,-1,4.5,3.5\n"))
	f.Add([]byte("etotal,step\r\n1e3,-7\r\n\r\nnan,8"))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := readEnergy(bytes.NewReader(data), "fuzz")
		if err != nil {
			checkError(t, err, "fuzz")
			return
		}
		for step := range e.total {
			if x, err := e.Total(step); err != nil || !finite(x) {
				t.Fatalf("step %d: %v, %v", step, x, err)
			}
		}
	})
}
