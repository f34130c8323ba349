package main

import (
	"errors"
	"fmt"
)

// peer is a library at work.
type peer interface {
	about() string
	// time returns the seconds that repeat runs of w take, errUnknown if it does not do w.
	time(w work, repeat, threads int) (float64, error)
}

var errUnknown = errors.New("not a work of this peer")

// peers are started when they are first asked for.
type peers struct {
	start   map[string]func() (peer, error)
	started map[string]peer // nil if it is not there
}

func newPeers(python string, threads int) *peers {
	return &peers{started: map[string]peer{}, start: map[string]func() (peer, error){
		"ours":     func() (peer, error) { return newInGo(level(), threadTime, ours), nil },
		"gonum":    func() (peer, error) { return newInGo(gonumVersion(), processTime, theirs), nil },
		"Go":       func() (peer, error) { return newInGo("package math", threadTime, scalar), nil },
		"hgn":      func() (peer, error) { return newInGo(level(), processTime, motion), nil },
		"OpenBLAS": func() (peer, error) { return newOpenBLAS(blasProgram, threads) },
		"LAPACK":   func() (peer, error) { return newOpenBLAS(lapackProgram, threads) },
		"NumPy":    func() (peer, error) { return newPython(python, numpyProgram, threads) },
		"Go simd":  func() (peer, error) { return newGoSIMD(threads) },
		"PyTorch":  func() (peer, error) { return newPython(python, torchProgram, threads) },
		"LAMMPS":   newLAMMPS,
		allowance:  func() (peer, error) { return allowed{}, nil },
	}}
}

// allowed takes as long as is allowed for a work that no peer does.
type allowed struct{}

const allowance = "allowed"

func (allowed) about() string { return "what the project aims at" }

func (allowed) time(w work, repeat, _ int) (float64, error) { return w.allowed * float64(repeat), nil }

// get returns a peer, nil if it is not there. The first time it says what it is, or why it
// is left out.
func (p *peers) get(name string) peer {
	if q, ok := p.started[name]; ok {
		return q
	}
	q, err := p.start[name]()
	if err != nil {
		fmt.Printf("left out: %s: %v\n", name, err)
		q = nil
	} else {
		fmt.Printf("%s: %s\n", name, q.about())
	}
	p.started[name] = q
	return q
}
