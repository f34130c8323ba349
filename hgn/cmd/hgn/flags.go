package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"runtime"
	"strconv"
	"strings"
)

// errHelp is returned where a command was asked how to use it.
var errHelp = flag.ErrHelp

// A usageError is a fault of the command line.
type usageError struct {
	command string // "" if none was recognised
	cause   string
}

func (e *usageError) Error() string {
	if e.command == "" {
		return e.cause + "; see \"hgn help\""
	}
	return fmt.Sprintf("%s: %s; see \"hgn help %[1]s\"", e.command, e.cause)
}

func usagef(format string, args ...any) error {
	return &usageError{cause: fmt.Sprintf(format, args...)}
}

// commonUsage explains the flags that every command has.
const commonUsage = `
  -workers N       goroutines (default GOMAXPROCS); results do not depend on it
  -json            print one JSON object instead of a table
  -cpuprofile FILE write a profile for "go tool pprof"
`

// flags are those of one command. Flags that hold numbers are checked by parse.
type flags struct {
	*flag.FlagSet
	workers int
	json    bool
	profile string
	files   []string // arguments that are no flags
	checks  []func() error
}

func newFlags(name string) *flags {
	f := &flags{FlagSet: flag.NewFlagSet(name, flag.ContinueOnError)}
	f.SetOutput(io.Discard)
	f.count(&f.workers, "workers", runtime.GOMAXPROCS(0), 1, math.MaxInt)
	f.BoolVar(&f.json, "json", false, "")
	f.StringVar(&f.profile, "cpuprofile", "", "")
	return f
}

// parse reads args, which must be flags only.
func (f *flags) parse(args []string) error { return f.parseFiles(args, 0, 0) }

// parseFiles reads args, flags and among them from least to most names of files.
func (f *flags) parseFiles(args []string, least, most int) error {
	for {
		err := f.Parse(args)
		switch {
		case errors.Is(err, errHelp):
			return errHelp
		case err != nil:
			return usagef("%v", err)
		}
		if f.NArg() == 0 {
			break
		}
		f.files = append(f.files, f.Arg(0))
		args = f.Args()[1:]
	}
	switch n := len(f.files); {
	case n > most:
		return usagef("unexpected argument %q (patterns of file names need quotes)", f.files[most])
	case n < least:
		return usagef("%d files are needed, %d given", least, n)
	}
	for _, check := range f.checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// given says whether the flag called name was on the command line.
func (f *flags) given(name string) (found bool) {
	f.Visit(func(g *flag.Flag) { found = found || g.Name == name })
	return found
}

// need returns an error unless all the flags were on the command line.
func (f *flags) need(names ...string) error {
	for _, name := range names {
		if !f.given(name) {
			return usagef("-%s is missing", name)
		}
	}
	return nil
}

// count defines a flag that is a whole number from least to most.
func (f *flags) count(dst *int, name string, value, least, most int) {
	f.IntVar(dst, name, value, "")
	f.checks = append(f.checks, func() error {
		switch {
		case *dst < least:
			return usagef("-%s %d is below %d", name, *dst, least)
		case *dst > most:
			return usagef("-%s %d is above %d", name, *dst, most)
		}
		return nil
	})
}

// file defines a flag that names one file and may be given once.
func (f *flags) file(dst *string, name string) {
	given := false
	f.Func(name, "", func(text string) error {
		if given {
			return errors.New("may be given once only")
		}
		*dst, given = text, true
		return nil
	})
}

// number defines a flag that is a finite number for which ok holds; want says
// which ones those are. The default need not be one of them.
func (f *flags) number(dst *float64, name string, value float64, want string, ok func(float64) bool) {
	f.Float64Var(dst, name, value, "")
	f.checks = append(f.checks, func() error {
		if f.given(name) && !(*dst-*dst == 0 && ok(*dst)) {
			return usagef("-%s %v: want %s", name, *dst, want)
		}
		return nil
	})
}

// positive says whether x > 0.
func positive(x float64) bool { return x > 0 }

// choice defines a flag whose text parse understands.
func choice[T any](f *flags, dst *T, name string, parse func(string) (T, error)) {
	f.Func(name, "", func(text string) (err error) {
		*dst, err = parse(text)
		return err
	})
}

// list is a flag that may be repeated.
type list []string

func (l *list) String() string { return strings.Join(*l, " ") }

func (l *list) Set(s string) error {
	if s == "" {
		return errors.New("empty name of a file")
	}
	*l = append(*l, s)
	return nil
}

// masses is a flag TYPE=M,TYPE=M,…
type masses map[int]float64

func (m *masses) String() string { return "" }

func (m *masses) Set(text string) error {
	if *m == nil {
		*m = masses{}
	}
	for _, field := range strings.Split(text, ",") {
		left, right, _ := strings.Cut(field, "=")
		species, err := strconv.Atoi(left)
		if err != nil || species < 0 {
			return fmt.Errorf("%q is not TYPE=MASS", field)
		}
		mass, err := strconv.ParseFloat(right, 64)
		if err != nil || !(mass > 0) || math.IsInf(mass, 1) {
			return fmt.Errorf("%q is not TYPE=MASS with a mass above 0", field)
		}
		if _, twice := (*m)[species]; twice {
			return fmt.Errorf("type %d has two masses", species)
		}
		(*m)[species] = mass
	}
	return nil
}
