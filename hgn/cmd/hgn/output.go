package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime/pprof"
	"text/tabwriter"
	"time"

	"github.com/rapidhgn/rapidhgn/internal/atomicfile"
	"github.com/rapidhgn/rapidhgn/internal/filecause"
)

// A number is null in JSON if it is not finite.
type number float64

func (x number) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(x))
}

// String shows x to three digits, and a dash for what is not known.
func (x number) String() string {
	if math.IsNaN(float64(x)) {
		return "–"
	}
	return fmt.Sprintf("%.3g", float64(x))
}

// duration shows seconds.
func duration(seconds number) string {
	d := time.Duration(float64(seconds) * 1e9)
	switch {
	case d >= time.Second:
		return fmt.Sprintf("%.2f s", d.Seconds())
	case d >= time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/1e6)
	}
	return fmt.Sprintf("%.0f µs", float64(d)/1e3)
}

// A row is a line of the table that a command prints.
type row struct {
	name  string
	value any
}

// A result is what a command found out, as JSON or as a table.
type result interface{ rows() []row }

// print writes r to the standard output, as JSON or as a table.
func (s streams) print(r result, asJSON bool) error {
	var b bytes.Buffer
	if asJSON {
		if err := json.NewEncoder(&b).Encode(r); err != nil {
			return err
		}
	} else {
		w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		for _, line := range r.rows() {
			fmt.Fprintf(w, "%s\t%v\n", line.name, line.value)
		}
		w.Flush()
	}
	if _, err := s.out.Write(b.Bytes()); err != nil {
		return fmt.Errorf("standard output: %w", filecause.Write(err))
	}
	return nil
}

// profiled runs work and writes a processor profile of it to the named file,
// unless that is "" or work fails.
func profiled(name string, work func() error) error {
	if name == "" {
		return work()
	}
	var b bytes.Buffer
	if err := pprof.StartCPUProfile(&b); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	err := work()
	pprof.StopCPUProfile()
	if err != nil {
		return err
	}
	return write(name, b.Bytes())
}

// write makes data the content of the named file, whole or not at all.
func write(name string, data []byte) error {
	if err := atomicfile.Write(name, data); err != nil {
		return fmt.Errorf("%s: %w", name, filecause.Write(err))
	}
	return nil
}

// writable returns an error if one of the outputs, which may be "", cannot be
// written, is one of the inputs, or is another output. It leaves all as it was.
func writable(outputs []string, inputs ...string) error {
	for i, name := range outputs {
		if name == "" {
			continue
		}
		for _, input := range inputs {
			if same(name, input) {
				return fmt.Errorf("%s: is an input and would be overwritten", name)
			}
		}
		for _, other := range outputs[:i] {
			if other != "" && same(name, other) {
				return fmt.Errorf("%s: is to hold two outputs", name)
			}
		}
		if err := atomicfile.Check(name); err != nil {
			return fmt.Errorf("%s: %w", name, filecause.Write(err))
		}
	}
	return nil
}

// same says whether two names mean the same file, which need not exist.
func same(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	if errA == nil && errB == nil {
		return os.SameFile(infoA, infoB)
	}
	pathA, errA := filepath.Abs(a)
	pathB, errB := filepath.Abs(b)
	return errA == nil && errB == nil && pathA == pathB
}
