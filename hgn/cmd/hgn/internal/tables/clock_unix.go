//go:build unix && !aix

package tables

import (
	"syscall"
	"time"
)

// processorTime is the time that the processors have spent in this process, which other
// processes do not make longer.
func processorTime() time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return time.Since(begin)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

var begin = time.Now()
