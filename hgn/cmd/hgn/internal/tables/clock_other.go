//go:build !unix || aix

package tables

import "time"

// processorTime is the time of the day where that of the processors is not known.
func processorTime() time.Duration { return time.Since(begin) }

var begin = time.Now()
