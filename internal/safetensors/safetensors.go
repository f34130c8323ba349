// Package safetensors reads and writes named arrays in the safetensors format:
// eight bytes with the length of a JSON header, the header, and the arrays,
// little-endian and row-major. NumPy users read such files with
// safetensors.numpy.load_file.
//
// Of the format's types this package knows F64 and I64. To what the format asks it
// adds a checksum: the metadata entry sha256 is the SHA-256 of the whole file with
// the 64 digits of that entry replaced by zeros.
package safetensors

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// A File is the content of a safetensors file.
type File struct {
	Metadata map[string]string
	Tensors  map[string]Tensor
}

// A Tensor is an array of float64 or of int64.
type Tensor struct {
	Shape []int
	F64   []float64 // the elements, or
	I64   []int64
}

const (
	metadataKey = "__metadata__"
	checksumKey = "sha256"
	prefix      = 8        // bytes of the header's length
	maxHeader   = 16 << 20 // of the header
)

var noDigits = strings.Repeat("0", 2*sha256.Size)

// entry is how the header describes a tensor.
type entry struct {
	DType   string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets [2]int `json:"data_offsets"`
}

// Marshal returns the bytes of f, the same for the same content. Tensors stand in
// the order of their names. It panics if the shape of a tensor is not that of its
// elements.
func Marshal(f File) []byte {
	header := map[string]any{}
	meta := maps.Clone(f.Metadata)
	if meta == nil {
		meta = map[string]string{}
	}
	meta[checksumKey] = noDigits
	header[metadataKey] = meta
	var data []byte
	for _, name := range slices.Sorted(maps.Keys(f.Tensors)) {
		t := f.Tensors[name]
		n, err := size(t.Shape)
		if err != nil || n != len(t.F64)+len(t.I64) {
			panic("safetensors: the shape of a tensor is not that of its elements")
		}
		e := entry{DType: "F64", Shape: t.Shape, Offsets: [2]int{len(data), 0}}
		for _, x := range t.F64 {
			data = binary.LittleEndian.AppendUint64(data, math.Float64bits(x))
		}
		if t.I64 != nil {
			e.DType = "I64"
		}
		for _, x := range t.I64 {
			data = binary.LittleEndian.AppendUint64(data, uint64(x))
		}
		e.Offsets[1] = len(data)
		header[name] = e
	}
	text, err := json.Marshal(header) // sorts keys
	if err != nil {
		panic("safetensors: " + err.Error())
	}
	for (prefix+len(text))%8 != 0 { // so that the data is aligned
		text = append(text, ' ')
	}
	file := binary.LittleEndian.AppendUint64(nil, uint64(len(text)))
	file = append(append(file, text...), data...)
	sum := sha256.Sum256(file)
	at := bytes.Index(file, []byte(`"`+checksumKey+`":"`+noDigits))
	hex.Encode(file[at+len(checksumKey)+4:], sum[:])
	return file
}

// Unmarshal is the inverse of Marshal. It accepts any order of keys and tensors;
// the checksum must be there and right, and the tensors must fill the data without
// gap or overlap, as the format demands. Memory is at most some tens of times that of
// the file.
func Unmarshal(file []byte) (File, error) {
	if len(file) < prefix {
		return File{}, fmt.Errorf("not a safetensors file: %d bytes", len(file))
	}
	n := binary.LittleEndian.Uint64(file)
	if n > maxHeader || n > uint64(len(file)-prefix) {
		return File{}, fmt.Errorf("not a safetensors file, or cut short: header of %d bytes in a file of %d", n, len(file))
	}
	text, data := file[prefix:prefix+n], file[prefix+n:]
	var header map[string]json.RawMessage
	if err := json.Unmarshal(text, &header); err != nil {
		return File{}, fmt.Errorf("not a safetensors file: header: %w", err)
	}
	f := File{Tensors: map[string]Tensor{}}
	if err := json.Unmarshal(header[metadataKey], &f.Metadata); err != nil {
		return File{}, fmt.Errorf("no metadata: %w", err)
	}
	if err := verify(file, text, f.Metadata[checksumKey]); err != nil {
		return File{}, err
	}
	delete(f.Metadata, checksumKey)
	delete(header, metadataKey)
	entries := map[string]entry{}
	for name, raw := range header {
		var e entry
		if err := json.Unmarshal(raw, &e); err != nil {
			return File{}, fmt.Errorf("tensor %q: %w", name, err)
		}
		entries[name] = e
	}
	end := 0
	for _, name := range slices.SortedFunc(maps.Keys(entries), func(a, b string) int {
		x, y := entries[a].Offsets, entries[b].Offsets
		return cmp.Or(slices.Compare(x[:], y[:]), strings.Compare(a, b))
	}) {
		e := entries[name]
		if e.Offsets[0] != end {
			return File{}, fmt.Errorf("tensor %q: begins at byte %d of the data, not at %d", name, e.Offsets[0], end)
		}
		t, err := e.tensor(data)
		if err != nil {
			return File{}, fmt.Errorf("tensor %q: %w", name, err)
		}
		f.Tensors[name], end = t, e.Offsets[1]
	}
	if end != len(data) {
		return File{}, fmt.Errorf("%d bytes of data behind the last tensor", len(data)-end)
	}
	return f, nil
}

// verify checks the checksum of a file whose header is text.
func verify(file, text []byte, digits string) error {
	at := bytes.Index(text, []byte(digits))
	if len(digits) != len(noDigits) || at < 0 {
		return fmt.Errorf("no SHA-256 in the metadata")
	}
	sum := sha256.New()
	for _, part := range [][]byte{file[:prefix+at], []byte(noDigits), file[prefix+at+len(digits):]} {
		sum.Write(part)
	}
	if found := hex.EncodeToString(sum.Sum(nil)); found != digits { // of one spelling, so that no changed byte passes
		return fmt.Errorf("damaged: the SHA-256 is %s, not %q", found, digits)
	}
	return nil
}

// tensor takes the elements of e from the data of a file.
func (e *entry) tensor(data []byte) (Tensor, error) {
	n, err := size(e.Shape)
	lo, hi := e.Offsets[0], e.Offsets[1]
	switch {
	case err != nil:
		return Tensor{}, err
	case lo < 0 || hi < lo || hi > len(data):
		return Tensor{}, fmt.Errorf("bytes %d to %d of %d", lo, hi, len(data))
	case hi-lo != 8*n:
		return Tensor{}, fmt.Errorf("%d bytes for %d elements", hi-lo, n)
	}
	t := Tensor{Shape: e.Shape}
	switch e.DType {
	case "F64":
		t.F64 = make([]float64, n)
		for i := range t.F64 {
			t.F64[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[lo+8*i:]))
		}
	case "I64":
		t.I64 = make([]int64, n)
		for i := range t.I64 {
			t.I64[i] = int64(binary.LittleEndian.Uint64(data[lo+8*i:]))
		}
	default:
		return Tensor{}, fmt.Errorf("type %q is not F64 or I64", e.DType)
	}
	return t, nil
}

// size is the number of elements of an array of the given shape.
func size(shape []int) (int, error) {
	n := 1
	for _, d := range shape {
		if d < 0 || d > 0 && n > math.MaxInt/8/d { // as bytes it must be an int
			return 0, fmt.Errorf("shape %v", shape)
		}
		n *= d
	}
	return n, nil
}
