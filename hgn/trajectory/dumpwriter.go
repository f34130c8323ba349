package trajectory

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"strconv"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/internal/filecause"
)

// A Writer writes a LAMMPS text dump, frame by frame.
type Writer struct {
	path   string
	file   *os.File
	zip    *gzip.Writer // nil if not compressed
	text   []byte       // of a frame
	packed bytes.Buffer // of a frame, compressed
	frames int
	size   int64 // of the file, after the last frame
	step   int64 // of the last frame
	err    error // of the write that failed
}

// Create makes the file called path, or empties it, for a LAMMPS text dump,
// compressed with gzip if its name ends in .gz.
func Create(path string) (*Writer, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, filecause.Write(err))
	}
	w := &Writer{path: path, file: file}
	if compressed(path) {
		w.zip = gzip.NewWriter(&w.packed)
	}
	return w, nil
}

// WriteFrame appends f to the file: the columns
//
//	id type mass xu yu zu vx vy vz
//
// then fx fy fz and q if f has them. Ids count from 1. Velocities are f.QDot, or
// P/m if that is nil. Numbers are written in the shortest way that is read as the
// same bits, so that [Open] gives f back, with QDot, and with P = m·QDot. In two
// dimensions the columns of z are 0, in one there are those of x alone; a frame of
// three dimensions with z, vz and fz all 0 is read as one of two. Directions of the
// box are marked pp if they are periodic and ss if not, and a direction that f lacks
// is from −0.5 to 0.5 and periodic.
//
// The frame is handed to the operating system before WriteFrame returns, in gzip as
// a member of its own: whatever happens later, it can be read.
//
// A number that is not finite, a step that does not come after that of the frame
// before, and a tilted box are an error, and nothing is written. After an error of the file,
// which names it, no more can be written; what there is of the frame is removed, if
// the file allows it.
//
// WriteFrame panics if the arrays of f do not fit to each other.
func (w *Writer) WriteFrame(f *hgn.Frame) error {
	checkShape(f)
	if w.err != nil {
		return w.err
	}
	if w.frames > 0 && f.Step <= w.step {
		return fmt.Errorf("%s: step %d does not come after %d", w.path, f.Step, w.step)
	}
	var ok bool
	if f.Box.Tilted() {
		return fmt.Errorf("%s: step %d: a LAMMPS dump cannot hold the tilted box of the frame", w.path, f.Step)
	}
	if w.text, ok = appendFrame(w.text[:0], f); !ok {
		return fmt.Errorf("%s: step %d: a number of the frame is not finite", w.path, f.Step)
	}
	data := w.text
	if w.zip != nil {
		w.packed.Reset()
		w.zip.Reset(&w.packed)
		w.zip.Write(w.text) // into memory: does not fail
		w.zip.Close()
		data = w.packed.Bytes()
	}
	if _, err := w.file.Write(data); err != nil {
		w.file.Truncate(w.size) // not of a pipe or a device
		w.err = fmt.Errorf("%s: %w", w.path, filecause.Write(err))
		return w.err
	}
	w.frames++
	w.size += int64(len(data))
	w.step = f.Step
	return nil
}

// Close closes the file, which stays.
func (w *Writer) Close() error {
	if err := w.file.Close(); err != nil {
		return fmt.Errorf("%s: %w", w.path, filecause.Write(err))
	}
	return nil
}

func checkShape(f *hgn.Frame) {
	n := f.Nodes()
	fits := func(x []float64, length int) bool { return x == nil || len(x) == length }
	switch {
	case f.Dim < 1 || f.Dim > 3:
		panic("trajectory: Frame.Dim is not 1, 2 or 3")
	case n == 0 || len(f.Species) != n || len(f.Q) != n*f.Dim || len(f.P) != n*f.Dim,
		!fits(f.QDot, n*f.Dim), !fits(f.PDot, n*f.Dim), !fits(f.Charge, n):
		panic("trajectory: arrays of a frame have the wrong length")
	}
}

// appendFrame appends f as text. It returns false if a number is not finite.
func appendFrame(text []byte, f *hgn.Frame) ([]byte, bool) {
	ok := true
	number := func(x float64) {
		ok = ok && finite(x)
		text = append(text, ' ')
		text = strconv.AppendFloat(text, x, 'g', -1, 64)
	}
	coords := 3
	if f.Dim == 1 {
		coords = 1
	}
	vector := func(v []float64) {
		for a := range coords {
			if a < f.Dim {
				number(v[a])
			} else {
				text = append(text, " 0"...)
			}
		}
	}

	text = fmt.Appendf(text, "ITEM: TIMESTEP\n%d\nITEM: NUMBER OF ATOMS\n%d\nITEM: BOX BOUNDS", f.Step, f.Nodes())
	lo, hi := [3]float64{-0.5, -0.5, -0.5}, [3]float64{0.5, 0.5, 0.5}
	for a := range 3 {
		flag := " pp"
		if a < f.Dim {
			lo[a], hi[a] = f.Box.Lo[a], f.Box.Hi[a]
			if !f.Box.Periodic[a] {
				flag = " ss"
			}
		}
		text = append(text, flag...)
	}
	for a := range 3 {
		text = strconv.AppendFloat(append(text, '\n'), lo[a], 'g', -1, 64)
		number(hi[a])
		ok = ok && finite(lo[a])
	}

	text = append(text, "\nITEM: ATOMS id type mass"...)
	heading := func(names ...string) {
		for _, name := range names[:coords] {
			text = append(append(text, ' '), name...)
		}
	}
	heading("xu", "yu", "zu")
	heading("vx", "vy", "vz")
	if f.PDot != nil {
		heading("fx", "fy", "fz")
	}
	if f.Charge != nil {
		text = append(text, " q"...)
	}
	var velocity [3]float64
	for i, m := range f.Mass {
		text = strconv.AppendInt(append(text, '\n'), int64(i)+1, 10)
		text = strconv.AppendInt(append(text, ' '), int64(f.Species[i]), 10)
		number(m)
		at := i * f.Dim
		vector(f.Q[at:])
		if f.QDot != nil {
			vector(f.QDot[at:])
		} else {
			for a := range f.Dim {
				velocity[a] = f.P[at+a] / m
			}
			vector(velocity[:])
		}
		if f.PDot != nil {
			vector(f.PDot[at:])
		}
		if f.Charge != nil {
			number(f.Charge[i])
		}
	}
	return append(text, '\n'), ok
}
