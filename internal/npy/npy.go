// Package npy reads and writes arrays in the format of NumPy's .npy files, versions 1
// to 3: a magic string, a header with the type, the order and the shape, and the
// elements.
//
// It knows arrays in C order of booleans, integers, float32, float64 and, as text,
// of Unicode strings.
package npy

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
)

const (
	magic     = "\x93NUMPY"
	maxHeader = 1 << 16 // bytes
	alignment = 64      // of the data in a file
)

// A Header is the type and the shape of an array.
type Header struct {
	Kind  byte // b boolean, i integer, u unsigned integer, f float, U Unicode
	Size  int  // bytes of an element
	Big   bool // most significant byte first
	Shape []int
}

// Float64 is the header of an array of float64 with the given shape.
func Float64(shape ...int) Header { return Header{Kind: 'f', Size: 8, Shape: shape} }

// Int64 is the header of an array of int64 with the given shape.
func Int64(shape ...int) Header { return Header{Kind: 'i', Size: 8, Shape: shape} }

// Len is the number of elements.
func (h *Header) Len() int {
	n := 1
	for _, d := range h.Shape {
		n *= d
	}
	return n
}

// Integer says whether the elements are integers.
func (h *Header) Integer() bool { return h.Kind == 'i' || h.Kind == 'u' }

// String gives the type as NumPy names it, and the shape.
func (h Header) String() string { return h.dtype() + " " + tuple(h.Shape) }

func (h *Header) dtype() string {
	order := "<"
	switch {
	case h.Size == 1:
		order = "|"
	case h.Big:
		order = ">"
	}
	size := h.Size
	if h.Kind == 'U' {
		size /= 4
	}
	return order + string(h.Kind) + strconv.Itoa(size)
}

// tuple writes a shape as Python does.
func tuple(shape []int) string {
	var b strings.Builder
	b.WriteByte('(')
	for i, d := range shape {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%d,", d)
	}
	text := b.String()
	if len(shape) > 1 {
		text = text[:len(text)-1]
	}
	return text + ")"
}

// Append appends the magic string and h, with which a file begins.
func (h *Header) Append(dst []byte) []byte {
	text := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }", h.dtype(), tuple(h.Shape))
	length := len(magic) + 4 + len(text) + 1
	text += strings.Repeat(" ", (alignment-length%alignment)%alignment) + "\n"
	dst = append(dst, magic...)
	dst = append(dst, 1, 0)
	dst = binary.LittleEndian.AppendUint16(dst, uint16(len(text)))
	return append(dst, text...)
}

var (
	descr   = regexp.MustCompile(`['"]descr['"]\s*:\s*['"]([<>|=]?)([a-zA-Z])(\d*)['"]`)
	fortran = regexp.MustCompile(`['"]fortran_order['"]\s*:\s*(True|False)`)
	shape   = regexp.MustCompile(`['"]shape['"]\s*:\s*\(([0-9,\s]*)\)`)
)

// ReadHeader reads the beginning of a file, up to the elements.
func ReadHeader(r io.Reader) (Header, error) {
	var begin [12]byte
	if _, err := io.ReadFull(r, begin[:10]); err != nil || string(begin[:6]) != magic {
		return Header{}, wrong(err, "not an array of NumPy")
	}
	length := int(binary.LittleEndian.Uint16(begin[8:]))
	switch version := begin[6]; {
	case version == 0 || version > 3:
		return Header{}, fmt.Errorf("version %d of the format of NumPy is not known", version)
	case version > 1:
		if _, err := io.ReadFull(r, begin[10:]); err != nil {
			return Header{}, wrong(err, "")
		}
		length = int(min(binary.LittleEndian.Uint32(begin[8:]), maxHeader+1))
	}
	if length > maxHeader {
		return Header{}, fmt.Errorf("a header of more than %d bytes", maxHeader)
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(r, text); err != nil {
		return Header{}, wrong(err, "")
	}
	return parse(text)
}

// parse reads the dictionary of a header.
func parse(text []byte) (Header, error) {
	dtype, order, dims := descr.FindSubmatch(text), fortran.FindSubmatch(text), shape.FindSubmatch(text)
	if order == nil || dims == nil || dtype == nil {
		return Header{}, fmt.Errorf("the header is not understood: %q", bytes.TrimSpace(text))
	}
	size, err := strconv.Atoi(string(dtype[3]))
	h := Header{Kind: dtype[2][0], Size: size, Big: string(dtype[1]) == ">"}
	if h.Kind == 'U' && size < 1<<12 {
		h.Size *= 4
	}
	if err != nil || !h.known() {
		return Header{}, fmt.Errorf("an array of type %q; want float64, float32 or integers: save array.astype(float)", dtype[0])
	}
	n := 1
	for field := range bytes.SplitSeq(dims[1], []byte{','}) {
		if field = bytes.TrimSpace(field); len(field) == 0 {
			continue
		}
		d, err := strconv.Atoi(string(field))
		if err != nil || d > 0 && n > math.MaxInt/64/d {
			return Header{}, fmt.Errorf("shape (%s) is too large", dims[1])
		}
		n *= max(d, 1)
		h.Shape = append(h.Shape, d)
	}
	if string(order[1]) == "True" && len(h.Shape) > 1 {
		return Header{}, fmt.Errorf("the array is in Fortran order: save numpy.ascontiguousarray(array)")
	}
	return h, nil
}

// known says whether elements of this type can be read.
func (h *Header) known() bool {
	switch h.Kind {
	case 'b':
		return h.Size == 1
	case 'i', 'u':
		return h.Size == 1 || h.Size == 2 || h.Size == 4 || h.Size == 8
	case 'f':
		return h.Size == 4 || h.Size == 8
	case 'U':
		return h.Size > 0 && h.Size < 1<<14
	}
	return false
}

// wrong words an error of reading; cause is for a file that is too short to be one.
func wrong(err error, cause string) error {
	switch {
	case cause != "" && (err == nil || err == io.EOF || err == io.ErrUnexpectedEOF):
		return fmt.Errorf("%s", cause)
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		return fmt.Errorf("the file was cut: %w", io.ErrUnexpectedEOF)
	}
	return err
}
