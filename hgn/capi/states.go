package main

// #include "rapidhgn.h"
import "C"

import (
	"math"
	"slices"
	"unsafe"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// checkSize checks the member struct_size of a structure of the caller.
func checkSize(name string, given C.int64_t, size uintptr) error {
	if given != C.int64_t(size) {
		return invalid("%s.struct_size is %d, want %d", name, given, size)
	}
	return nil
}

// framesOf returns the states as frames, whose large arrays are those of the caller, and
// the fixed edges, nil if there are none.
func framesOf(s *C.rhgn_states) (hgn.Frames, *hgn.Graph, error) {
	if err := output("states", s); err != nil {
		return nil, nil, err
	}
	if err := checkSize("states", s.struct_size, unsafe.Sizeof(*s)); err != nil {
		return nil, nil, err
	}
	if s.frames < 1 || s.nodes < 1 || s.nodes > math.MaxInt32 || s.dim < 1 || s.dim > 3 {
		return nil, nil, invalid("states: %d frames of %d bodies in %d dimensions", s.frames, s.nodes, s.dim)
	}
	width := s.nodes * s.dim
	q, err := rows("q", s.q, s.frames, width, s.q_stride, true)
	if err != nil {
		return nil, nil, err
	}
	p, err := rows("p", s.p, s.frames, width, s.p_stride, false)
	if err != nil {
		return nil, nil, err
	}
	qdot, err := rows("qdot", s.qdot, s.frames, width, s.qdot_stride, false)
	if err != nil {
		return nil, nil, err
	}
	pdot, err := rows("pdot", s.pdot, s.frames, width, s.pdot_stride, false)
	if err != nil {
		return nil, nil, err
	}
	energy, err := rows("energy", s.energy, s.frames, 1, 0, false)
	if err != nil {
		return nil, nil, err
	}
	common, err := commonOf(s)
	if err != nil {
		return nil, nil, err
	}
	boxes, err := boxesOf(s)
	if err != nil {
		return nil, nil, err
	}
	graph, err := edgesOf(s)
	if err != nil {
		return nil, nil, err
	}
	frames := make(hgn.Frames, s.frames)
	all := make([]hgn.Frame, s.frames)
	for i := range frames {
		f := &all[i]
		*f = common
		f.Step, f.Q, f.P, f.QDot, f.PDot = int64(i), q(i), p(i), qdot(i), pdot(i)
		if e := energy(i); e != nil {
			f.Energy, f.HasEnergy = e[0], true
		}
		f.Box = boxes(i)
		complete(f)
		frames[i] = f
	}
	return frames, graph, nil
}

// rows returns the rows of an array of the caller, nil ones if it may be null and is.
func rows(name string, p *C.double, count, width, stride C.int64_t, required bool) (func(i int) []float64, error) {
	if p == nil && !required {
		return func(int) []float64 { return nil }, nil
	}
	if stride == 0 {
		stride = width
	}
	switch {
	case stride < width:
		return nil, invalid("%s: a stride of %d is too small for rows of %d", name, stride, width)
	case count > 0 && stride > C.int64_t(maxElements/int64(count)):
		return nil, invalid("%s: a stride of %d for %d rows", name, stride, count)
	}
	data, err := slice[float64](name, unsafe.Pointer(p), int64((count-1)*stride+width))
	if err != nil {
		return nil, err
	}
	n, step := int(width), int(stride)
	return func(i int) []float64 { return data[i*step:][:n:n] }, nil
}

// commonOf returns what all frames have in common.
func commonOf(s *C.rhgn_states) (f hgn.Frame, err error) {
	n := int(s.nodes)
	f.Dim = int(s.dim)
	if f.Mass, err = optional[float64]("mass", unsafe.Pointer(s.mass), n); err != nil {
		return f, err
	}
	if f.Mass == nil {
		f.Mass = slices.Repeat([]float64{1}, n)
	}
	if f.Charge, err = optional[float64]("charge", unsafe.Pointer(s.charge), n); err != nil {
		return f, err
	}
	species, err := optional[int64]("species", unsafe.Pointer(s.species), n)
	if err != nil {
		return f, err
	}
	f.Species = slices.Repeat([]int{1}, n)
	for i, t := range species {
		if f.Species[i] = int(t); int64(f.Species[i]) != t {
			return f, invalid("species: %d is too large", t)
		}
	}
	return f, nil
}

// optional returns the elements of an array that may be null.
func optional[T float64 | int64](name string, p unsafe.Pointer, n int) ([]T, error) {
	if p == nil {
		return nil, nil
	}
	return slice[T](name, p, int64(n))
}

// boxesOf returns the box of each frame.
func boxesOf(s *C.rhgn_states) (func(i int) hgn.Box, error) {
	if s.box == nil {
		return func(int) hgn.Box { return hgn.Box{} }, nil
	}
	count := s.frames
	if s.box_stride == 0 {
		count = 1
	}
	lengths, err := rows("box", s.box, count, s.dim, s.box_stride, true)
	if err != nil {
		return nil, err
	}
	return func(i int) (b hgn.Box) {
		if count == 1 {
			i = 0
		}
		for a, l := range lengths(i) {
			b.Hi[a], b.Periodic[a] = l, true
		}
		return b
	}, nil
}

// edgesOf returns the fixed edges, nil if there are none.
func edgesOf(s *C.rhgn_states) (*hgn.Graph, error) {
	if s.edges == nil && s.edge_count == 0 {
		return nil, nil
	}
	if s.edge_count < 0 || s.edge_count > math.MaxInt32 {
		return nil, invalid("%d edges", s.edge_count)
	}
	ends, err := slice[int64]("edges", unsafe.Pointer(s.edges), 2*int64(s.edge_count))
	if err != nil {
		return nil, err
	}
	pairs := make([][2]int, s.edge_count)
	for k := range pairs {
		for end, i := range ends[2*k:][:2] {
			if i < 0 || i >= int64(s.nodes) {
				return nil, faultf(C.RHGN_DATA, "edge %d joins body %d, of %d bodies, counted from 0", k, i, s.nodes)
			}
			pairs[k][end] = int(i)
		}
	}
	return hgn.NewGraph(int(s.nodes), pairs)
}

// complete adds momenta to velocities, velocities to momenta, and momenta of 0 to a
// state at rest.
func complete(f *hgn.Frame) {
	switch {
	case f.P == nil && f.QDot == nil:
		f.P = make([]float64, len(f.Q))
	case f.P == nil:
		f.P = make([]float64, len(f.Q))
		for i, v := range f.QDot {
			f.P[i] = f.Mass[i/f.Dim] * v
		}
	case f.QDot == nil:
		f.QDot = make([]float64, len(f.Q))
		for i, p := range f.P {
			f.QDot[i] = p / f.Mass[i/f.Dim]
		}
	}
}
