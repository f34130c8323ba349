package parallel

import (
	"math"
	"runtime"
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

// TestPanic makes block 13 and all later ones panic, the later ones sooner.
func TestPanic(t *testing.T) {
	for _, workers := range []int{1, 2, 4} {
		for range 20 {
			var ran, under atomic.Int32
			got := func() (v any) {
				defer func() { v = recover() }()
				Blocks(1000, workers, func(_, block int) {
					under.Add(1)
					defer under.Add(-1)
					ran.Add(1)
					if block == 13 {
						time.Sleep(time.Millisecond)
					}
					if block >= 13 {
						panic(block)
					}
				})
				return "no panic"
			}()
			if got != 13 {
				t.Fatalf("workers=%d: panic value %v, want 13", workers, got)
			}
			if n := under.Load(); n != 0 {
				t.Fatalf("workers=%d: %d calls still under way", workers, n)
			}
			if n := ran.Load(); n < 14 || int(n) > 13+workers {
				t.Fatalf("workers=%d: %d blocks ran after a panic in block 13", workers, n)
			}
		}
	}
}
