package trajectory

import (
	"archive/zip"
	"fmt"
	"io"
	"slices"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/internal/atomicfile"
	"github.com/rapidhgn/rapidhgn/internal/filecause"
	"github.com/rapidhgn/rapidhgn/internal/npy"
)

// groupBytes is the length of the name of a group in an array: 64 characters.
const groupBytes = 4 * 64

// An arrayFile is a trajectory as arrays.
type arrayFile struct {
	path   string
	first  hgn.Frame
	frames int
	common []*array // of all frames: those of the first
	series []*array // of every frame
	upper  bool     // a box has an upper corner that does not follow from the rest
	closed bool
	err    error // of the write that failed
}

func createArrays(path string) (*arrayFile, error) {
	if err := CheckName(path); err != nil {
		return nil, err
	}
	if err := atomicfile.Check(path); err != nil {
		return nil, fmt.Errorf("%s: %w", path, filecause.Write(err))
	}
	return &arrayFile{path: path}, nil
}

// begin opens the arrays that frames like f need.
func (t *arrayFile) begin(f *hgn.Frame) error {
	t.first.CopyFrom(f)
	n, d := f.Nodes(), f.Dim
	some := func(list *[]*array, has bool, name string, h npy.Header, numbers func(f *hgn.Frame) []float64) {
		if has {
			*list = append(*list, &array{name: name, header: h, numbers: numbers})
		}
	}
	boxed := f.Box != hgn.Box{}
	some(&t.common, true, "species", npy.Int64(n), species)
	some(&t.common, true, "masses", npy.Float64(n), func(f *hgn.Frame) []float64 { return f.Mass })
	some(&t.common, f.Charge != nil, "charges", npy.Float64(n), func(f *hgn.Frame) []float64 { return f.Charge })
	some(&t.common, boxed, "periodic", npy.Int64(d), periodic)

	some(&t.series, true, "q", npy.Float64(n, d), func(f *hgn.Frame) []float64 { return f.Q })
	some(&t.series, moves(f), "p", npy.Float64(n, d), func(f *hgn.Frame) []float64 { return f.P })
	some(&t.series, f.QDot != nil, "v", npy.Float64(n, d), func(f *hgn.Frame) []float64 { return f.QDot })
	some(&t.series, f.PDot != nil, "f", npy.Float64(n, d), func(f *hgn.Frame) []float64 { return f.PDot })
	some(&t.series, true, "step", npy.Int64(), func(f *hgn.Frame) []float64 { return []float64{float64(f.Step)} })
	some(&t.series, f.HasEnergy, "total_energy", npy.Float64(), func(f *hgn.Frame) []float64 { return []float64{f.Energy} })
	some(&t.series, f.HasStress, "stress", npy.Float64(6), func(f *hgn.Frame) []float64 { return f.Stress[:] })
	some(&t.series, boxed, "box", npy.Float64(d, d), vectors)
	some(&t.series, boxed, "origin", npy.Float64(d), func(f *hgn.Frame) []float64 { return f.Box.Lo[:d] })
	some(&t.series, boxed, "upper", npy.Float64(d), func(f *hgn.Frame) []float64 { return f.Box.Hi[:d] })
	if f.Group != "" {
		t.series = append(t.series, &array{name: "group", header: npy.Header{Kind: 'U', Size: groupBytes}, text: func(f *hgn.Frame) string { return f.Group }})
	}
	for _, a := range slices.Concat(t.common, t.series) {
		if err := a.open(t.path); err != nil {
			return err
		}
	}
	for _, a := range t.common {
		if err := a.put(f); err != nil {
			return err
		}
	}
	return nil
}

// moves says whether f has momenta other than 0, or velocities.
func moves(f *hgn.Frame) bool {
	return f.QDot != nil || slices.ContainsFunc(f.P, func(p float64) bool { return p != 0 })
}

func species(f *hgn.Frame) []float64 {
	x := make([]float64, f.Nodes())
	for i, s := range f.Species {
		x[i] = float64(s)
	}
	return x
}

func periodic(f *hgn.Frame) []float64 {
	x := make([]float64, f.Dim)
	for a := range x {
		if f.Box.Periodic[a] {
			x[a] = 1
		}
	}
	return x
}

