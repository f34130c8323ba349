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

var (
	//go:embed c/blas.c
	blasProgram string
	//go:embed c/lapack.c
	lapackProgram string
	//go:embed gosimd/main.go
	goSIMDProgram []byte
	//go:embed python/numpy.py
	numpyProgram string
	//go:embed python/torch.py
	torchProgram string
)

// process is a program that does works. It says what it is in a line, then answers lines of
// works with lines of seconds.
type process struct {
	says string
	in   io.WriteCloser
	out  *bufio.Reader
}

// newProcess starts a program.
func newProcess(threads int, variables []string, name string, args ...string) (*process, error) {
	cmd := exec.Command(name, args...)
	cmd.Env = append(environment(threads), variables...)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{in: in, out: bufio.NewReader(out)}
	if p.says, err = p.line(); err != nil {
		cmd.Wait()
		return nil, fmt.Errorf("%s: %s", filepath.Base(name), lastLine(complaints.String()))
	}
	return p, nil
}

// environment is ours without what sets up OpenBLAS and OpenMP, which would keep them from
// what they think best, and with the number of threads.
func environment(threads int) []string {
	env := slices.DeleteFunc(os.Environ(), func(s string) bool {
		return strings.HasPrefix(s, "OPENBLAS_") || strings.HasPrefix(s, "OMP_") || strings.HasPrefix(s, "MKL_")
	})
	return append(env, fmt.Sprintf("OPENBLAS_NUM_THREADS=%d", threads), fmt.Sprintf("OMP_NUM_THREADS=%d", threads))
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}

func (p *process) line() (string, error) {
	s, err := p.out.ReadString('\n')
	return strings.TrimSpace(s), err
}

func (p *process) about() string { return p.says }

func (p *process) close() { p.in.Close() }

func (p *process) time(w work, repeat, threads int) (float64, error) {
	if _, err := fmt.Fprintln(p.in, w.op, w.m, w.n, w.k, repeat, threads); err != nil {
		return 0, fmt.Errorf("%s: %v: %v", p.says, w, err)
	}
	s, err := p.line()
	if err != nil {
		return 0, fmt.Errorf("%s: %v: %v", p.says, w, err)
	}
	if s == "-" {
		return 0, errUnknown
	}
	return strconv.ParseFloat(s, 64)
}

func newPython(python, program string, threads int) (peer, error) {
	return newProcess(threads, nil, python, "-c", program)
}

// newGoSIMD builds and starts a Go program with the experimental package simd, where the
// toolchain has it.
func newGoSIMD(threads int) (peer, error) {
	dir, err := os.MkdirTemp("", "peers")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	source, program := filepath.Join(dir, "main.go"), filepath.Join(dir, "gosimd")
	if err := os.WriteFile(source, goSIMDProgram, 0o600); err != nil {
		return nil, err
	}
	build := exec.Command("go", "build", "-o", program, source)
	build.Dir, build.Env = dir, append(os.Environ(), "GOEXPERIMENT=simd")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%v: %s", err, lastLine(string(out)))
	}
	return newProcess(threads, nil, program)
}

// newOpenBLAS builds and starts a C program with OpenBLAS, on the core type that is the
// fastest here: the one it would choose by itself need not be.
func newOpenBLAS(source string, threads int) (peer, error) {
	dir, err := os.MkdirTemp("", "peers")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "openblas")
	cc := exec.Command("cc", "-O2", "-x", "c", "-o", program, "-", "-lopenblas")
	cc.Stdin = strings.NewReader(source)
	if out, err := cc.CombinedOutput(); err != nil {
		first, _, _ := strings.Cut(string(out), "\n")
		return nil, fmt.Errorf("Debian package libopenblas-dev: %v: %s", err, first)
	}
	var best *process
	least := 0.0
	for _, core := range []string{"", "OPENBLAS_CORETYPE=Haswell", "OPENBLAS_CORETYPE=Zen", "OPENBLAS_CORETYPE=SkylakeX"} {
		p, err := newProcess(threads, []string{core}, program)
		if err != nil {
			return nil, err
		}
		t, err := p.trial()
		switch {
		case err != nil: // the processor lacks what this core needs
			p.close()
		case best == nil || t < least:
			if best != nil {
				best.close()
			}
			best, least = p, t
		default:
			p.close()
		}
	}
	if best == nil {
		return nil, fmt.Errorf("no core type works")
	}
	return best, nil
}

// trial returns the least time of some runs of what the program can do.
func (p *process) trial() (least float64, err error) {
	w := work{op: "gemm", m: 768, n: 768, k: 768}
	for range 7 {
		t, err := p.time(w, 1, 1)
		if err == errUnknown {
			w = work{op: "dgeqrf", m: 4000, n: 256, k: 0}
			continue
		}
		if err != nil {
			return 0, err
		}
		if least == 0 || t < least {
			least = t
		}
	}
	return least, nil
}
