package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// A Team keeps its goroutines from one call of [Team.Blocks] to the next, for passes so
// short that starting goroutines would take much of their time. Between calls they look
// for work for some microseconds and then sleep. Only one goroutine at a time may call
// its methods.
type Team struct {
	workers int
	spins   int
	helpers sync.WaitGroup // the goroutines, once there are any
	started bool
	job     atomic.Pointer[job]
	idle    chan struct{} // the last helper has left a job whose caller waits

	mu       sync.Mutex
	wake     sync.Cond
	sleepers atomic.Int32
}

// A job is one call of Blocks.
type job struct {
	n      int
	f      func(worker, block int)
	shares []share // by worker
	faults
	last    bool         // there will be no more
	active  atomic.Int32 // helpers at work
	waiting atomic.Bool  // the caller sleeps until there are none
}

// A share is the blocks of a worker: from next to before end. It fills a line of the cache.
type share struct {
	next atomic.Int64
	end  int64
	_    [48]byte
}

// newJob hands out n blocks in equal shares.
func newJob(n, workers int, f func(worker, block int)) *job {
	j := &job{n: n, f: f, shares: make([]share, workers), faults: faults{failed: n}}
	for w := range j.shares {
		j.shares[w].next.Store(int64(w * n / workers))
		j.shares[w].end = int64((w + 1) * n / workers)
	}
	return j
}

// run does the share of a worker, then what is left of the others'.
func (j *job) run(worker int) {
	block := 0
	defer func() {
		if v := recover(); v != nil {
			for w := range j.shares {
				j.shares[w].next.Store(int64(j.n))
			}
			j.note(block, v)
		}
	}()
	for k := range j.shares {
		s := &j.shares[(worker+k)%len(j.shares)]
		for {
			at := s.next.Add(1) - 1
			if at >= s.end {
				break
			}
			block = int(at)
			j.f(worker, block)
		}
	}
}

// spins is how often a goroutine looks for news before it sleeps, 10 to 30 µs.
const spins = 1 << 15

// NewTeam returns a team of as many goroutines as Blocks has for workers, the caller's
// among them. [Team.Close] ends them.
func NewTeam(workers int) *Team {
	t := &Team{workers: Workers(maxWorkers, workers), idle: make(chan struct{}, 1)}
	t.wake.L = &t.mu
	if t.workers <= runtime.GOMAXPROCS(0) {
		t.spins = spins
	}
	return t
}

// Blocks is [Blocks] with the goroutines of the team. Every worker begins with the same blocks
// in each call with as many, so that what they hold stays near it, and takes others when it
// is done with them. Of several panics one comes out.
func (t *Team) Blocks(n int, f func(worker, block int)) {
	if t.workers <= 1 || n <= 1 {
		Blocks(n, 1, f)
		return
	}
	j := newJob(n, t.workers, f)
	t.post(j)
	if !t.started {
		t.started = true
		for worker := 1; worker < t.workers; worker++ {
			t.helpers.Go(func() { t.help(worker) })
		}
	}
	j.run(0)
	// All blocks are handed out: a helper that comes late finds none.
	for i := 0; i < t.spins && j.active.Load() > 0; i++ {
	}
	j.waiting.Store(true)
	for j.active.Load() > 0 {
		<-t.idle
	}
	if j.failed < n {
		panic(j.value)
	}
}

// Close ends the goroutines and returns when they have ended. It must be the last call.
func (t *Team) Close() {
	t.post(&job{last: true})
	t.helpers.Wait()
}

// post hands out j.
func (t *Team) post(j *job) {
	t.job.Store(j)
	if t.sleepers.Load() > 0 {
		t.mu.Lock()
		t.wake.Broadcast()
		t.mu.Unlock()
	}
}

// help does the part of a worker in all jobs.
func (t *Team) help(worker int) {
	var done *job
	for {
		j := t.next(done)
		if j.last {
			return
		}
		j.active.Add(1)
		j.run(worker)
		if j.active.Add(-1) == 0 && j.waiting.Load() {
			select {
			case t.idle <- struct{}{}:
			default:
			}
		}
		done = j
	}
}

// next waits for a job other than the one that is done.
func (t *Team) next(done *job) *job {
	for range t.spins {
		if j := t.job.Load(); j != done {
			return j
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sleepers.Add(1)
	defer t.sleepers.Add(-1)
	for t.job.Load() == done {
		t.wake.Wait()
	}
	return t.job.Load()
}
