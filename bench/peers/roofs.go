package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"text/tabwriter"

	"github.com/rapidhgn/rapidhgn/bench/roof"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// roofs measure, on some threads together, the rate of multiply-adds in GFLOP/s, and what
// can be read from memory in GB/s.
var roofs = map[string]func(threads int) float64{
	"FMA": func(threads int) float64 { return together(threads, func(int) float64 { return roof.FMA(1 << 18) }) },
	"read": func(threads int) float64 {
		return together(threads, func(i int) float64 { return roof.Read(large(i, 0)) })
	},
}

func copying(threads int) float64 {
	return together(threads, func(i int) float64 { return roof.Copy(large(i, 0), large(i, 1)) })
}

// together runs f(i) on each of the threads and returns what it returned, in 10⁹ per second.
func together(threads int, f func(i int) float64) float64 {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for i := range threads {
		large(i, 0)
	}
	done := make([]float64, threads)
	start := now(threads, threadTime)
	var wait sync.WaitGroup
	for i := 1; i < threads; i++ {
		wait.Go(func() { done[i] = f(i) })
	}
	done[0] = f(0)
	wait.Wait()
	seconds := now(threads, threadTime) - start
	sum := 0.0
	for _, d := range done {
		sum += d
	}
	return 1e-9 * sum / seconds
}

var buffers = map[[2]int][]float64{}

// large returns buffer k of thread i, 128 MB: more than any cache.
func large(i, k int) []float64 {
	x := buffers[[2]int{i, k}]
	if x == nil {
		x = operand(1 << 24)
		buffers[[2]int{i, k}] = x
	}
	return x
}

// printRoofs measures them on one thread and on several, and returns how much faster
// multiply-adds are on threads than on one: where processors share a core, no faster.
func printRoofs(threads int) (scaling float64) {
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "roofs\t")
	levels := simd.Available()
	for _, l := range levels {
		fmt.Fprintf(table, "FMA %v\t", l)
	}
	fmt.Fprintln(table, "read\tcopy\t")
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	scaling = 1
	one := 0.0
	for _, n := range []int{1, max(2, threads)} {
		if n > runtime.NumCPU() {
			break
		}
		runtime.GOMAXPROCS(n)
		for i := range n {
			large(i, 1)
		}
		fmt.Fprintf(table, "threads %d\t", n)
		for _, l := range levels {
			old := simd.SetActive(l)
			fma := often(roofs["FMA"], n)
			simd.SetActive(old)
			fmt.Fprintf(table, "%.1f GFLOP/s\t", fma)
			switch {
			case l != simd.Active():
			case n == 1:
				one = fma
			case n == threads:
				scaling = fma / one
			}
		}
		fmt.Fprintf(table, "%.1f GB/s\t%.1f GB/s\t\n", often(roofs["read"], n), often(copying, n))
	}
	table.Flush()
	return scaling
}

// often returns the median of some measurements.
func often(f func(threads int) float64, threads int) float64 {
	var x []float64
	for range 5 {
		x = append(x, f(threads))
	}
	return median(x)
}

// processor returns the name of the processor, where Linux tells it.
func processor() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if name, ok := strings.CutPrefix(s.Text(), "model name"); ok {
			return strings.TrimLeft(name, "\t :")
		}
	}
	return runtime.GOARCH
}
