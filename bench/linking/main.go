// Command linking measures what bench/linking/linking.py compares with:
//
//	linking read FILE              time to read a trajectory, and the memory that it takes
//	linking grow IN OUT MEGABYTES  repeat the frames of IN until OUT has that size
//	linking forces MODEL FILE      time of Model.Forces on the first frame, least of many
package main

import (
	"fmt"
	"log"
	"os"
	"runtime"
	"strconv"
	"time"

	"github.com/rapidhgn/rapidhgn/hgn"
	"github.com/rapidhgn/rapidhgn/hgn/trajectory"
)

func main() {
	log.SetFlags(0)
	switch args := os.Args[1:]; {
	case len(args) == 2 && args[0] == "read":
		check(read(args[1]))
	case len(args) == 4 && args[0] == "grow":
		megabytes, err := strconv.Atoi(args[3])
		check(err)
		check(grow(args[1], args[2], int64(megabytes)<<20))
	case len(args) == 3 && args[0] == "forces":
		check(forces(args[1], args[2]))
	default:
		log.Fatal("usage: linking read FILE | grow IN OUT MEGABYTES | forces MODEL FILE")
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// read prints the rate of reading a file and the memory of the process afterwards.
func read(name string) error {
	file, err := trajectory.Open(name, trajectory.Options{})
	if err != nil {
		return err
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	start, frames := time.Now(), 0
	for _, err := range file.Frames() {
		if err != nil {
			return err
		}
		frames++
	}
	seconds := time.Since(start).Seconds()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	fmt.Printf("%.0f MB/s, %d frames, %.1f MB of memory\n", float64(info.Size())/1e6/seconds, frames, float64(memory.Sys)/1e6)
	return nil
}

// grow writes the frames of a file, with other numbers each time, until the size is reached.
func grow(in, out string, size int64) error {
	file, err := trajectory.Open(in, trajectory.Options{})
	if err != nil {
		return err
	}
	w, err := trajectory.Create(out)
	if err != nil {
		return err
	}
	defer w.Close()
	for step := int64(0); ; {
		for f, err := range file.Frames() {
			if err != nil {
				return err
			}
			g := *f
			g.Step = step
			for i := range g.Q {
				g.Q[i] *= 1 - float64(step%1000)*0x1p-30
			}
			if err := w.WriteFrame(&g); err != nil {
				return err
			}
			if step++; step%100 == 0 {
				if info, err := os.Stat(out); err != nil || info.Size() >= size {
					return err
				}
			}
		}
	}
}

// forces prints the least time of a call in microseconds.
func forces(model, name string) error {
	m, err := hgn.Load(model)
	if err != nil {
		return err
	}
	file, err := trajectory.Open(name, trajectory.Options{})
	if err != nil {
		return err
	}
	for f, err := range file.Frames() {
		if err != nil {
			return err
		}
		dst := make([]float64, len(f.Q))
		best := time.Duration(1 << 62)
		for range 15 {
			start := time.Now()
			if _, err := m.Forces(dst, f, nil); err != nil {
				return err
			}
			best = min(best, time.Since(start))
		}
		fmt.Printf("%.1f\n", float64(best)/1e3)
		break
	}
	return nil
}
