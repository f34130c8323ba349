package hgn

import (
	"context"
	"iter"
	"math"
	"testing"
	"time"
)

// A slow source takes a while for each pass.
type slow struct {
	Source
	takes  time.Duration
	passes int
}

func (s *slow) Frames() iter.Seq2[*Frame, error] {
	s.passes++
	time.Sleep(s.takes)
	return s.Source.Frames()
}

// What is read once is not read again for a reference or a repeated training, and reading
// does not count as training.
func TestReferenceReading(t *testing.T) {
	zbl, err := NewZBL(0.6, 1.6)
	if err != nil {
		t.Fatal(err)
	}
	src := &slow{Source: alloy(1, 8, 2, 1), takes: 300 * time.Millisecond}
	opt := Options{Encoding: ManyBody, Cutoff: embeddedRange, Periodic: true, Features: 20, Reference: zbl, Repeat: 3, Materials: Materials{Candidates: 20}}
	start := time.Now()
	_, report, err := Train(context.Background(), src, opt)
	if err != nil {
		t.Fatal(err)
	}
	wall := time.Since(start).Seconds()
	if src.passes != 1 {
		t.Errorf("read %d times", src.passes)
	}
	if !(report.SecondsRead > 0.29 && report.Seconds > 0 && report.Seconds+report.SecondsRead < wall) {
		t.Errorf("%v s of %v s, of which reading %v", report.Seconds, wall, report.SecondsRead)
	}
	// Subtraction is not reading.
	r := &remainder{src: alloy(1, 2, 2, 1), subtract: func(*Frame) error { time.Sleep(50 * time.Millisecond); return nil }}
	d := newDataset(r, 0)
	if err := d.batches(context.Background(), func([]*Frame) error { return nil }); err != nil || !(d.reading < 50*time.Millisecond) {
		t.Errorf("reading took %v, error %v", d.reading, err)
	}
}

// Errors of forces are relative to the forces of the frames, not to what a reference leaves.
func TestReferenceForceError(t *testing.T) {
	w := world{dim: 3, side: 3, species: 1, cutoff: 2, potential: screened}
	table := PairTable{Species: [2]int{3, 3}}
	for i := range 61 {
		x := 1.2 - 0.02*float64(i)
		table.R = append(table.R, 0.3+0.02*float64(i))
		table.Energy, table.Force = append(table.Energy, 50*x*x*x*x), append(table.Force, 200*x*x*x)
	}
	p, err := NewTabulated([]PairTable{table})
	if err != nil {
		t.Fatal(err)
	}
	both := w
	both.potential = func(a, b int, r float64) (v, v1 float64) {
		v, v1 = screened(a, b, r)
		more, more1 := p.Eval(a, b, r)
		return v + more, v1 + more1
	}
	frames := both.frames(t, 1, 20, 0.1)
	for name, change := range map[string]func(o *Options){
		"pairs": func(*Options) {},
		"joint": func(o *Options) { o.Damping = SpeciesDamping },
	} {
		o := w.options(t)
		o.Reference, o.Features = p, 4
		change(&o)
		m, report := train(t, frames, o)
		want := evaluate(t, m, frames, o.Graph).Force
		if !(math.Abs(report.ForceError-want) <= 1e-3*want && want > 1e-9) {
			t.Errorf("%s: error %v of forces in training, %v in an evaluation", name, report.ForceError, want)
		}
	}
}
