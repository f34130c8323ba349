package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// patience is how long something lasts before it shows its progress.
const patience = time.Second

// A progress is a line on the terminal about something that lasts longer than
// patience. Where the standard error is no terminal there is no such line.
type progress struct {
	mu    sync.Mutex
	err   io.Writer
	count int64
	bar   *progressbar.ProgressBar
	timer *time.Timer
	ended bool
}

// progress begins to count to total, or without an end if total is −1.
func (s streams) progress(what string, total int64) *progress {
	p := &progress{err: s.err}
	if !isTerminal(s.err) {
		p.ended = true
		return p
	}
	p.timer = time.AfterFunc(patience, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.ended {
			return
		}
		p.bar = progressbar.NewOptions64(total,
			progressbar.OptionSetWriter(s.err),
			progressbar.OptionSetDescription(what),
			progressbar.OptionSetPredictTime(total > 0),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish())
		p.bar.Add64(p.count)
	})
	return p
}

// tick counts one more.
func (p *progress) tick() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	p.count++
	if p.bar != nil {
		p.bar.Add64(1)
	}
}

// warn prints a line of its own.
func (p *progress) warn(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		p.bar.Clear()
	}
	fmt.Fprintln(p.err, line)
}

// end clears the line.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	p.ended = true
	p.timer.Stop()
	if p.bar != nil {
		p.bar.Finish()
	}
}

// isTerminal says whether w is a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