func vectors(f *hgn.Frame) (x []float64) {
	v, _ := boxVectors(&f.Box, f.Dim)
	for a := range f.Dim {
		x = append(x, v[a][:f.Dim]...)
	}
	return x
}

func (t *arrayFile) write(f *hgn.Frame) error {
	switch {
	case t.closed:
		return fmt.Errorf("%s: file already closed", t.path)
	case t.err != nil:
		return t.err
	}
	if t.frames == 0 {
		t.remove() // what a frame that was refused has left
		if err := t.begin(f); err != nil {
			return t.failed(err)
		}
	}
	if cause := t.differs(f); cause != "" {
		return fmt.Errorf("%s: step %d: %s, which arrays cannot hold", t.path, f.Step, cause)
	}
	for _, a := range slices.Concat(t.common, t.series) {
		if !a.finite(f) {
			return fmt.Errorf("%s: step %d: a number of the frame is not finite", t.path, f.Step)
		}
	}
	for _, a := range t.series {
		if err := a.put(f); err != nil {
			return t.failed(err)
		}
	}
	_, upper := boxVectors(&f.Box, f.Dim)
	t.upper = t.upper || upper
	t.frames++
	return nil
}

// failed keeps the error of a write.
func (t *arrayFile) failed(err error) error {
	t.err = fmt.Errorf("%s: %w", t.path, filecause.Write(err))
	return t.err
}

// differs says where f is not like the first frame, or "".
func (t *arrayFile) differs(f *hgn.Frame) string {
	g := &t.first
	switch {
	case f.Dim != g.Dim || f.Nodes() != g.Nodes():
		return fmt.Sprintf("%d bodies in %d dimensions, where the first frame has %d in %d", f.Nodes(), f.Dim, g.Nodes(), g.Dim)
	case !slices.Equal(f.Species, g.Species), !slices.Equal(f.Mass, g.Mass), !slices.Equal(f.Charge, g.Charge):
		return "other species, masses or charges than in the first frame"
	case (f.QDot == nil) != (g.QDot == nil), (f.PDot == nil) != (g.PDot == nil), !moves(g) && moves(f):
		return "velocities or forces that not all frames have"
	case f.HasEnergy != g.HasEnergy, f.HasStress != g.HasStress, (f.Group == "") != (g.Group == ""):
		return "an energy, a stress or a group that not all frames have"
	case (f.Box == hgn.Box{}) != (g.Box == hgn.Box{}), f.Box.Periodic != g.Box.Periodic:
		return "a box or periodic directions that not all frames have"
	}
	return ""
}

// remove removes the temporary files.
func (t *arrayFile) remove() {
	for _, a := range slices.Concat(t.common, t.series) {
		a.remove()
	}
	t.common, t.series = nil, nil
}

// close writes the files, if there were frames.
func (t *arrayFile) close() error {
	if t.closed {
		return fmt.Errorf("%s: file already closed", t.path)
	}
	t.closed = true
	defer t.remove()
	if t.frames == 0 || t.err != nil {
		return nil
	}
	t.series = slices.DeleteFunc(t.series, func(a *array) bool {
		without := a.name == "origin" && a.zeros || a.name == "upper" && !t.upper
		if without {
			a.remove()
		}
		return without
	})
	if files := siblings(t.path); files != nil {
		for _, a := range slices.Concat(t.common, t.series) {
			err := atomicfile.WriteFunc(files[a.name], func(w io.Writer) error { return t.save(a, w) })
			if err != nil {
				return fmt.Errorf("%s: %w", files[a.name], filecause.Write(err))
			}
		}
		return nil
	}
	err := atomicfile.WriteFunc(t.path, func(w io.Writer) error {
		archive := zip.NewWriter(w)
		for _, a := range slices.Concat(t.common, t.series) {
			entry, err := archive.CreateHeader(&zip.FileHeader{Name: a.name + ".npy"}) // not compressed
			if err != nil {
				return err
			}
			if err := t.save(a, entry); err != nil {
				return err
			}
		}
		return archive.Close()
	})
	if err != nil {
		return fmt.Errorf("%s: %w", t.path, filecause.Write(err))
	}
	return nil
}

// save writes a as a .npy file.
func (t *arrayFile) save(a *array, w io.Writer) error {
	return a.save(w, slices.Contains(t.common, a))
}
