package parallel

import (
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestBlocks(t *testing.T) {
	for _, n := range []int{-1, 0, 1, 2, 3, 7, 100, 1000} {
		for _, workers := range []int{-1, 0, 1, 2, 3, 8} {
			used := Workers(n, workers)
			calls := make([]int32, max(n, 0))
			busy := make([]int32, used)
			Blocks(n, workers, func(worker, block int) {
				if atomic.AddInt32(&busy[worker], 1) != 1 {
					t.Errorf("n=%d workers=%d: worker %d runs twice at once", n, workers, worker)
				}
				atomic.AddInt32(&calls[block], 1)
				atomic.AddInt32(&busy[worker], -1)
			})
			for block, c := range calls {
				if c != 1 {
					t.Fatalf("n=%d workers=%d: block %d ran %d times", n, workers, block, c)
				}
			}
		}
	}
}

func TestWorkers(t *testing.T) {
	procs := min(runtime.GOMAXPROCS(0), maxWorkers)
	for _, c := range []struct{ n, workers, want int }{
		{10, 3, 3}, {2, 3, 2}, {0, 3, 0}, {-5, 3, 0}, {1 << 20, 0, procs}, {1 << 20, -1, procs},
		{1 << 20, maxWorkers, maxWorkers}, {1 << 20, maxWorkers + 1, maxWorkers}, {math.MaxInt, math.MaxInt, maxWorkers},
	} {
		if got := Workers(c.n, c.workers); got != c.want {
			t.Errorf("Workers(%d, %d) = %d, want %d", c.n, c.workers, got, c.want)
		}
	}
}

// blocks calls Blocks and returns its panic, and how often f was called.
func blocks(n, workers int, f func(block int)) (panicked any, calls int) {
	var ran, under atomic.Int32
	defer func() {
		panicked, calls = recover(), int(ran.Load())
		if under.Load() != 0 {
			panicked = "calls are still under way"
		}
	}()
	Blocks(n, workers, func(_, block int) {
		under.Add(1)
		defer under.Add(-1)
		ran.Add(1)
		f(block)
	})
	return
}

// Two blocks panic, in either order: the panic of the lower one comes out.
func TestPanicOfLowestBlock(t *testing.T) {
	for _, workers := range []int{1, 2, 4} {
		for first := 13; first <= 14; first++ {
			var both sync.WaitGroup // 13 and 14 are under way
			both.Add(2)
			got, _ := blocks(1000, workers, func(block int) {
				if block != 13 && block != 14 {
					return
				}
				if workers > 1 {
					both.Done()
					both.Wait()
				}
				if block != first {
					time.Sleep(10 * time.Millisecond)
				}
				panic(block)
			})
			if got != 13 {
				t.Errorf("workers=%d, block %d first: panic value %v, want 13", workers, first, got)
			}
		}
	}
}

// After block 13 panicked no worker begins another one: block 14 panics too, and the
// workers of the blocks after it return.
func TestPanicEnds(t *testing.T) {
	for _, workers := range []int{1, 2, 4} {
		var all sync.WaitGroup // every worker has one of the blocks from 13 on
		all.Add(workers)
		got, calls := blocks(1000, workers, func(block int) {
			if block < 13 {
				return
			}
			if block < 13+workers {
				all.Done()
				all.Wait()
			}
			switch block {
			case 13:
				panic(block)
			case 14:
				time.Sleep(10 * time.Millisecond)
				panic(block)
			default: // of the blocks handed out too late there is time for hundreds
				time.Sleep(time.Millisecond)
			}
		})
		if got != 13 || calls < 13+workers || calls > 500 {
			t.Errorf("workers=%d: %d blocks ran, panic value %v", workers, calls, got)
		}
	}
}
