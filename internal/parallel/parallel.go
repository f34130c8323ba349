// Package parallel runs fixed blocks of work on several goroutines.
//
// Callers cut their work into blocks whose size depends on the work alone, keep the
// result of each block apart, and combine the results in block order. What they compute
// then does not depend on the number of workers, to the bit.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Blocks calls f(worker, block) once for each block in 0 … n−1 and returns when all calls
// have. At most workers goroutines run at a time, GOMAXPROCS if workers ≤ 0, and never
// more than 1024; they take blocks in ascending order. worker, in
// 0 … Workers(n, workers)−1, names the goroutine, so that f can use scratch of that
// worker; the caller's goroutine is worker 0, and the only one if one suffices.
//
// If f panics, no further blocks are handed out, and Blocks panics with the same value
// after the calls under way have returned. Of several panics it is that of the lowest
// block, the one that a single worker would meet. f must not call runtime.Goexit.
func Blocks(n, workers int, f func(worker, block int)) {
	workers = Workers(n, workers)
	if workers <= 1 {
		for block := range n {
			f(0, block)
		}
		return
	}
	g := group{n: n, f: f, faults: faults{failed: n}}
	for worker := 1; worker < workers; worker++ {
		g.Go(func() { g.run(worker) })
	}
	g.run(0)
	g.Wait()
	if g.failed < n {
		panic(g.value)
	}
}

// maxWorkers bounds the number of goroutines, and so the scratch that callers keep for
// each: no machine runs more at a time.
const maxWorkers = 1024

// Workers returns the number of goroutines that Blocks uses for n blocks.
func Workers(n, workers int) int {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	return max(0, min(workers, n, maxWorkers))
}

// group is the state of one call of Blocks.
type group struct {
	sync.WaitGroup
	n    int
	f    func(worker, block int)
	next atomic.Int64 // the next block to hand out
	faults
}

// faults keeps the panic of the lowest block.
type faults struct {
	mu     sync.Mutex
	failed int // that block, n if there is none
	value  any
}

// note takes down a panic of a block.
func (p *faults) note(block int, value any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if block < p.failed {
		p.failed, p.value = block, value
	}
}

func (g *group) run(worker int) {
	block := 0
	defer func() {
		if v := recover(); v != nil {
			g.next.Store(int64(g.n))
			g.note(block, v)
		}
	}()
	for {
		block = int(g.next.Add(1) - 1)
		if block >= g.n {
			return
		}
		g.f(worker, block)
	}
}
