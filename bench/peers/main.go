// Peers measures the kernels beside other libraries: the same shapes through ours, OpenBLAS
// and gonum in turn, several rounds in one run, so that what disturbs one disturbs all.
//
// OpenBLAS (Debian package libopenblas-dev) is called from a small C program that the
// command builds with cc; where that fails, it is named and left out.
//
// Times on one thread are processor time, those on more threads are of the day. A figure is the median of the rounds, a ratio the median of the ratios in each.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"regexp"
	"runtime"
	"slices"
	"text/tabwriter"

	"github.com/rapidhgn/rapidhgn/internal/simd"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("peers: ")
	rounds := flag.Int("rounds", 9, "measure everything `N` times")
	threads := flag.Int("threads", 1, "use `N` threads")
	only := flag.String("run", ".", "measure the works whose name matches `REGEXP`")
	flag.Parse()
	pattern, err := regexp.Compile(*only)
	if err != nil || flag.NArg() > 0 || *rounds < 1 || *threads < 1 {
		flag.Usage()
		os.Exit(2)
	}

	runtime.GOMAXPROCS(*threads)
	fmt.Printf("level %v, %d threads, GOMAXPROCS %d, %s\n", simd.Active(), *threads, runtime.GOMAXPROCS(0), runtime.Version())
	peers := []peer{newOurs()}
	for _, start := range []func() (peer, error){newOpenBLAS, newGonum} {
		p, err := start()
		if err != nil {
			fmt.Println("left out:", err)
			continue
		}
		fmt.Printf("%s: %s\n", p.name(), p.version())
		peers = append(peers, p)
	}
	for _, g := range groups {
		if err := g.print(peers, pattern, *rounds, *threads); err != nil {
			log.Fatal(err)
		}
	}
}

// peer is a library at work.
type peer interface {
	name() string
	version() string
	// time returns the seconds that repeat runs of w take.
	time(w work, repeat, threads int) (float64, error)
}

// print measures the works of a group and prints one line for each.
func (g group) print(peers []peer, pattern *regexp.Regexp, rounds, threads int) error {
	var works []work
	for _, w := range g.works {
		if pattern.MatchString(w.String()) {
			works = append(works, w)
		}
	}
	if len(works) == 0 {
		return nil
	}
	fmt.Printf("\n%s, GFLOP/s\n", g.name)
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "work\tpeak\t")
	for i, p := range peers {
		fmt.Fprintf(table, "%s\t", p.name())
		if i == 0 {
			fmt.Fprint(table, "of peak\t")
		} else {
			fmt.Fprint(table, "ratio\t")
		}
	}
	fmt.Fprintln(table)
	means := make([]mean, len(peers))
	for _, w := range works {
		m, err := measure(w, peers, rounds, threads)
		if err != nil {
			return err
		}
		fmt.Fprintf(table, "%v\t%.1f\t", w, median(m.peak))
		for i := range peers {
			fmt.Fprintf(table, "%.1f\t", median(m.rates[i]))
			if i == 0 {
				fmt.Fprintf(table, "%.0f %%\t", 100*median(ratios(m.rates[0], m.peak)))
				continue
			}
			r := median(ratios(m.rates[0], m.rates[i]))
			means[i].add(r)
			fmt.Fprintf(table, "%.2f\t", r)
		}
		fmt.Fprintln(table)
	}
	if len(works) > 1 {
		fmt.Fprint(table, "geometric mean\t\t\t\t")
		for _, m := range means[1:] {
			fmt.Fprintf(table, "\t%.2f\t", m.value())
		}
		fmt.Fprintln(table)
	}
	return table.Flush()
}

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	return (x[len(x)/2] + x[(len(x)-1)/2]) / 2
}

// ratios divides x by y, which may have fewer elements.
func ratios(x, y []float64) []float64 {
	r := make([]float64, min(len(x), len(y)))
	for i := range r {
		r[i] = x[i] / y[i]
	}
	return r
}
