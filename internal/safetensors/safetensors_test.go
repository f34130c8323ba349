package safetensors

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func sample() File {
	return File{
		Metadata: map[string]string{"zeta": "1", "alpha": `with "quotes" < & é`, "format": "test"},
		Tensors: map[string]Tensor{
			"b.weight": {Shape: []int{2, 3}, F64: []float64{1, -0.5, math.Pi, math.Inf(1), math.Copysign(0, -1), 5e-324}},
			"a":        {Shape: []int{3}, I64: []int64{math.MinInt64, -1, math.MaxInt64}},
			"c":        {Shape: []int{1, 1, 1}, F64: []float64{7}},
			"empty":    {Shape: []int{0, 4}, F64: []float64{}},
		},
	}
}

func same(a, b File) bool {
	return maps.Equal(a.Metadata, b.Metadata) && maps.EqualFunc(a.Tensors, b.Tensors, func(x, y Tensor) bool {
		return slices.Equal(x.Shape, y.Shape) && slices.Equal(x.I64, y.I64) &&
			slices.EqualFunc(x.F64, y.F64, func(v, w float64) bool { return math.Float64bits(v) == math.Float64bits(w) })
	})
}

func TestRoundTrip(t *testing.T) {
	for name, f := range map[string]File{
		"sample":     sample(),
		"no tensors": {Metadata: map[string]string{"a": "b"}, Tensors: map[string]Tensor{}},
		"nothing":    {Metadata: map[string]string{}, Tensors: map[string]Tensor{}},
	} {
		file := Marshal(f)
		got, err := Unmarshal(file)
		if err != nil || !same(got, f) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if !bytes.Equal(Marshal(got), file) {
			t.Errorf("%s: other bytes the second time", name)
		}
	}
}

// The layout is that of the format: a header of JSON, padded with spaces so that
// the data is aligned, sorted keys, and tensors one after the other without gaps.
func TestLayout(t *testing.T) {
	f := sample()
	file := Marshal(f)
	n := binary.LittleEndian.Uint64(file)
	if n%8 != 0 || file[8] != '{' {
		t.Fatalf("header of %d bytes that begins with %q", n, file[8])
	}
	text, data := file[8:8+n], file[8+n:]
	var header map[string]json.RawMessage
	if err := json.Unmarshal(text, &header); err != nil {
		t.Fatal(err)
	}
	var values map[string]string
	if err := json.Unmarshal(header["__metadata__"], &values); err != nil {
		t.Fatal(err)
	}
	rest := bytes.TrimRight(text, " ")
	var tokens []string
	for _, key := range []string{`"__metadata__"`, `"alpha"`, `"format"`, `"sha256"`, `"zeta"`, `"a"`, `"b.weight"`, `"c"`, `"empty"`} {
		at := bytes.Index(rest, []byte(key+":"))
		if at < 0 {
			t.Fatalf("key %s is missing, or keys are not sorted: %s after %v", key, text, tokens)
		}
		rest, tokens = rest[at:], append(tokens, key)
	}
	end := 0
	for _, name := range []string{"a", "b.weight", "c", "empty"} {
		var e entry
		if err := json.Unmarshal(header[name], &e); err != nil {
			t.Fatal(err)
		}
		want := f.Tensors[name]
		if e.Offsets[0] != end || !slices.Equal(e.Shape, want.Shape) {
			t.Errorf("%s: %+v, want it at %d", name, e, end)
		}
		end = e.Offsets[1]
		for i, x := range want.F64 {
			if got := binary.LittleEndian.Uint64(data[e.Offsets[0]+8*i:]); e.DType != "F64" || got != math.Float64bits(x) {
				t.Errorf("%s[%d] = %x of type %s", name, i, got, e.DType)
			}
		}
		for i, x := range want.I64 {
			if got := binary.LittleEndian.Uint64(data[e.Offsets[0]+8*i:]); e.DType != "I64" || got != uint64(x) {
				t.Errorf("%s[%d] = %x of type %s", name, i, got, e.DType)
			}
		}
	}
	if end != len(data) {
		t.Errorf("%d bytes of data, of which %d are used", len(data), end)
	}
	digits := values["sha256"]
	blank := bytes.Replace(file, []byte(digits), bytes.Repeat([]byte{'0'}, 64), 1)
	if sum := sha256.Sum256(blank); hex.EncodeToString(sum[:]) != digits {
		t.Errorf("sha256 is %s, want %x", digits, sum)
	}
}

