package hgn

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/rapidhgn/rapidhgn/internal/atomicfile"
	"github.com/rapidhgn/rapidhgn/internal/filecause"
	"github.com/rapidhgn/rapidhgn/internal/safetensors"
)

// A Checkpoint is a state on the way of a rollout, with all that [Model.Rollout] needs to
// go on from there as if it had not been interrupted.
type Checkpoint struct {
	Step  int               // steps from the start
	Notes map[string]string // of the caller, kept with the rest

	q, p    []float64
	memory  memory
	rollout string // which rollout it is of
	file    string // that it was read from
	books   books
}

// identity says what must be the same where a rollout goes on.
func (r *stepper) identity() string {
	sum := sha256.New()
	sum.Write(r.m.marshal())
	var word [8]byte
	numbers := func(x []float64) {
		for _, v := range x {
			binary.LittleEndian.PutUint64(word[:], math.Float64bits(v))
			sum.Write(word[:])
		}
	}
	numbers(r.f.Mass)
	numbers(r.f.Charge)
	for _, s := range r.f.Species {
		numbers([]float64{float64(s)})
	}
	if g := r.opt.Graph; g != nil {
		for k, i := range g.Senders {
			numbers([]float64{float64(i), float64(g.Receivers[k])})
		}
	}
	o := r.opt
	return fmt.Sprintf("order %d, dt %v, skin %v, table %d, from step %d, dimensions %d, box %v, bodies and model %.8x",
		max(o.Order, 2), o.DT, o.Skin, o.Table, r.step0, r.f.Dim, r.f.Box, sum.Sum(nil))
}

// checkpoint returns the present state.
func (r *stepper) checkpoint() *Checkpoint {
	r.mover.show(&r.f)
	m := r.memory()
	m.reference = slices.Clone(m.reference)
	if r.named == "" {
		r.named = r.identity()
	}
	return &Checkpoint{
		Step: int(r.step), q: slices.Clone(r.f.Q), p: slices.Clone(r.f.P),
		memory: m, rollout: r.named, books: r.books,
	}
}

// restart goes on from c.
func (r *stepper) restart(c *Checkpoint) error {
	if r.named = r.identity(); c.rollout != r.named {
		return fmt.Errorf("hgn: %sthe checkpoint is of another rollout: %s", c.prefix(), difference(c.rollout, r.named))
	}
	if len(c.q) != len(r.f.Q) || len(c.p) != len(r.f.Q) {
		return fmt.Errorf("hgn: %sthe checkpoint has %d coordinates, not %d", c.prefix(), len(c.q), len(r.f.Q))
	}
	r.step, r.books = int64(c.Step), c.books
	r.f.Step = r.step0 + r.step
	r.f.Line = 0
	switch err := r.place(c.q, c.p, &c.memory); err {
	case nil:
		return nil
	case errMemory:
		return fmt.Errorf("hgn: %s%w", c.prefix(), err)
	default:
		return r.failed(err)
	}
}

// prefix begins an error with the file that c comes from.
func (c *Checkpoint) prefix() string {
	if c.file == "" {
		return ""
	}
	return c.file + ": "
}

// difference names what of an identity is not the same.
func difference(theirs, ours string) string {
	a, b := strings.Split(theirs, ", "), strings.Split(ours, ", ")
	if len(a) != len(b) {
		return fmt.Sprintf("%q", theirs)
	}
	var differ []string
	for i := range a {
		if a[i] != b[i] {
			differ = append(differ, a[i]+" in place of "+b[i])
		}
	}
	return strings.Join(differ, ", ")
}

// Names in the file of a checkpoint; those of notes begin with keyNote.
const (
	checkpointFormat = "rapidhgn checkpoint"
	keyRollout       = "rollout"
	keyStep          = "step"
	keyNote          = "note."
	tensorQ          = "q"
	tensorP          = "p"
	tensorReference  = "reference"
	tensorBooks      = "books"
)

// Save writes c to the named file, under a temporary name first, as safetensors with a
// checksum. The same checkpoint gives the same bytes.
func (c *Checkpoint) Save(name string) error {
	meta := map[string]string{keyFormat: checkpointFormat, keyRollout: c.rollout, keyStep: strconv.Itoa(c.Step)}
	for k, v := range c.Notes {
		meta[keyNote+k] = v
	}
	warned := int64(0)
	if c.books.warned {
		warned = 1
	}
	tensor := func(x []float64) safetensors.Tensor {
		return safetensors.Tensor{Shape: []int{len(x)}, F64: append([]float64{}, x...)}
	}
	b := &c.books
	sigma, grade := b.sigma, b.grade
	if math.IsNaN(sigma) {
		sigma, grade = -1, -1
	}
	return atomicfile.Write(name, safetensors.Marshal(safetensors.File{Metadata: meta, Tensors: map[string]safetensors.Tensor{
		tensorQ: tensor(c.q), tensorP: tensor(c.p), tensorReference: tensor(c.memory.reference),
		tensorBooks:        tensor([]float64{b.h0, b.kinetic0, b.drift, c.memory.kinetic, sigma, grade}),
		tensorBooks + ".n": {Shape: []int{3}, I64: []int64{b.outside, b.evaluated, warned}},
	}}))
}

// LoadCheckpoint reads a checkpoint that [Checkpoint.Save] has written. The error names the
// file.
func LoadCheckpoint(name string) (*Checkpoint, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, filecause.Read(err))
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, filecause.Read(err))
	}
	c, err := parseCheckpoint(data)
	if err != nil {
		return nil, fmt.Errorf("%s: not a checkpoint: %w", name, err)
	}
	c.file = name
	return c, nil
}

func parseCheckpoint(data []byte) (*Checkpoint, error) {
	file, err := safetensors.Unmarshal(data)
	if err != nil {
		return nil, err
	}
	if file.Metadata[keyFormat] != checkpointFormat {
		return nil, fmt.Errorf("the format is %q", file.Metadata[keyFormat])
	}
	c := &Checkpoint{rollout: file.Metadata[keyRollout], Notes: map[string]string{}}
	if c.Step, err = strconv.Atoi(file.Metadata[keyStep]); err != nil || c.Step < 0 {
		return nil, fmt.Errorf("the step is %q", file.Metadata[keyStep])
	}
	for k := range maps.Keys(file.Metadata) {
		if len(k) > len(keyNote) && k[:len(keyNote)] == keyNote {
			c.Notes[k[len(keyNote):]] = file.Metadata[k]
		}
	}
	c.q, c.p, c.memory.reference = file.Tensors[tensorQ].F64, file.Tensors[tensorP].F64, file.Tensors[tensorReference].F64
	x, n := file.Tensors[tensorBooks].F64, file.Tensors[tensorBooks+".n"].I64
	if len(x) < 4 || len(x) > 6 || len(n) != 3 {
		return nil, errors.New("the books are missing")
	}
	for _, v := range slices.Concat(c.q, c.p, c.memory.reference, x) {
		if v-v != 0 {
			return nil, fmt.Errorf("it holds %v", v)
		}
	}
	c.books = books{h0: x[0], kinetic0: x[1], drift: x[2], outside: n[0], evaluated: n[1], warned: n[2] != 0, sigma: math.NaN(), grade: math.NaN()}
	if len(x) > 4 && x[4] >= 0 { // earlier versions knew no grade, or no standard deviation either
		c.books.sigma = x[4]
		if len(x) > 5 {
			c.books.grade = x[5]
		}
	}
	c.memory.kinetic = x[3]
	return c, nil
}
