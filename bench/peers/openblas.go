package main

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

//go:embed c/openblas.c
var openBLASProgram string

// openBLAS is a process that runs works through OpenBLAS.
type openBLAS struct {
	about string
	in    io.Writer
	out   *bufio.Reader
}

func newOpenBLAS() (peer, error) {
	dir, err := os.MkdirTemp("", "peers")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "openblas")
	cc := exec.Command("cc", "-O2", "-x", "c", "-o", program, "-", "-lopenblas")
	cc.Stdin = strings.NewReader(openBLASProgram)
	if out, err := cc.CombinedOutput(); err != nil {
		first, _, _ := strings.Cut(string(out), "\n")
		return nil, fmt.Errorf("OpenBLAS (Debian package libopenblas-dev): %v: %s", err, first)
	}
	cmd := exec.Command(program)
	// What the environment says of the core would keep OpenBLAS from its best one.
	cmd.Env = slices.DeleteFunc(os.Environ(), func(s string) bool {
		return strings.HasPrefix(s, "OPENBLAS_") || strings.HasPrefix(s, "OMP_")
	})
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("OpenBLAS: %v", err)
	}
	p := &openBLAS{in: in, out: bufio.NewReader(out)}
	if p.about, err = p.line(); err != nil {
		return nil, fmt.Errorf("OpenBLAS: %v", err)
	}
	return p, nil
}

func (p *openBLAS) line() (string, error) {
	s, err := p.out.ReadString('\n')
	return strings.TrimSpace(s), err
}

func (p *openBLAS) name() string    { return "OpenBLAS" }
func (p *openBLAS) version() string { return p.about }

func (p *openBLAS) time(w work, repeat, threads int) (float64, error) {
	if _, err := fmt.Fprintln(p.in, w.op, w.m, w.n, w.k, repeat, threads); err != nil {
		return 0, fmt.Errorf("OpenBLAS: %v", err)
	}
	s, err := p.line()
	if err != nil {
		return 0, fmt.Errorf("OpenBLAS: %v: %v", w, err)
	}
	return strconv.ParseFloat(s, 64)
}
