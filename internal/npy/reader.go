package npy

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"
)

// A Reader reads the elements of an array in their order.
type Reader struct {
	Header
	r    *bufio.Reader
	left int // elements
	buf  []byte
}

// NewReader reads the header of an array from r, which has at most size bytes.
func NewReader(r io.Reader, size int64) (*Reader, error) {
	b := bufio.NewReaderSize(r, 1<<16)
	h, err := ReadHeader(b)
	if err != nil {
		return nil, err
	}
	if int64(h.Len()) > size/int64(h.Size) {
		return nil, wrong(io.EOF, "")
	}
	return &Reader{Header: h, r: b, left: h.Len()}, nil
}

// bytes reads n elements, which are valid until the next call.
func (r *Reader) bytes(n int) ([]byte, error) {
	if n > r.left {
		return nil, io.EOF
	}
	r.left -= n
	length := n * r.Size
	if cap(r.buf) < length {
		r.buf = make([]byte, length)
	}
	r.buf = r.buf[:length]
	_, err := io.ReadFull(r.r, r.buf)
	if err != nil {
		return nil, wrong(err, "")
	}
	return r.buf, r.end()
}

// end checks, after the last element, that the file ends there. In an archive this
// compares checksums.
func (r *Reader) end() error {
	if r.left > 0 {
		return nil
	}
	switch _, err := r.r.ReadByte(); {
	case err == nil:
		return errors.New("there are bytes behind the last element")
	case err != io.EOF:
		return err
	}
	return nil
}

// Skip passes over n elements, as many as there are at most.
func (r *Reader) Skip(n int) error {
	n = min(n, r.left)
	for left := n * r.Size; left > 0; {
		k, err := r.r.Discard(min(left, 1<<30))
		if left -= k; err != nil {
			return wrong(err, "")
		}
	}
	r.left -= n
	return r.end()
}

// Read reads len(dst) elements, which must be left and be no strings, and converts
// them to float64. An integer that float64 cannot hold is an error.
func (r *Reader) Read(dst []float64) error {
	data, err := r.bytes(len(dst))
	if err != nil {
		return err
	}
	if r.Kind == 'f' && r.Size == 8 && !r.Big {
		for i := range dst {
			dst[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:]))
		}
		return nil
	}
	for i := range dst {
		if dst[i], err = r.number(data[i*r.Size:][:r.Size]); err != nil {
			return err
		}
	}
	return nil
}

// number converts one element.
func (r *Reader) number(data []byte) (float64, error) {
	bits := r.unsigned(data)
	switch r.Kind {
	case 'f':
		if r.Size == 4 {
			return float64(math.Float32frombits(uint32(bits))), nil
		}
		return math.Float64frombits(bits), nil
	case 'b', 'u':
		if bits > 1<<53 {
			return 0, fmt.Errorf("integer %d is too large", bits)
		}
		return float64(bits), nil
	case 'i':
		shift := 64 - 8*r.Size
		n := int64(bits<<shift) >> shift
		if n > 1<<53 || n < -1<<53 {
			return 0, fmt.Errorf("integer %d is too large", n)
		}
		return float64(n), nil
	}
	return 0, errors.New("the array holds text, not numbers")
}

// unsigned returns an element as a number of as many bytes.
func (r *Reader) unsigned(data []byte) (bits uint64) {
	for k := range data {
		b := data[k]
		if !r.Big {
			b = data[len(data)-1-k]
		}
		bits = bits<<8 | uint64(b)
	}
	return bits
}

// Text reads one element, which must be a string.
func (r *Reader) Text() (string, error) {
	if r.Kind != 'U' {
		return "", errors.New("the array holds no text")
	}
	data, err := r.bytes(1)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for k := 0; k < len(data); k += 4 {
		c := r.unsigned(data[k:][:4])
		if c == 0 {
			break
		}
		if c > utf8.MaxRune {
			return "", fmt.Errorf("%#x is no character", c)
		}
		b.WriteRune(rune(c))
	}
	return b.String(), nil
}

// AppendText appends s as an element of size bytes, cut if it is longer.
func AppendText(dst []byte, s string, size int) []byte {
	end := len(dst) + size
	for _, c := range s {
		if len(dst) == end {
			break
		}
		dst = binary.LittleEndian.AppendUint32(dst, uint32(c))
	}
	return append(dst, make([]byte, end-len(dst))...)
}
