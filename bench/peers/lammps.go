package main

import (
	"bufio"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// lammps is LAMMPS with a liquid of some size, which goes on moving from call to call.
type lammps struct {
	says string
	n    int
	in   io.WriteCloser
	out  *bufio.Reader
}

func newLAMMPS() (peer, error) {
	out, err := exec.Command("lmp", "-h").Output()
	if err != nil {
		return nil, fmt.Errorf("Debian package lammps: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		if _, version, ok := strings.Cut(line, "Simulator - "); ok {
			return &lammps{says: strings.TrimSpace(version)}, nil
		}
	}
	return &lammps{says: "version unknown"}, nil
}

func (l *lammps) about() string { return l.says + ", lj/cut/opt" }

// start begins anew with at least n bodies and melts them.
func (l *lammps) start(n int) error {
	if l.in != nil {
		l.in.Close()
	}
	cmd := exec.Command("stdbuf", "-oL", "lmp", "-sf", "opt", "-log", "none")
	cmd.Env = environment(1)
	var err error
	if l.in, err = cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	l.out, l.n = bufio.NewReader(out), n
	if err := cmd.Start(); err != nil {
		return err
	}
	side := cells(n)
	fmt.Fprintf(l.in, `units lj
atom_style atomic
lattice fcc %v
region b block 0 %d 0 %d 0 %d
create_box 1 b
create_atoms 1 box
mass 1 1.0
velocity all create %v 15 mom yes rot no dist gaussian
pair_style lj/cut %v
pair_coeff 1 1 1.0 1.0
neighbor %v bin
neigh_modify every 1 delay 0 check yes
fix 1 all nve
timestep %v
`, density, side, side, side, temperature, reach, skin, step)
	_, err = l.run(melting)
	return err
}

// run makes some steps and returns the time of their loop.
func (l *lammps) run(steps int) (seconds float64, err error) {
	if _, err := fmt.Fprintf(l.in, "run %d\n", steps); err != nil {
		return 0, err
	}
	for {
		line, err := l.out.ReadString('\n')
		if err != nil {
			return 0, fmt.Errorf("LAMMPS: %v: %s", err, line)
		}
		switch {
		case strings.HasPrefix(line, "ERROR"):
			return 0, fmt.Errorf("LAMMPS: %s", strings.TrimSpace(line))
		case strings.HasPrefix(line, "Loop time of"):
			if _, err := fmt.Sscanf(line, "Loop time of %g", &seconds); err != nil {
				return 0, fmt.Errorf("LAMMPS: %q: %v", line, err)
			}
			return seconds, nil
		}
	}
}

func (l *lammps) time(w work, repeat, threads int) (float64, error) {
	if w.op != "rollout" || threads != 1 {
		return 0, errUnknown
	}
	if w.n != l.n {
		if err := l.start(w.n); err != nil {
			return 0, err
		}
	}
	return l.run(repeat * perRun)
}
