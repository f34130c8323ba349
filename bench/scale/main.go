// Scale trains from files that are large: one snapshot of 10⁶ atoms, and a trajectory that is
// many times what the training keeps of it. It writes a dump of a Lennard-Jones crystal whose
// atoms are displaced anew in every frame, trains in a process of its own, so that nothing but
// the training is in the figures, and prints the time, the largest resident memory, and the
// error of the forces on the training frames.
//
//	go run ./bench/scale -atoms 1000000
//	go run ./bench/scale -atoms 32000 -frames 150
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/system"
	"github.com/rapidhgn/rapidhgn/hgn/trajectory"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("scale: ")
	atoms := flag.Int("atoms", 1000000, "make at least `N` atoms")
	frames := flag.Int("frames", 1, "make `N` frames")
	workers := flag.Int("workers", 2, "train with `N` goroutines")
	train := flag.String("train", "", "train on the dump `FILE` alone and print JSON (for use by this program)")
	flag.Parse()
	if flag.NArg() > 0 || *atoms < 1 || *frames < 1 || *workers < 1 {
		flag.Usage()
		os.Exit(2)
	}
	var err error
	if *train != "" {
		err = fit(*train, *workers)
	} else {
		err = run(*atoms, *frames, *workers)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// A figure is what a training is judged by.
type figure struct {
	Seconds, Read float64
	Rows          int64
	Error         float64 // of forces, relative
	Peak          int64   // bytes
}

// run writes the data and measures the training.
func run(atoms, frames, workers int) error {
	folder, err := os.MkdirTemp("", "scale")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "liquid.dump")
	nodes, err := write(file, atoms, frames)
	if err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self, "-train", file, "-workers", strconv.Itoa(workers))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return err
	}
	var f figure
	if err := json.Unmarshal(out, &f); err != nil {
		return err
	}
	numbers := float64(nodes*frames) * 9 * 8 // q, p and forces
	fmt.Printf("%d frames of %d atoms, %.2f GB as text, %.2f GB of positions, momenta and forces\n", frames, nodes, float64(info.Size())/1e9, numbers/1e9)
	fmt.Printf("level %v, %d workers, %s: trained in %.2f s and %.2f s of reading, %d equations, force error %.1e, resident memory at most %.0f MB\n",
		simd.Active(), workers, runtime.Version(), f.Seconds, f.Read, f.Rows, f.Error, float64(f.Peak)/1e6)
	return nil
}

// write makes the data, one frame at a time.
func write(file string, atoms, frames int) (nodes int, err error) {
	cells := int(math.Ceil(math.Cbrt(float64(atoms)/4) - 1e-9))
	s, err := system.FCC(system.LennardJones{Epsilon: 1, Sigma: 1, Cutoff: 2.5}, 0.8442, cells)
	if err != nil {
		return 0, err
	}
	w, err := trajectory.Create(file)
	if err != nil {
		return 0, err
	}
	for k := range frames {
		q, p, err := s.Start(uint64(k+1), 0.1, 1)
		if err != nil {
			return 0, err
		}
		state, err := s.Trajectory(context.Background(), q, p, 0.004, 0, 1)
		if err != nil {
			return 0, err
		}
		state[0].Step = int64(k)
		if err := w.WriteFrame(state[0]); err != nil {
			return 0, err
		}
		nodes = state[0].Nodes()
	}
	return nodes, w.Close()
}

// fit trains on a file.
func fit(file string, workers int) error {
	source, err := trajectory.Open(file, trajectory.Options{})
	if err != nil {
		return err
	}
	_, report, err := hgn.Train(context.Background(), source, hgn.Options{Cutoff: 2.5, Periodic: true, Workers: workers})
	if err != nil {
		return err
	}
	peak, err := resident()
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(figure{
		Seconds: report.Seconds, Read: report.SecondsRead,
		Rows: report.Rows, Error: report.ForceError, Peak: peak,
	})
}

// resident returns the largest resident memory of this process, as Linux has it.
func resident() (int64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kilobytes int64
	if _, err := fmt.Sscanf(rest, "%d kB", &kilobytes); err != nil {
		return 0, fmt.Errorf("/proc/self/status: no VmHWM: %w", err)
	}
	return kilobytes << 10, nil
}
