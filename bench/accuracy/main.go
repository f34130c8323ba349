// Accuracy compares the backward errors of package lsq with those of LAPACK's dgelsd, which
// it reaches through NumPy, on matrices that are hard for one reason or another.
//
// A backward error is the change of A, relative to ‖A‖, after which x is the exact solution:
// by Waldén and Karlson ‖(AᵀA + ω²)^−½ Aᵀr‖/(‖x‖‖A‖) with ω = ‖r‖/‖x‖, which is at most 1.6
// times too small. It is given in units of n·2⁻⁵².
package main

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"text/tabwriter"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"

	"github.com/rapidhgn/rapidhgn/kernels/lsq"
)

const eps = 0x1p-52

// Ours is behind with an error of more than mostTimes that of dgelsd, unless it is at most
// luck, in units of n·2⁻⁵².
const mostTimes, luck = 2, 0.05

//go:embed gelsd.py
var gelsd string

func main() {
	log.SetFlags(0)
	log.SetPrefix("accuracy: ")
	python := flag.String("python", "python3", "run the `PROGRAM` for NumPy")
	data := flag.String("data", filepath.Join("..", "shared", "data"), "the `FOLDER` with leastsquares/*.rra")
	flag.Parse()
	if flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*python, *data); err != nil {
		log.Fatal(err)
	}
}

func run(python, data string) error {
	var problems []problem
	for _, k := range kinds {
		for _, size := range [][2]int{{40, 40}, {300, 100}, {2500, 12}, {100000, 40}} {
			problems = append(problems, k.problem(size[0], size[1]))
		}
	}
	for _, name := range []string{"illc1033", "illc1850"} {
		p, err := readRRA(filepath.Join(data, "leastsquares", name+".rra"))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			fmt.Println("left out:", err)
		case err != nil:
			return err
		default:
			problems = append(problems, p)
		}
	}
	lapack, err := start(python)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "matrix\tm\tn\tlsq\tlsq, ridge 1e-16\tdgelsd\t\n")
	behind := 0
	for _, p := range problems {
		s := newSpectrum(p)
		acc := lsq.New(p.a.Cols, 1)
		if err := acc.Append(p.a, p.b); err != nil {
			return err
		}
		fmt.Fprintf(table, "%s\t%d\t%d\t", p.name, p.a.Rows, p.a.Cols)
		var errs [3]float64
		for i, opt := range []lsq.Options{{}, {Ridge: 1e-16}} {
			sol, err := acc.Solve(opt)
			if err != nil {
				return err
			}
			errs[i] = s.backward(sol.X.Data)
		}
		x, err := lapack.solve(p)
		if err != nil {
			return err
		}
		errs[2] = s.backward(x)
		for _, e := range errs {
			fmt.Fprintf(table, "%.3f\t", e)
		}
		note := ""
		if errs[0] > max(mostTimes*errs[2], luck) {
			note, behind = "behind", behind+1
		}
		fmt.Fprintf(table, "%s\n", note)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Printf("%d of %d behind dgelsd: more than %v times its error and more than %v n·2⁻⁵²\n",
		behind, len(problems), mostTimes, luck)
	return nil
}

// spectrum is what backward errors need to know of a problem.
type spectrum struct {
	problem
	v     mat.Dense
	sigma []float64
}

func newSpectrum(p problem) *spectrum {
	s := &spectrum{problem: p}
	var qr mat.QR
	var svd mat.SVD
	var r mat.Dense
	qr.Factorize(mat.NewDense(p.a.Rows, p.a.Cols, append([]float64(nil), p.a.Data...)))
	qr.RTo(&r)
	svd.Factorize(r.Slice(0, p.a.Cols, 0, p.a.Cols), mat.SVDThin)
	svd.VTo(&s.v)
	s.sigma = svd.Values(nil)
	return s
}

func (s *spectrum) backward(x []float64) float64 {
	m, n := s.a.Rows, s.a.Cols
	a, r := mat.NewDense(m, n, s.a.Data), mat.NewVecDense(m, nil)
	size := mat.Norm(mat.NewVecDense(n, x), 2)
	if size == 0 {
		return 0
	}
	r.MulVec(a, mat.NewVecDense(n, x))
	r.SubVec(mat.NewVecDense(m, s.b.Data), r)
	omega := mat.Norm(r, 2) / size
	var g, c mat.VecDense
	g.MulVec(a.T(), r)
	c.MulVec(s.v.T(), &g)
	sum := 0.0
	for i, sigma := range s.sigma {
		if d := math.Hypot(sigma, omega); d > 0 {
			sum = math.Hypot(sum, c.AtVec(i)/d)
		}
	}
	return sum / size / s.sigma[0] / (float64(n) * eps)
}

// lapack is a Python process that solves problems.
type lapack struct{ in, out *os.File }

func start(python string) (*lapack, error) {
	fromUs, toIt, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	fromIt, toUs, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(python, "-c", gelsd)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = fromUs, toUs, os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	toUs.Close()
	fromUs.Close()
	return &lapack{toIt, fromIt}, nil
}

func (l *lapack) solve(p problem) ([]float64, error) {
	x := make([]float64, p.a.Cols)
	for _, part := range []any{int64(p.a.Rows), int64(p.a.Cols), p.a.Data, p.b.Data} {
		if err := binary.Write(l.in, binary.LittleEndian, part); err != nil {
			return nil, fmt.Errorf("NumPy: %w", err)
		}
	}
	if err := binary.Read(l.out, binary.LittleEndian, x); err != nil {
		return nil, fmt.Errorf("NumPy: %w", err)
	}
	return x, nil
}

// problem is min ‖A x − b‖, A without gaps between its rows.
type problem struct {
	name string
	a, b blas64.General
}
