package trajectory

import (
	"bufio"
	"encoding/binary"
	"io"
	"math"
	"os"
	"path/filepath"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/internal/npy"
)

// An array is an array to write. Its elements are appended frame by frame, and the number
// of frames is known at the end only: until then they are in a temporary file.
type array struct {
	name    string
	header  npy.Header // the shape is that of one frame
	numbers func(*hgn.Frame) []float64
	text    func(*hgn.Frame) string // for strings, in place of numbers

	frames int
	zeros  bool // all elements are 0
	file   *os.File
	w      *bufio.Writer
	data   []byte // of a frame
}

// open makes the temporary file, beside the one called path.
func (a *array) open(path string) (err error) {
	a.zeros = true
	a.file, err = os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"."+a.name+".*")
	a.w = bufio.NewWriterSize(a.file, 1<<16)
	return err
}

// remove removes the temporary file, if there is one.
func (a *array) remove() {
	if a.file != nil {
		a.file.Close()
		os.Remove(a.file.Name())
	}
}

// put appends what f has. What is not finite must not be in it.
func (a *array) put(f *hgn.Frame) error {
	a.data = a.data[:0]
	if a.text != nil {
		a.data = npy.AppendText(a.data, a.text(f), a.header.Size)
	} else {
		for _, x := range a.numbers(f) {
			a.zeros = a.zeros && x == 0
			bits := math.Float64bits(x)
			if a.header.Integer() {
				bits = uint64(int64(x))
			}
			a.data = binary.LittleEndian.AppendUint64(a.data, bits)
		}
	}
	a.frames++
	_, err := a.w.Write(a.data)
	return err
}

// finite says whether all numbers of f are.
func (a *array) finite(f *hgn.Frame) bool {
	if a.numbers == nil {
		return true
	}
	for _, x := range a.numbers(f) {
		if !finite(x) {
			return false
		}
	}
	return true
}

// save writes the array, one that is the same in all frames without their number, as a
// .npy file.
func (a *array) save(w io.Writer, constant bool) error {
	h := a.header
	if !constant {
		h.Shape = append([]int{a.frames}, h.Shape...)
	}
	if err := a.w.Flush(); err != nil {
		return err
	}
	if _, err := a.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if _, err := w.Write(h.Append(nil)); err != nil {
		return err
	}
	_, err := io.Copy(w, a.file)
	return err
}
