package parallel

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// Jobs at once and after a while, when the helpers sleep; none is left when Close returns.
func TestTeam(t *testing.T) {
	before := runtime.NumGoroutine()
	for _, workers := range []int{-1, 1, 2, 3, 8} {
		team := NewTeam(workers)
		for job := range 600 {
			if job%200 == 0 {
				time.Sleep(time.Millisecond)
			}
			n := []int{-1, 0, 1, 2, 7, 100}[job%6]
			calls, busy := make([]int32, max(n, 0)), make([]int32, Workers(maxWorkers, workers))
			team.Blocks(n, func(worker, block int) {
				if atomic.AddInt32(&busy[worker], 1) != 1 {
					t.Errorf("n=%d workers=%d: worker %d runs twice at once", n, workers, worker)
				}
				calls[block]++ // the caller sees it: a race otherwise
				atomic.AddInt32(&busy[worker], -1)
			})
			for block, c := range calls {
				if c != 1 {
					t.Fatalf("n=%d workers=%d: block %d ran %d times", n, workers, block, c)
				}
			}
		}
		team.Close()
		// The last thing a helper does is to say that it is done: it may still be counted.
		now := runtime.NumGoroutine()
		for deadline := time.Now().Add(5 * time.Second); now > before && time.Now().Before(deadline); now = runtime.NumGoroutine() {
			time.Sleep(time.Millisecond)
		}
		if now > before {
			t.Errorf("workers=%d: %d goroutines, %d before", workers, now, before)
		}
	}
}

// All workers work at once, wherever they waited.
func TestTeamTogether(t *testing.T) {
	team := NewTeam(3)
	defer team.Close()
	for range 5 {
		var here atomic.Int32
		team.Blocks(3, func(_, _ int) {
			for here.Add(1); here.Load() < 3; {
				runtime.Gosched()
			}
		})
		time.Sleep(time.Millisecond)
	}
}

// A panic comes out when no call is under way any more, and the team goes on.
func TestTeamPanic(t *testing.T) {
	team := NewTeam(3)
	defer team.Close()
	for range 50 {
		var under, calls atomic.Int32
		func() {
			defer func() {
				if got := recover(); got != 13 || under.Load() != 0 {
					t.Errorf("panic value %v, %d calls under way", got, under.Load())
				}
			}()
			team.Blocks(1000, func(_, block int) {
				under.Add(1)
				defer under.Add(-1)
				if block == 13 {
					panic(block)
				}
			})
		}()
		team.Blocks(20, func(_, _ int) { calls.Add(1) })
		if calls.Load() != 20 {
			t.Fatalf("%d calls after a panic, want 20", calls.Load())
		}
	}
}