// Every changed byte is found, whatever it is changed to, and so is every cut.
func TestDamage(t *testing.T) {
	file := Marshal(sample())
	for i := range file {
		for _, flip := range []byte{1, 0x20, 0x80, 0xff} { // 0x20 changes the case of a digit of the checksum
			bad := slices.Clone(file)
			bad[i] ^= flip
			if _, err := Unmarshal(bad); err == nil {
				t.Fatalf("byte %d (%q) as %q is accepted", i, file[i], bad[i])
			}
		}
		if _, err := Unmarshal(file[:i]); err == nil {
			t.Fatalf("the first %d of %d bytes are accepted", i, len(file))
		}
	}
	if _, err := Unmarshal(append(slices.Clone(file), 0)); err == nil {
		t.Error("one byte more is accepted")
	}
}

// sealed is a file with the given header, in which CHECKSUM stands for the 64 digits,
// and a valid checksum.
func sealed(header string, data int) []byte {
	header = strings.ReplaceAll(header, "CHECKSUM", noDigits)
	file := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	file = append(append(file, header...), make([]byte, data)...)
	sum := sha256.Sum256(file)
	return bytes.Replace(file, []byte(noDigits), []byte(hex.EncodeToString(sum[:])), 1)
}

const meta = `"__metadata__":{"sha256":"CHECKSUM"}`

func TestOtherWriters(t *testing.T) {
	file := sealed(` { "b": {"data_offsets":[16,24],"dtype":"I64","shape":[1]}, "a": {"shape":[2],"dtype":"F64","data_offsets":[0,16]},"scalar":{"dtype":"F64","shape":[],"data_offsets":[24,32]}, `+meta+"}  ", 32)
	f, err := Unmarshal(file)
	if err != nil || len(f.Tensors) != 3 || len(f.Tensors["a"].F64) != 2 || len(f.Tensors["b"].I64) != 1 || len(f.Tensors["scalar"].F64) != 1 {
		t.Errorf("%+v, %v", f, err)
	}
}

// hostile are files with a valid checksum that are wrong all the same.
var hostile = map[string][]byte{
	"empty":               nil,
	"short":               make([]byte, 7),
	"header too long":     binary.LittleEndian.AppendUint64(nil, math.MaxUint64),
	"header beyond end":   binary.LittleEndian.AppendUint64(nil, 9),
	"no JSON":             sealed("{", 0),
	"null":                sealed("null", 0),
	"a list":              sealed("[]", 0),
	"no metadata":         sealed("{}", 0),
	"null metadata":       sealed(`{"__metadata__":null}`, 0),
	"no checksum":         sealed(`{"__metadata__":{}}`, 0),
	"short checksum":      sealed(`{"__metadata__":{"sha256":"00"}}`, 0),
	"numbers as metadata": sealed(`{"__metadata__":{"sha256":"CHECKSUM","a":1}}`, 0),
	"deep":                sealed(strings.Repeat(`{"a":`, 1<<17), 0),
	"deep tensor":         sealed(`{`+meta+`,"a":`+strings.Repeat("[", 1<<17)+`}`, 0),
	"null tensor":         sealed(`{`+meta+`,"a":null}`, 8),
	"no shape":            sealed(`{`+meta+`,"a":{"dtype":"F64","data_offsets":[0,16]}}`, 16),
	"unknown type":        sealed(`{`+meta+`,"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}`, 8),
	"negative shape":      sealed(`{`+meta+`,"a":{"dtype":"F64","shape":[-1],"data_offsets":[0,8]}}`, 8),
	"two negatives":       sealed(`{`+meta+`,"a":{"dtype":"F64","shape":[-1,-1],"data_offsets":[0,8]}}`, 8),
	"huge shape":          sealed(`{`+meta+`,"a":{"dtype":"F64","shape":[4294967296,4294967296,2],"data_offsets":[0,0]}}`, 0),
	"shape beyond int":    sealed(`{`+meta+`,"a":{"dtype":"F64","shape":[1e30],"data_offsets":[0,8]}}`, 8),
	"fractional shape":    sealed(`{`+meta+`,"a":{"dtype":"F64","shape":[0.5],"data_offsets":[0,8]}}`, 8),
	"bytes wrap":          sealed(`{`+meta+`,"a":{"dtype":"F64","shape":[2305843009213693953],"data_offsets":[0,8]}}`, 8),
	"other length":        sealed(`{`+meta+`,"a":{"dtype":"F64","shape":[2],"data_offsets":[0,8]}}`, 8),
	"negative offset":     sealed(`{`+meta+`,"a":{"dtype":"F64","shape":[1],"data_offsets":[-8,0]}}`, 8),
	"backwards":           sealed(`{`+meta+`,"a":{"dtype":"F64","shape":[1],"data_offsets":[8,0]}}`, 8),
	"beyond the end":      sealed(`{`+meta+`,"a":{"dtype":"F64","shape":[2],"data_offsets":[0,16]}}`, 8),
	"gap":                 sealed(`{`+meta+`,"a":{"dtype":"F64","shape":[1],"data_offsets":[8,16]}}`, 16),
	"unused data":         sealed(`{`+meta+`,"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}`, 16),
	"overlap":             sealed(`{`+meta+`,"a":{"dtype":"F64","shape":[2],"data_offsets":[0,16]},"b":{"dtype":"F64","shape":[1],"data_offsets":[8,16]}}`, 16),
	"the same twice":      sealed(`{`+meta+`,"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"b":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}`, 8),
}

