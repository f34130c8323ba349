package trajectory

import (
	"io"
	"iter"
	"maps"
	"math"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// Options say what a file does not. The zero value is the default.
type Options struct {
	// Masses gives masses by type, where the file has none; 1 for other types.
	Masses map[int]float64
}

// A File is a trajectory on disk, and an [hgn.Source]. It holds no open file and
// may be used by several goroutines at once.
type File struct {
	path   string
	masses map[int]float64
}

// Open returns the trajectory in the file called path, a LAMMPS text dump. It
// checks that there is a regular file that is not empty, and compressed if its name
// ends in .gz; what is in it is checked as it is read.
//
// Open panics if a mass in opt is not above 0 and finite.
func Open(path string, opt Options) (*File, error) {
	for _, m := range opt.Masses {
		if !(m > 0) || !finite(m) {
			panic("trajectory: a mass in Options.Masses is not above 0 and finite")
		}
	}
	in, err := openInput(path)
	if err != nil {
		return nil, err
	}
	in.Close()
	return &File{path, maps.Clone(opt.Masses)}, nil
}

// Frames yields the frames of the file, which is opened each time and read as a
// stream, and closed when the sequence ends or is left. The frame is the same one
// every time, filled anew; Mass, Species and Charge must not be changed. The error
// is a *[ParseError]; frames before it have been yielded.
func (f *File) Frames() iter.Seq2[*hgn.Frame, error] {
	return f.Slice(0, math.MaxInt).Frames()
}

// Slice returns the frames lo to hi−1 of the file, counted from 0, or as many of
// them as there are. The first frame of the file is read in any case, for what it
// says about the atoms; the numbers in other frames before lo are skipped unread,
// and what comes after the frame hi−1 is not looked at.
//
// Slice panics unless 0 ≤ lo ≤ hi.
func (f *File) Slice(lo, hi int) hgn.Source {
	if lo < 0 || lo > hi {
		panic("trajectory: not 0 <= lo <= hi")
	}
	return slice{f, lo, hi}
}

// Count returns how many frames there are, and how many bodies each has. It reads
// the file, but not the numbers in it.
func (f *File) Count() (frames, nodes int, err error) {
	in, err := openInput(f.path)
	if err != nil {
		return 0, 0, err
	}
	defer in.Close()
	d := newDump(in, f.path, f.masses)
	for {
		switch err := d.skip(); err {
		case nil:
		case io.EOF:
			return d.frames, d.nodes, nil
		default:
			return 0, 0, err
		}
	}
}

// slice is a range of the frames of a file.
type slice struct {
	f      *File
	lo, hi int
}

func (s slice) Frames() iter.Seq2[*hgn.Frame, error] {
	return func(yield func(*hgn.Frame, error) bool) {
		if s.lo == s.hi {
			return
		}
		in, err := openInput(s.f.path)
		if err != nil {
			yield(nil, err)
			return
		}
		defer in.Close()
		d := newDump(in, s.f.path, s.f.masses)
		for d.frames < s.hi {
			wanted := d.frames >= s.lo
			if wanted || d.frames == 0 {
				err = d.read()
			} else {
				err = d.skip()
			}
			switch {
			case err == io.EOF:
				return
			case err != nil:
				yield(nil, err)
				return
			case wanted && !yield(&d.frame, nil):
				return
			}
		}
	}
}
