// Peers measures the kernels beside other libraries: the same works through ours and theirs
// in turn, several rounds in one run, so that what disturbs one disturbs all.
//
// OpenBLAS and the LAPACK in it (Debian package libopenblas-dev) are called from small C
// programs that the command builds with cc, NumPy from a small Python program. What is not
// there is named and left out. None of them sees the variables of the environment that set
// up OpenBLAS or OpenMP.
//
// Times on one thread are processor time, those on more threads and of rollouts are of the day. A figure is
// the median of the rounds, a ratio the median of the ratios in each round: the time of the
// peer over that of ours. Where a ratio is one of the project's aims, the least that is aimed
// at stands beside it with PASS or MISS. Aims of what several threads gain over one are void
// where multiply-adds alone gain less.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"regexp"
	"runtime"

	"github.com/rapidhgn/rapidhgn/internal/simd"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("peers: ")
	rounds := flag.Int("rounds", 9, "measure everything `N` times")
	threads := flag.Int("threads", 1, "use `N` threads")
	only := flag.String("run", ".", "measure the works whose group and name, as in 'layers gemm 100000×64×4', match `REGEXP`")
	python := flag.String("python", "python3", "run the `PROGRAM` for NumPy")
	flag.Parse()
	pattern, err := regexp.Compile(*only)
	if err != nil || flag.NArg() > 0 || *rounds < 1 || *threads < 1 {
		flag.Usage()
		os.Exit(2)
	}

	runtime.GOMAXPROCS(*threads)
	fmt.Printf("%s, level %v, threads %d, %s\n", processor(), simd.Active(), *threads, runtime.Version())
	r := runner{rounds: *rounds, threads: *threads, scaling: printRoofs(*threads), peers: newPeers(*python, *threads)}
	for _, g := range groups() {
		if err := r.group(g.matching(pattern)); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Printf("\nbars: %d PASS, %d MISS\n", r.passed, len(r.missed))
	for _, s := range r.missed {
		fmt.Println("MISS", s)
	}
}
