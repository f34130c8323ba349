package main

import (
	"math"
	"runtime"
	"sync"

	"github.com/rapidhgn/rapidhgn/bench/roof"
)

const (
	slice   = 0.004 // seconds that one measurement lasts at least
	patient = 0.4   // a peer that takes longer than this is measured in the first rounds alone
	few     = 2
)

// measured holds the rates of every round, in GFLOP/s.
type measured struct {
	peak  []float64
	rates [][]float64 // of each peer
}

// measure runs w through the peers in turn, every round.
func measure(w work, peers []peer, rounds, threads int) (measured, error) {
	m := measured{rates: make([][]float64, len(peers))}
	repeat := make([]int, len(peers))
	for i, p := range peers {
		for repeat[i] = 1; ; { // and warm up
			t, err := p.time(w, repeat[i], threads)
			if err != nil {
				return m, err
			}
			if t > slice {
				break
			}
			repeat[i] = max(repeat[i]+1, int(float64(repeat[i])*min(100, 1.5*slice/max(t, 1e-9))))
		}
	}
	for round := range rounds {
		m.peak = append(m.peak, peak(threads))
		for i, p := range peers {
			if round >= few && w.flops()/m.rates[i][0] > 1e9*patient {
				continue
			}
			t, err := p.time(w, repeat[i], threads)
			if err != nil {
				return m, err
			}
			m.rates[i] = append(m.rates[i], 1e-9*w.flops()*float64(repeat[i])/t)
		}
	}
	return m, nil
}

// peak returns the rate of multiply-adds of all threads together.
func peak(threads int) float64 {
	const rounds = 1 << 18
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	start := now(threads, threadTime)
	var wait sync.WaitGroup
	for range threads - 1 {
		wait.Go(func() { roof.FMA(rounds) })
	}
	flops := float64(threads) * roof.FMA(rounds)
	wait.Wait()
	return 1e-9 * flops / (now(threads, threadTime) - start)
}

// mean is a geometric mean.
type mean struct {
	logs float64
	n    int
}

func (m *mean) add(x float64)  { m.logs, m.n = m.logs+math.Log(x), m.n+1 }
func (m *mean) value() float64 { return math.Exp(m.logs / float64(m.n)) }
