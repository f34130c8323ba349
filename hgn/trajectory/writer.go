package trajectory

import (
	"fmt"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// A Writer writes a trajectory, frame by frame.
type Writer struct {
	path   string
	format format
	frames int
	step   int64 // of the last frame
}

// A format writes frames, of the right shape and with finite numbers, into a file. Its
// errors name that.
type format interface {
	write(f *hgn.Frame) error
	close() error
}

// Create makes the file called path, or empties it, for a trajectory in the format that
// its name promises; see [Open]. Text is compressed with gzip if the name ends in .gz.
// Arrays of NumPy, one or several files, are made and replaced by Close.
func Create(path string) (*Writer, error) {
	w := &Writer{path: path}
	var err error
	switch kindOf(path) {
	case dumps:
		w.format, err = createText(path, appendDump)
	case xyz:
		w.format, err = createText(path, appendXYZ)
	case arrays:
		w.format, err = createArrays(path)
	}
	if err != nil {
		return nil, err
	}
	return w, nil
}

// Append goes on with a text file of which size bytes, up to the end of a frame, are to
// stay: those that [Writer.Size] gave. What comes after them is cut off.
func Append(path string, size int64) (*Writer, error) {
	w := &Writer{path: path}
	var err error
	switch kindOf(path) {
	case dumps:
		w.format, err = openText(path, size, appendDump)
	case xyz:
		w.format, err = openText(path, size, appendXYZ)
	case arrays:
		err = fmt.Errorf("%s: arrays of NumPy cannot be appended to", path)
	}
	if err != nil {
		return nil, err
	}
	return w, nil
}

// Size returns the length of a text file after the last frame, 0 for arrays of NumPy.
func (w *Writer) Size() int64 {
	if t, ok := w.format.(*textFile); ok {
		return t.size
	}
	return 0
}

// WriteFrame appends f to the file. Numbers are written as they are, text in the
// shortest way that is read as the same bits, so that [Open] gives f back, with QDot,
// and with P = m·QDot; see the documentation of the package for what a format cannot
// hold. Velocities are f.QDot, or P/m if that is nil.
//
// In a LAMMPS text dump the columns are
//
//	id type mass xu yu zu
//
// then vx vy vz, fx fy fz and q if f has them; momenta of 0 without QDot are none. Ids count from 1. In two dimensions the columns
// of z are 0, in one there are those of x alone; a frame of three dimensions with z, vz
// and fz all 0 is read as one of two. Directions of the box are marked pp if they are
// periodic and ss if not, and a direction that f lacks is from −0.5 to 0.5 and periodic.
//
// Text is handed to the operating system before WriteFrame returns, in gzip as a member
// of its own: whatever happens later, it can be read.
//
// What the format cannot hold, a number that is not finite, and in a dump a step that
// does not come after that of the frame before, are an error, and nothing is written.
// After an error of the file, which names it, no more can be written; what there is of
// the frame is removed, if the file allows it.
//
// WriteFrame panics if the arrays of f do not fit to each other.
func (w *Writer) WriteFrame(f *hgn.Frame) error {
	checkShape(f)
	if kindOf(w.path) == dumps {
		switch {
		case w.frames > 0 && f.Step <= w.step:
			return fmt.Errorf("%s: step %d does not come after %d", w.path, f.Step, w.step)
		case f.Box.Tilted():
			return fmt.Errorf("%s: step %d: a LAMMPS dump cannot hold the tilted box of the frame", w.path, f.Step)
		case f.HasEnergy, f.HasStress:
			return fmt.Errorf("%s: step %d: a LAMMPS dump cannot hold the energy or stress of the frame", w.path, f.Step)
		}
	}
	if err := w.format.write(f); err != nil {
		return err
	}
	w.frames++
	w.step = f.Step
	return nil
}

// Close closes the file, which stays.
func (w *Writer) Close() error { return w.format.close() }

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
