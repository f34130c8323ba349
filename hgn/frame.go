package hgn

import (
	"fmt"
	"iter"
)

// A Frame is one observed state of a system of N bodies in Dim dimensions.
//
// Q, P, QDot and PDot are N×Dim, row-major: coordinate a of body i is at
// i·Dim + a. QDot and PDot are nil where they were not observed; Charge is nil
// where there is none.
type Frame struct {
	Step    int64   // time step, as counted by whoever made the frame
	Time    float64 // time, if HasTime
	HasTime bool
	Dim     int       // dimensions: 1, 2 or 3
	Box     Box       // box of the frame; of no effect unless a model is periodic
	Species []int     // type of each body
	Mass    []float64 // mass of each body, above 0
	Charge  []float64 // charge of each body, or nil
	Q       []float64 // positions
	P       []float64 // momenta
	QDot    []float64 // velocities, dQ/dt, or nil
	PDot    []float64 // forces, dP/dt, or nil

	Energy    float64 // total energy, kinetic and potential, if HasEnergy
	HasEnergy bool
	Stress    [6]float64 // xx yy zz yz xz xy, in the unit and with the sign of whoever made the frame, if HasStress
	HasStress bool
	Group     string // what the frame is counted with in tables of errors, such as a type of configuration; may be empty

	File string // where the frame was read from, for messages; may be empty
	Line int    // first line of the frame in File, from 1; 0 if unknown
}

// Nodes is the number of bodies, N.
func (f *Frame) Nodes() int { return len(f.Mass) }

// CopyFrom makes f a deep copy of g, reusing the memory of f.
func (f *Frame) CopyFrom(g *Frame) {
	old := *f
	*f = *g
	f.Species = append(old.Species[:0], g.Species...)
	f.Mass = append(old.Mass[:0], g.Mass...)
	f.Charge = copyOrNil(old.Charge, g.Charge)
	f.Q = append(old.Q[:0], g.Q...)
	f.P = append(old.P[:0], g.P...)
	f.QDot = copyOrNil(old.QDot, g.QDot)
	f.PDot = copyOrNil(old.PDot, g.PDot)
}

func copyOrNil(dst, src []float64) []float64 {
	if src == nil {
		return nil
	}
	return append(dst[:0], src...)
}

// A FrameError is a fault of a frame, or of what was computed from it.
type FrameError struct {
	File  string // Frame.File
	Line  int    // Frame.Line
	Step  int64  // Frame.Step
	Cause string
}

// Error gives "FILE:LINE: step STEP: cause", without what is unknown.
func (e *FrameError) Error() string {
	where := ""
	switch {
	case e.File != "" && e.Line > 0:
		where = fmt.Sprintf("%s:%d: ", e.File, e.Line)
	case e.File != "":
		where = e.File + ": "
	}
	return fmt.Sprintf("%sstep %d: %s", where, e.Step, e.Cause)
}

// errorf returns a FrameError of f.
func (f *Frame) errorf(format string, args ...any) error {
	return &FrameError{f.File, f.Line, f.Step, fmt.Sprintf(format, args...)}
}

// A Source is a sequence of frames that can be read more than once, always with
// the same result.
type Source interface {
	// Frames yields the frames in order. A frame belongs to the source and is
	// valid until the next one is asked for. After an error the sequence ends.
	Frames() iter.Seq2[*Frame, error]
}

// Frames is a Source in memory.
type Frames []*Frame

// Frames yields the elements of s in order.
func (s Frames) Frames() iter.Seq2[*Frame, error] {
	return func(yield func(*Frame, error) bool) {
		for _, f := range s {
			if !yield(f, nil) {
				return
			}
		}
	}
}
