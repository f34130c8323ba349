package main

import (
	"fmt"
	"math"
	"strconv"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/internal/filecause"
)

// Names of the notes in a checkpoint.
const (
	noteOut       = "out" // the file, its length and its frames
	noteOutSize   = "out.size"
	noteOutFrames = "out.frames"
	noteLog       = "log"
	noteLogSize   = "log.size"
	noteSum       = "compared.sum" // what there was to compare with: the bits of the sum of squares, and frames
	noteFrames    = "compared.frames"
)

// save writes c with what the program needs to go on from there.
func (f *simulateFlags) save(c *hgn.Checkpoint, out *motion, later *follower) error {
	c.Notes = map[string]string{
		noteSum:    strconv.FormatUint(math.Float64bits(later.sum), 16),
		noteFrames: strconv.Itoa(later.frames),
	}
	if out.w != nil && out.w.Size() > 0 {
		c.Notes[noteOut] = out.name
		c.Notes[noteOutSize] = strconv.FormatInt(out.w.Size(), 10)
		c.Notes[noteOutFrames] = strconv.Itoa(out.kept)
	}
	if out.log.file != nil {
		c.Notes[noteLog] = out.log.name
		c.Notes[noteLogSize] = strconv.FormatInt(out.log.size, 10)
	}
	if err := c.Save(f.checkpoint); err != nil {
		return fmt.Errorf("%s: %w", f.checkpoint, filecause.Write(err))
	}
	return nil
}

// resume takes up what save has noted.
func (f *simulateFlags) resume(c *hgn.Checkpoint, out *motion, later *follower) error {
	if c.Step > f.steps {
		return fmt.Errorf("it is of step %d, after -steps %d", c.Step, f.steps)
	}
	var failed error
	note := func(name string, base int) int64 {
		x, err := strconv.ParseUint(c.Notes[name], base, 64)
		if err != nil {
			failed = fmt.Errorf("the note %q is %q", name, c.Notes[name])
		}
		return int64(x)
	}
	sum, frames := note(noteSum, 16), note(noteFrames, 10)
	var size, kept, logged int64
	if f.out != "" && c.Notes[noteOut] == f.out {
		size, kept = note(noteOutSize, 10), note(noteOutFrames, 10)
	}
	if f.log != "" && c.Notes[noteLog] == f.log {
		logged = note(noteLogSize, 10)
	}
	if failed != nil {
		return failed
	}
	for later.later != nil && later.later.Step-later.start.Step <= int64(c.Step) {
		if err := later.next(); err != nil {
			return err
		}
	}
	later.sum, later.frames = math.Float64frombits(uint64(sum)), int(frames)
	out.size, out.kept, out.logged = size, int(kept), logged
	return nil
}
