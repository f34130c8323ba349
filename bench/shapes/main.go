// Shapes times package gonumblas beside gonum itself on many shapes, the smallest above all,
// and prints those on which it does worst: what a program may lose by blas64.Use.
//
// A time is the least of several rounds, in which both take turns; a shape that seems to lose
// gets more of them. RAPIDHGN_LEVEL chooses the level, as everywhere.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"math"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/rapidhgn/rapidhgn/internal/simd"
	"github.com/rapidhgn/rapidhgn/kernels/gonumblas"
)

// least is the ratio of gonum's time to ours that is aimed at on every shape.
const least = 0.9

// shape is a call of a routine of the BLAS.
type shape struct {
	routine, size string
	call          func(blas.Float64)
	ratio         float64 // of gonum's time to ours
}

func main() {
	rounds := flag.Int("rounds", 15, "take the least of `N` times")
	worst := flag.Int("worst", 12, "list the `N` shapes with the lowest ratios")
	flag.Parse()
	if flag.NArg() > 0 || *rounds < 1 || *worst < 0 {
		flag.Usage()
		os.Exit(2)
	}
	all := shapes()
	for i := range all {
		all[i].measure(*rounds)
	}
	fmt.Printf("level %v: gonum's time over ours on %d shapes\n\n", simd.Active(), len(all))
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "routine\tshapes\tbelow %v\tmedian\tworst\n", least)
	for rest := all; len(rest) > 0; {
		n := 1 // shapes of a routine are adjacent
		for n < len(rest) && rest[n].routine == rest[0].routine {
			n++
		}
		few := byRatio(rest[:n])
		fmt.Fprintf(table, "%s\t%d\t%d\t%.2f\t%.2f\n", few[0].routine, n, lost(few), few[n/2].ratio, few[0].ratio)
		rest = rest[n:]
	}
	fmt.Fprintf(table, "\t%d\t%d\n", len(all), lost(all))
	table.Flush()
	fmt.Println()
	for _, s := range byRatio(all)[:min(*worst, len(all))] {
		fmt.Printf("%.2f  %s %s\n", s.ratio, s.routine, s.size)
	}
}

// byRatio returns the shapes with the lowest ratios first.
func byRatio(shapes []shape) []shape {
	return slices.SortedFunc(slices.Values(shapes), func(a, b shape) int { return cmp.Compare(a.ratio, b.ratio) })
}

// lost returns how many shapes miss the aim.
func lost(shapes []shape) int {
	n := 0
	for _, s := range shapes {
		if !(s.ratio >= least) {
			n++
		}
	}
	return n
}

// measure sets the ratio.
func (s *shape) measure(rounds int) {
	impls := [2]blas.Float64{gonumblas.Implementation{}, gonum.Implementation{}}
	shortest := [2]time.Duration{math.MaxInt64, math.MaxInt64}
	repeat := 1
	for s.time(impls[1], repeat) < 10*time.Microsecond {
		repeat *= 2
	}
	for try := 0; try == 0 || s.ratio < least && try < 4; try++ {
		for range rounds {
			for i, impl := range impls {
				shortest[i] = min(shortest[i], s.time(impl, repeat))
			}
		}
		s.ratio = float64(shortest[1]) / float64(shortest[0])
	}
}

func (s *shape) time(impl blas.Float64, repeat int) time.Duration {
	start := time.Now()
	for range repeat {
		s.call(impl)
	}
	return time.Since(start)
}
