package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/trajectory"
	"github.com/rapidhgn/rapidhgn/internal/filecause"
)

// motion is what a simulation writes on the way.
type motion struct {
	name  string // of the trajectory, "" for none
	log   journal
	every int
	w     *trajectory.Writer // nil before the first frame
	kept  int                // frames in the file

	size, logged int64 // to which a restart cuts the files, 0 for none
}

// cut cuts the files that a restart goes on with, once it is known that it can.
func (m *motion) cut() (err error) {
	size, logged := m.size, m.logged
	m.size, m.logged = 0, 0
	if size > 0 {
		if m.w, err = trajectory.Append(m.name, size); err != nil {
			return err
		}
	}
	if logged > 0 {
		return m.log.open(logged)
	}
	return nil
}

// due says whether the state after a step is written.
func (m *motion) due(step int) bool {
	return (m.name != "" || m.log.name != "") && step%m.every == 0
}

// write appends f.
func (m *motion) write(f *hgn.Frame) error {
	if m.w == nil {
		w, err := trajectory.Create(m.name)
		if err != nil {
			return err
		}
		m.w = w
	}
	if err := m.w.WriteFrame(f); err != nil {
		return err
	}
	m.kept++
	return nil
}

// close closes the files and returns failed, or else what went wrong.
func (m *motion) close(failed error) error {
	failed = cmp.Or(failed, m.log.close())
	if m.w == nil {
		return failed
	}
	if failed = cmp.Or(failed, m.w.Close()); failed != nil {
		return &keptError{m.name, m.kept, failed}
	}
	return nil
}

// A keptError says what a simulation that failed leaves.
type keptError struct {
	name   string
	frames int
	cause  error
}

func (e *keptError) Error() string {
	kept := fmt.Sprintf("frames kept in %s: %d", e.name, e.frames)
	if errors.Is(e.cause, context.Canceled) {
		return kept
	}
	return fmt.Sprintf("%v; %s", e.cause, kept)
}

func (e *keptError) Unwrap() error { return e.cause }

// A journal is the CSV file of -log, which is also one for -energy.
type journal struct {
	name string
	file *os.File // nil before the first line
	text []byte
	size int64
}

const journalHeader = "step,pe,ke,etotal,px,py,pz,extrapolated_fraction\n"

// open makes the file, or keeps the first bytes of the one there is.
func (j *journal) open(size int64) (err error) {
	flags, cause := os.O_RDWR, filecause.Read
	if size == 0 {
		flags, cause = os.O_RDWR|os.O_CREATE|os.O_TRUNC, filecause.Write
	}
	if j.file, err = os.OpenFile(j.name, flags, 0o666); err != nil {
		return fmt.Errorf("%s: %w", j.name, cause(err))
	}
	if size == 0 {
		return j.append(journalHeader)
	}
	info, err := j.file.Stat()
	if err == nil && info.Size() < size {
		return fmt.Errorf("%s: %d bytes to append to, but there are %d", j.name, size, info.Size())
	}
	if err == nil {
		err = j.file.Truncate(size)
	}
	if err == nil {
		_, err = j.file.Seek(size, io.SeekStart)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", j.name, filecause.Write(err))
	}
	j.size = size
	return nil
}

// append writes text, or nothing.
func (j *journal) append(text string) error {
	if _, err := j.file.WriteString(text); err != nil {
		j.file.Truncate(j.size) // not of a pipe or a device
		return fmt.Errorf("%s: %w", j.name, filecause.Write(err))
	}
	j.size += int64(len(text))
	return nil
}

// write appends the figures of a state. Steps are counted from that of the data.
func (j *journal) write(start int64, w hgn.Watch) error {
	if j.file == nil {
		if err := j.open(0); err != nil {
			return err
		}
	}
	j.text = strconv.AppendInt(j.text[:0], start+int64(w.Step), 10)
	for _, x := range []float64{w.Potential, w.Kinetic, w.Potential + w.Kinetic, w.Momentum[0], w.Momentum[1], w.Momentum[2], w.Extrapolated} {
		j.text = strconv.AppendFloat(append(j.text, ','), x, 'g', -1, 64)
	}
	return j.append(string(append(j.text, '\n')))
}

func (j *journal) close() error {
	if j.file == nil {
		return nil
	}
	if err := j.file.Close(); err != nil {
		return fmt.Errorf("%s: %w", j.name, filecause.Write(err))
	}
	return nil
}