func TestHostile(t *testing.T) {
	for name, file := range hostile {
		if f, err := Unmarshal(file); err == nil {
			t.Errorf("%s: accepted as %+v", name, f)
		}
	}
}

// A header is at most 16 MiB long, so that no more JSON than that is read.
func TestLongHeader(t *testing.T) {
	for length, ok := range map[int]bool{maxHeader: true, maxHeader + 1: false} {
		text := "{" + meta + "}"
		padding := strings.Repeat(" ", length-len(text)-len(noDigits)+len("CHECKSUM"))
		if _, err := Unmarshal(sealed(text+padding, 0)); (err == nil) != ok {
			t.Errorf("a header of %d bytes: %v", length, err)
		}
	}
}

// Many tensors that share the same data would need far more memory than the file.
func TestSharedData(t *testing.T) {
	var header strings.Builder
	header.WriteString("{" + meta)
	for i := range 1000 {
		fmt.Fprintf(&header, `,"%d":{"dtype":"F64","shape":[131072],"data_offsets":[0,1048576]}`, i)
	}
	file := sealed(header.String()+"}", 1<<20)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Unmarshal(file)
	runtime.ReadMemStats(&after)
	if size := after.TotalAlloc - before.TotalAlloc; err == nil || size > 8<<20 {
		t.Errorf("%d bytes for a file of %d, %v", size, len(file), err)
	}
}

func TestMarshalPanics(t *testing.T) {
	for name, tensor := range map[string]Tensor{
		"too few":  {Shape: []int{2}, F64: []float64{1}},
		"too many": {Shape: []int{1}, I64: []int64{1, 2}},
		"both":     {Shape: []int{1}, I64: []int64{1}, F64: []float64{2}},
		"negative": {Shape: []int{-1}},
	} {
		func() {
			defer func() {
				if r := recover(); r != "safetensors: the shape of a tensor is not that of its elements" {
					t.Errorf("%s: panic %v", name, r)
				}
			}()
			Marshal(File{Tensors: map[string]Tensor{"a": tensor}})
		}()
	}
}

// What is accepted can be written and read again; nothing panics.
func FuzzUnmarshal(f *testing.F) {
	f.Add(Marshal(sample()))
	for _, file := range hostile {
		if len(file) < 1<<12 {
			f.Add(file)
		}
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		got, err := Unmarshal(file)
		if err != nil {
			// Give it a valid checksum, so that what lies behind is reached.
			if at := bytes.Index(file, []byte(`"sha256":"`)); at >= 0 && len(file) >= at+74 {
				copy(file[at+10:], noDigits)
				sum := sha256.Sum256(file)
				hex.Encode(file[at+10:], sum[:])
				got, err = Unmarshal(file)
			}
		}
		if err != nil {
			return
		}
		again, err := Unmarshal(Marshal(got))
		if err != nil || !same(again, got) {
			t.Errorf("%+v became %+v, %v", got, again, err)
		}
	})
}
