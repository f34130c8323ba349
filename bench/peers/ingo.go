package main

import (
	"runtime"
	"runtime/debug"

	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// trial is a work with its operands. reset, unless nil, makes good what run destroys. timed,
// unless nil, takes the place of run and returns the seconds that count.
type trial struct {
	run, reset func()
	timed      func() float64
}

// inGo does works in this process.
type inGo struct {
	says  string
	clock uintptr
	works map[string]func(w work) trial

	size   work // of the trials, without op
	trials map[string]trial
}

func newInGo(about string, clock uintptr, works map[string]func(w work) trial) peer {
	return &inGo{says: about, clock: clock, works: works}
}

func (p *inGo) about() string { return p.says }

func (p *inGo) time(w work, repeat, threads int) (float64, error) {
	prepare := p.works[w.op]
	if prepare == nil {
		return 0, errUnknown
	}
	if size := (work{m: w.m, n: w.n, k: w.k}); size != p.size || p.trials == nil {
		p.size, p.trials = size, map[string]trial{}
		runtime.GC()
	}
	t, ok := p.trials[w.op]
	if !ok {
		t = prepare(w)
		p.trials[w.op] = t
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if t.timed != nil {
		sum := 0.0
		for range repeat {
			sum += t.timed()
		}
		return sum, nil
	}
	if t.reset == nil {
		start := now(threads, p.clock)
		for range repeat {
			t.run()
		}
		return now(threads, p.clock) - start, nil
	}
	sum := 0.0
	for range repeat {
		t.reset()
		start := now(threads, p.clock)
		t.run()
		sum += now(threads, p.clock) - start
	}
	return sum, nil
}

func level() string { return "level " + simd.Active().String() }

func gonumVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			if d.Path == "gonum.org/v1/gonum" {
				return d.Version
			}
		}
	}
	return "version unknown"
}

// merged returns the works of all of several maps.
func merged(maps ...map[string]func(w work) trial) map[string]func(w work) trial {
	all := map[string]func(w work) trial{}
	for _, m := range maps {
		for op, f := range m {
			all[op] = f
		}
	}
	return all
}

// operand returns numbers in [−1, 1), as the C programs have them.
func operand(n int) []float64 {
	x := make([]float64, n)
	s := uint32(1)
	for i := range x {
		s = s*1664525 + 1013904223
		x[i] = float64(s)/0x1p31 - 1
	}
	return x
}
