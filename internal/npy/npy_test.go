package npy

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"
)

// The bytes are those of numpy.save, NumPy 2.4.6.
func TestAppend(t *testing.T) {
	for _, c := range []struct {
		header Header
		want   string
	}{
		{Float64(2, 3), "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }"},
		{Int64(5), "{'descr': '<i8', 'fortran_order': False, 'shape': (5,), }"},
		{Float64(), "{'descr': '<f8', 'fortran_order': False, 'shape': (), }"},
		{Header{Kind: 'U', Size: 16, Shape: []int{1}}, "{'descr': '<U4', 'fortran_order': False, 'shape': (1,), }"},
		{Header{Kind: 'b', Size: 1}, "{'descr': '|b1', 'fortran_order': False, 'shape': (), }"},
	} {
		want := "\x93NUMPY\x01\x00v\x00" + c.want + strings.Repeat(" ", 117-len(c.want)) + "\n"
		got := c.header.Append(nil)
		if string(got) != want {
			t.Errorf("%q\nwant %q", got, want)
		}
		if h, err := ReadHeader(bytes.NewReader(got)); err != nil || h.String() != c.header.String() {
			t.Errorf("%v, %v; want %v", h, err, c.header)
		}
	}
}

// file is an array with elements of the given type.
func file(descr, shape string, elements any) []byte {
	text := "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }"
	b := bytes.NewBufferString("\x93NUMPY\x02\x00")
	binary.Write(b, binary.LittleEndian, uint32(len(text)))
	b.WriteString(text)
	var order binary.ByteOrder = binary.LittleEndian
	if descr[0] == '>' {
		order = binary.BigEndian
	}
	binary.Write(b, order, elements)
	return b.Bytes()
}

func TestRead(t *testing.T) {
	for _, c := range []struct {
		data []byte
		want []float64
	}{
		{file("<f8", "(3,)", []float64{1, -0.5, math.Inf(1)}), []float64{1, -0.5, math.Inf(1)}},
		{file(">f8", "(2,)", []float64{1, -0.5}), []float64{1, -0.5}},
		{file("<f4", "(1, 2)", []float32{1.5, -2}), []float64{1.5, -2}},
		{file("|i1", "(2,)", []int8{-128, 127}), []float64{-128, 127}},
		{file("|u1", "(2,)", []uint8{0, 255}), []float64{0, 255}},
		{file(">i2", "(2,)", []int16{-300, 5}), []float64{-300, 5}},
		{file("<u4", "(1,)", []uint32{math.MaxUint32}), []float64{math.MaxUint32}},
		{file("<i8", "()", []int64{-1 << 53}), []float64{-1 << 53}},
		{file("|b1", "(2,)", []bool{true, false}), []float64{1, 0}},
	} {
		r, err := NewReader(bytes.NewReader(c.data), int64(len(c.data)))
		if err != nil {
			t.Fatal(err)
		}
		got := make([]float64, r.Len())
		if err := r.Read(got[:1]); err != nil {
			t.Fatalf("%v: %v", r.Header, err)
		}
		if err := r.Read(got[1:]); err != nil {
			t.Fatalf("%v: %v", r.Header, err)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", r.Header, got, c.want)
		}
		r, err = NewReader(bytes.NewReader(c.data), int64(len(c.data)))
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Skip(len(c.want) - 1); err != nil {
			t.Fatal(err)
		}
		last := make([]float64, 1)
		if err := r.Read(last); err != nil || last[0] != c.want[len(c.want)-1] {
			t.Errorf("%v: after a skip %v, %v", r.Header, last, err)
		}
	}
	text := AppendText(AppendText(nil, "çd", 12), "longer", 12)
	data := file("<U3", "(2,)", text)
	r, err := NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"çd", "lon"} {
		if got, err := r.Text(); got != want || err != nil {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
	}
}

func TestReadErrors(t *testing.T) {
	fortran := []byte(strings.Replace(string(file("<f8", "(2, 2)", make([]float64, 4))), "order': False", "order': True ", 1))
	for _, c := range []struct {
		data []byte
		want string
	}{
		{nil, "not an array of NumPy"},
		{[]byte("PK\x03\x04 an archive"), "not an array of NumPy"},
		{[]byte("\x93NUMPY\x04\x00\x00\x00\x00\x00\x00"), "version 4 of the format of NumPy is not known"},
		{file("<c16", "(1,)", []complex128{1}), `an array of type "'descr': '<c16'"; want float64, float32 or integers: save array.astype(float)`},
		{file("|O", "(1,)", []byte{1}), `an array of type "'descr': '|O'"; want float64, float32 or integers: save array.astype(float)`},
		{file("<f8", "(-1,)", []byte{}), `the header is not understood: "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }"`},
		{file("<f8", "(1000000, 10000000000, 1000)", []byte{}), "shape (1000000, 10000000000, 1000) is too large"},
		{file("<f8", "(2,)", []float64{1}), "the file was cut: unexpected EOF"},
		{file("<f8", "(1,)", []float64{1, 2}), "there are bytes behind the last element"},
		{file("<i8", "(1,)", []int64{1<<53 + 1}), "integer 9007199254740993 is too large"},
		{file("<U1", "(1,)", []int32{'a'}), "the array holds text, not numbers"},
		{fortran, "the array is in Fortran order: save numpy.ascontiguousarray(array)"},
		{file("<f8", "(1,)", []float64{1})[:30], "the file was cut: unexpected EOF"},
	} {
		r, err := NewReader(bytes.NewReader(c.data), int64(len(c.data)))
		if err == nil {
			err = r.Read(make([]float64, r.Len()))
		}
		if err == nil || err.Error() != c.want {
			t.Errorf("%v\nwant %s", err, c.want)
		}
	}
}

// FuzzReader reads anything.
func FuzzReader(f *testing.F) {
	f.Add(file("<f8", "(3,)", []float64{1, -0.5, 2}))
	f.Add(file("<U3", "(2,)", AppendText(nil, "abcdef", 24)))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		if r.Len()*r.Size > len(data) {
			t.Fatalf("%v in %d bytes", r.Header, len(data))
		}
		r.Read(make([]float64, min(r.Len(), 10)))
		r.Skip(r.Len())
		r.Text()
	})
}
