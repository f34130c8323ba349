package main

import (
	"errors"
	"runtime"
	"slices"
	"time"
)

const (
	slice   = 0.004                  // seconds that one measurement lasts at least
	patient = 0.4                    // a peer that takes longer than this is measured in the first rounds alone
	few     = 2                      // which are these
	tired   = 1.0                    // one that takes longer than this is measured once
	settle  = 100 * time.Millisecond // for the threads of a peer to go to sleep: they spin for a while
)

// runner measures groups and keeps the score.
type runner struct {
	rounds, threads int
	scaling         float64 // of multiply-adds from one thread to threads
	peers           *peers
	passed          int
	missed          []string
}

// measured holds the seconds of one run of a work, for every round, and the roof in each.
type measured struct {
	roof    []float64
	seconds [][]float64 // of each column; empty if it was not measured
}

// measure runs w through the columns in turn, every round.
func (r *runner) measure(w work, columns []column, roof string) (measured, error) {
	m := measured{seconds: make([][]float64, len(columns))}
	repeat := make([]int, len(columns))
	rounds := make([]int, len(columns))
	for i, c := range columns {
		if c.most > 0 && w.n > c.most {
			continue
		}
		once, err := r.warm(c, w, &repeat[i])
		switch {
		case errors.Is(err, errUnknown):
		case err != nil:
			return m, err
		case once > tired:
			m.seconds[i] = []float64{once}
		case once > patient:
			rounds[i] = min(few, r.rounds)
		default:
			rounds[i] = r.rounds
		}
	}
	for round := range max(1, slices.Max(rounds)) { // the roof at least once
		if roof != "" {
			m.roof = append(m.roof, roofs[roof](r.threads))
		}
		for i, c := range columns {
			if round >= rounds[i] {
				continue
			}
			t, err := r.time(c, w, repeat[i])
			if err != nil {
				return m, err
			}
			m.seconds[i] = append(m.seconds[i], t/float64(repeat[i]))
		}
	}
	return m, nil
}

// warm runs w until it is known how often it has to be repeated, and returns what one run
// took.
func (r *runner) warm(c column, w work, repeat *int) (float64, error) {
	for *repeat = 1; ; {
		t, err := r.time(c, w, *repeat)
		if err != nil || t > slice {
			return t / float64(*repeat), err
		}
		*repeat = max(*repeat+1, int(float64(*repeat)*min(100, 1.5*slice/max(t, 1e-9))))
	}
}

func (r *runner) time(c column, w work, repeat int) (float64, error) {
	p := r.peers.get(c.peer)
	if p == nil {
		return 0, errUnknown
	}
	if c.op != "" {
		w.op = c.op
	}
	threads := r.threads
	if c.threads > 0 {
		threads = c.threads
	}
	if r.threads > 1 {
		time.Sleep(settle)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
	return p.time(w, repeat, threads)
}

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	return (x[len(x)/2] + x[(len(x)-1)/2]) / 2
}

// ratio is the median of the ratios x/y in the rounds that both have.
func ratio(x, y []float64) float64 {
	r := make([]float64, min(len(x), len(y)))
	for i := range r {
		r[i] = x[i] / y[i]
	}
	return median(r)
}
