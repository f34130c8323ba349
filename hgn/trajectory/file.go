package trajectory

import (
	"io"
	"iter"
	"maps"
	"math"
	"slices"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// Options say what a file does not. The zero value is the default.
type Options struct {
	// Masses gives masses by species, where the file has none. Other species have the
	// standard atomic weight in extended XYZ, where they are chemical elements, and 1
	// in other formats.
	Masses map[int]float64

	// Observed leaves QDot nil where a file has momenta without velocities, and these are
	// not all 0: P/m, which it is otherwise, is wrong where momenta are coupled.
	Observed bool
}

// atRest returns velocities of 0 if the momenta of f are 0, and nil otherwise.
func atRest(f *hgn.Frame) []float64 {
	if slices.ContainsFunc(f.P, func(p float64) bool { return p != 0 }) {
		return nil
	}
	return make([]float64, len(f.P))
}

// A File is a trajectory on disk, and an [hgn.Source]. It holds no open file and
// may be used by several goroutines at once.
type File struct {
	path     string
	kind     kind
	masses   map[int]float64
	observed bool
}

// Open returns the trajectory in the file called path: extended XYZ if the name ends
// in .xyz or .extxyz, arrays of NumPy if in .npz or .npy, and a LAMMPS text dump
// otherwise; an ending .gz comes after these. It checks that there is a regular file
// that is not empty, and compressed if its name ends in .gz; what is in it is checked
// as it is read.
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
	return &File{path, kindOf(path), maps.Clone(opt.Masses), opt.Observed}, nil
}

// A frameReader reads the frames of a file in order.
type frameReader interface {
	// read reads the next frame into that of current, skip passes over it and returns
	// how many bodies it has. Both return io.EOF if there is none.
	read() error
	skip() (nodes int, err error)
	current() *hgn.Frame
	Close() error
}

// reader starts to read f.
func (f *File) reader() (frameReader, error) {
	if f.kind == arrays {
		return newArrayReader(f.path, f.masses, f.observed)
	}
	in, err := openInput(f.path)
	if err != nil {
		return nil, err
	}
	if f.kind == xyz {
		x := newXYZReader(in, f.path, f.masses)
		x.observed = f.observed
		return &struct {
			*xyzReader
			io.Closer
		}{x, in}, nil
	}
	return &struct {
		*dump
		io.Closer
	}{newDump(in, f.path, f.masses), in}, nil
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

// Count returns how many frames there are, and how many bodies the first has. It reads
// the file, but not the numbers in it.
func (f *File) Count() (frames, nodes int, err error) {
	r, err := f.reader()
	if err != nil {
		return 0, 0, err
	}
	defer r.Close()
	for {
		switch n, err := r.skip(); err {
		case nil:
			if frames++; frames == 1 {
				nodes = n
			}
		case io.EOF:
			return frames, nodes, nil
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
		r, err := s.f.reader()
		if err != nil {
			yield(nil, err)
			return
		}
		defer r.Close()
		for i := range s.hi {
			wanted := i >= s.lo
			if wanted || i == 0 {
				err = r.read()
			} else {
				_, err = r.skip()
			}
			switch {
			case err == io.EOF:
				return
			case err != nil:
				yield(nil, err)
				return
			case wanted && !yield(r.current(), nil):
				return
			}
		}
	}
}
