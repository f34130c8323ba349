package hgn

import (
	"context"
	"errors"
	"iter"
	"math"
	"strings"
	"testing"
)

// stream is a Source whose frames are one frame of memory, as those of a file.
type stream struct {
	frames Frames
	fail   int // at this frame, counted from 1
	err    error
	passes int
}

func (s *stream) Frames() iter.Seq2[*Frame, error] {
	s.passes++
	return func(yield func(*Frame, error) bool) {
		var f Frame
		for k, g := range s.frames {
			if k+1 == s.fail {
				yield(nil, s.err)
				return
			}
			f.CopyFrom(g)
			if !yield(&f, nil) {
				return
			}
			for i := range f.Q { // what was handed out is no longer valid
				f.Q[i], f.P[i], f.QDot[i], f.PDot[i] = math.NaN(), math.NaN(), math.NaN(), math.NaN()
			}
		}
	}
}

// groups returns the steps of the frames of each batch of one pass.
func groups(t *testing.T, d *dataset) (steps [][]int64) {
	t.Helper()
	if err := d.batches(context.Background(), func(frames []*Frame) error {
		var group []int64
		for _, f := range frames {
			if err := f.check(); err != nil {
				t.Fatal(err)
			}
			group = append(group, f.Step)
		}
		steps = append(steps, group)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return steps
}

// Batches are the same for frames in memory, kept from the first pass, or streamed
// whole or in part.
func TestBatches(t *testing.T) {
	w := worlds["chain"]
	frames := w.frames(t, 1, 23, 0.1)
	size := frames[0].floats()
	for _, batch := range []int{1, size, 3*size + 1, 100 * size} {
		var want [][]int64
		for k := range frames {
			if per := max(1, batch/size); k%per == 0 {
				want = append(want, nil)
			}
			want[len(want)-1] = append(want[len(want)-1], frames[k].Step)
		}
		for name, d := range map[string]*dataset{
			"memory":   newDataset(frames, 0),
			"kept":     newDataset(&stream{frames: frames}, 100*size),
			"half":     newDataset(&stream{frames: frames}, 11*size),
			"streamed": newDataset(&stream{frames: frames}, 0),
		} {
			d.batch = batch
			for pass := range 3 {
				got := groups(t, d)
				if !equalGroups(got, want) {
					t.Errorf("%s, batches of %d, pass %d: %v, want %v", name, batch, pass, got, want)
				}
			}
			if s, ok := d.src.(*stream); ok && (s.passes == 1) != (name == "kept") {
				t.Errorf("%s: read %d times", name, s.passes)
			}
		}
	}
	if got := groups(t, newDataset(Frames{}, 0)); got != nil {
		t.Errorf("no frames give %v", got)
	}
	if got := groups(t, newDataset(&stream{}, 100)); got != nil {
		t.Errorf("an empty stream gives %v", got)
	}
}

func equalGroups(a, b [][]int64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if len(a[i]) != len(b[i]) {
			return false
		}
		for k := range a[i] {
			if a[i][k] != b[i][k] {
				return false
			}
		}
	}
	return true
}

// Errors of the source, of the work and of the context end a pass.
func TestBatchesErrors(t *testing.T) {
	broken := errors.New("broken")
	frames := worlds["chain"].frames(t, 1, 10, 0.1)
	one := frames[0].floats()
	for name, src := range map[string]Source{"memory": frames, "stream": &stream{frames: frames}} {
		for _, keep := range []int{0, 1 << 20} {
			d := newDataset(src, keep)
			d.batch = one
			calls := 0
			if err := d.batches(context.Background(), func([]*Frame) error {
				if calls++; calls == 4 {
					return broken
				}
				return nil
			}); !errors.Is(err, broken) || calls != 4 {
				t.Errorf("%s: %v after %d calls", name, err, calls)
			}
			ctx, cancel := context.WithCancel(context.Background())
			calls = 0
			if err := d.batches(ctx, func([]*Frame) error {
				if calls++; calls == 4 {
					cancel()
				}
				return nil
			}); !errors.Is(err, context.Canceled) || calls != 4 {
				t.Errorf("%s, cancelled: %v after %d calls", name, err, calls)
			}
			cancel()
		}
	}
	d := newDataset(&stream{frames: frames, fail: 4, err: broken}, 1<<20)
	for range 2 { // a pass that failed leaves nothing behind
		if err := d.batches(context.Background(), func([]*Frame) error { return nil }); !errors.Is(err, broken) {
			t.Errorf("error %v", err)
		}
	}
}

func TestCheckFrame(t *testing.T) {
	good := worlds["charges"].frames(t, 1, 1, 0.1)[0]
	if err := good.check(); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(f *Frame){
		"0 dimensions":         func(f *Frame) { f.Dim = 0 },
		"8 species":            func(f *Frame) { f.Species = f.Species[1:] },
		"8 charges":            func(f *Frame) { f.Charge = f.Charge[1:] },
		"q and p have 17":      func(f *Frame) { f.Q = f.Q[1:] },
		"derivatives have 17":  func(f *Frame) { f.QDot = f.QDot[1:] },
		"and 17 coordinates":   func(f *Frame) { f.PDot = f.PDot[1:] },
		"mass +Inf of body 2":  func(f *Frame) { f.Mass[2] = math.Inf(1) },
		"mass NaN of body 2":   func(f *Frame) { f.Mass[2] = math.NaN() },
		"mass -1 of body 0":    func(f *Frame) { f.Mass[0] = -1 },
		"p of body 1 is NaN":   func(f *Frame) { f.P[3] = math.NaN() },
		"velocity of body 1":   func(f *Frame) { f.QDot[3] = math.Inf(1) },
		"force of body 8":      func(f *Frame) { f.PDot[17] = math.Inf(-1) },
		"charge of body 8":     func(f *Frame) { f.Charge[8] = math.NaN() },
		"the energy is NaN":    func(f *Frame) { f.Energy = math.NaN() },
		"data.dump:12: step 3": func(f *Frame) { f.File, f.Line, f.Step, f.Dim = "data.dump", 12, 3, 9 },
	} {
		f := copyOf(good)
		change(f)
		var fault *FrameError
		if err := f.check(); !errors.As(err, &fault) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	good.HasEnergy, good.Energy = false, math.NaN() // not looked at
	if err := good.check(); err != nil {
		t.Error(err)
	}
}

// A copy shares nothing, and has nil where the original has.
func TestCopyFrom(t *testing.T) {
	f := worlds["charges"].frames(t, 1, 1, 0.1)[0]
	var g Frame
	g.CopyFrom(f)
	want := copyOf(f)
	for _, x := range [][]float64{f.Mass, f.Charge, f.Q, f.P, f.QDot, f.PDot} {
		clear(x)
	}
	clear(f.Species)
	if farthest(t, g.Q, want.Q) != 0 || farthest(t, g.Charge, want.Charge) != 0 || g.Species[0] != want.Species[0] || g.Mass[0] != want.Mass[0] || g.Energy != want.Energy {
		t.Error("the copy changed with the original")
	}
	f.QDot, f.Charge = nil, nil
	g.CopyFrom(f)
	if g.QDot != nil || g.Charge != nil || g.PDot == nil {
		t.Errorf("nil became something: %v %v", g.QDot, g.Charge)
	}
}
