package main

import (
	"fmt"
	"regexp"

	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// work is one operation on operands of some size.
type work struct {
	op      string
	m, n, k int
	allowed float64 // seconds that are aimed at, where no peer does it
}

func (w work) String() string {
	switch {
	case w.k > 0:
		return fmt.Sprintf("%s %d×%d×%d", w.op, w.m, w.n, w.k)
	case w.m > 0:
		return fmt.Sprintf("%s %d×%d", w.op, w.m, w.n)
	default:
		return fmt.Sprintf("%s %d", w.op, w.n)
	}
}

// group is a table: works by the peers that do them. The first column is ours.
type group struct {
	name, title string
	unit        unit
	roof        string // what the unit is compared with: "FMA", "read", or nothing
	columns     []column
	rows        []row
	mean        []bar // for the geometric means of the columns
}

// column is a peer at work.
type column struct {
	title, peer string
	op          string // what it does in place of the row's
	most        int    // largest n that it is given, unless 0: beyond it takes too long
	threads     int    // unless 0, in place of those of the run
}

// row is a work and what is aimed at.
type row struct {
	work
	bars   []bar
	either bool // one of the bars is enough
}

// bar is the least ratio to a column, or to the roof, that is aimed at.
type bar struct {
	of    string
	least float64
	avx2  float64 // in place of least at level avx2, unless 0
}

const ofRoof = "of roof"

func (b bar) value() float64 {
	if b.avx2 != 0 && simd.Active() == simd.AVX2 {
		return b.avx2
	}
	return b.least
}

// unit makes figures of times.
type unit struct {
	name string
	of   func(w work, seconds float64) float64
}

var (
	nanoseconds = unit{"ns per element", func(w work, s float64) float64 { return 1e9 * s / float64(w.n) }}
	milli       = unit{"ms", func(w work, s float64) float64 { return 1e3 * s }}
)

// gflops counts operations as flops says.
func gflops(flops func(w work) float64) unit {
	return unit{"GFLOP/s", func(w work, s float64) float64 { return 1e-9 * flops(w) / s }}
}

// gbytes counts the bytes that have to be read.
func gbytes(bytes func(w work) float64) unit {
	return unit{"GB/s", func(w work, s float64) float64 { return 1e-9 * bytes(w) / s }}
}

// matching returns g with the rows whose name matches.
func (g group) matching(pattern *regexp.Regexp) group {
	var rows []row
	for _, r := range g.rows {
		if pattern.MatchString(g.name + " " + r.String()) {
			rows = append(rows, r)
		}
	}
	g.rows = rows
	return g
}
