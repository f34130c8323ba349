package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/rapidhgn/rapidhgn/internal/filecause"
	"github.com/rapidhgn/rapidhgn/internal/npy"
	"github.com/rapidhgn/rapidhgn/kernels/lsq"
)

const lstsqUsage = `Usage: hgn lstsq [flags] A.npy b.npy [w.npy]

Lstsq solves min ‖A x − b‖ for matrices in files of NumPy, whose rows stream by once:
memory does not grow with them. b has one column or several. w, if given, holds a
factor of at least 0 for each row of A and b.

  hgn lstsq -out x.npy A.npy b.npy

  -out FILE        write x, a .npy file
  -rcond C         cut off singular values below C times the largest; 0: none
                   (default columns × 2.2e-16)
  -ridge M         ridge relative to the largest singular value` + commonUsage

// maxColumns bounds the columns of A and b together, of whose square memory is a multiple.
const maxColumns = 1<<15 - 1

// lstsqResult is what lstsq prints.
type lstsqResult struct {
	Rows     int64      `json:"rows"`
	Cols     int        `json:"cols"`
	Rank     int        `json:"rank"`
	Cond     number     `json:"cond"`
	Residual []number   `json:"residual"`
	X        [][]number `json:"x"`
}

func (r *lstsqResult) rows() []row {
	rows := []row{
		{"rows", r.Rows},
		{"columns", r.Cols},
		{"rank", r.Rank},
		{"condition", r.Cond},
		{"norm of the residual", r.Residual},
	}
	const most = 20
	for i, x := range r.X {
		if i == most {
			rows = append(rows, row{"…", fmt.Sprintf("%d more; -out writes all, -json prints them", len(r.X)-most)})
			break
		}
		rows = append(rows, row{fmt.Sprintf("x[%d]", i), x})
	}
	return rows
}

// lstsqFlags are the flags of lstsq.
type lstsqFlags struct {
	*flags
	out     string
	options lsq.Options
}

func newLstsqFlags() *lstsqFlags {
	f := &lstsqFlags{flags: newFlags("lstsq")}
	f.StringVar(&f.out, "out", "", "")
	f.number(&f.options.RCond, "rcond", 0, "a number of at least 0 and below 1", func(x float64) bool { return x >= 0 && x < 1 })
	f.number(&f.options.Ridge, "ridge", 0, "a number above 0", positive)
	return f
}

// lstsq is the command.
func lstsq(ctx context.Context, s streams, args []string) error {
	f := newLstsqFlags()
	if err := f.parseFiles(args, 2, 3); err != nil {
		return err
	}
	if f.given("rcond") && f.options.RCond == 0 {
		f.options.RCond = -1
	}
	if err := writable([]string{f.out, f.profile}, f.files...); err != nil {
		return err
	}
	var solution *lsq.Solution
	result := &lstsqResult{}
	err := profiled(f.profile, func() (err error) {
		solution, err = result.solve(ctx, f.files, f.options, f.workers)
		return err
	})
	if err != nil {
		return err
	}
	if f.out != "" {
		if err := write(f.out, arrayBytes(npy.Float64(solution.X.Rows, solution.X.Cols), solution.X.Data)); err != nil {
			return err
		}
	}
	return s.print(result, f.json)
}

// solve streams the rows of the files and solves.
func (r *lstsqResult) solve(ctx context.Context, names []string, opt lsq.Options, workers int) (*lsq.Solution, error) {
	files := make([]*matrixFile, len(names))
	for i, name := range names {
		m, err := openMatrix(name)
		if err != nil {
			return nil, err
		}
		defer m.Close()
		if files[i] = m; m.rows != files[0].rows {
			return nil, fmt.Errorf("%s: %d rows, where %s has %d", name, m.rows, names[0], files[0].rows)
		}
		if m.cols < 1 || i == 2 && m.cols != 1 {
			return nil, fmt.Errorf("%s: the shape does not fit: %v", name, m.Header)
		}
	}
	a, b := files[0], files[1]
	if a.cols+b.cols > maxColumns {
		return nil, fmt.Errorf("%s: %d columns, and %s has %d; together at most %d are possible", names[0], a.cols, names[1], b.cols, maxColumns)
	}
	acc := lsq.New(a.cols, b.cols)
	acc.Workers = workers
	block := max(1, min(a.rows, max(8*lsq.ChunkRows(a.cols), (1<<22)/a.cols)))
	for done := 0; done < a.rows; done += block {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rows := make([]blas64.General, len(files))
		for i, m := range files {
			var err error
			if rows[i], err = m.read(min(block, a.rows-done)); err != nil {
				return nil, err
			}
		}
		var err error
		if len(files) == 3 {
			err = acc.AppendWeighted(rows[0], rows[1], rows[2].Data)
		} else {
			err = acc.Append(rows[0], rows[1])
		}
		if err != nil {
			return nil, inFile(err, names)
		}
	}
	solution, err := acc.Solve(opt)
	if err != nil {
		return nil, err
	}
	r.Rows, r.Cols, r.Rank, r.Cond = acc.Rows(), a.cols, solution.Rank, number(solution.Cond)
	for _, x := range solution.Residual {
		r.Residual = append(r.Residual, number(x))
	}
	for i := range a.cols {
		var line []number
		for _, x := range solution.X.Data[i*solution.X.Stride:][:b.cols] {
			line = append(line, number(x))
		}
		r.X = append(r.X, line)
	}
	return solution, nil
}

// inFile names the file of a row that is wrong.
func inFile(err error, names []string) error {
	wrong := (*lsq.RowError)(nil)
	if !errors.As(err, &wrong) {
		return err
	}
	switch wrong.Operand {
	case "w":
		return fmt.Errorf("%s: row %d: weight %v", names[2], wrong.Row, wrong.Value)
	case "b":
		return fmt.Errorf("%s: row %d, column %d: %v", names[1], wrong.Row, wrong.Col, wrong.Value)
	}
	return fmt.Errorf("%s: row %d, column %d: %v", names[0], wrong.Row, wrong.Col, wrong.Value)
}

// A matrixFile is a .npy file whose rows are read one after the other.
type matrixFile struct {
	*npy.Reader
	file       *os.File
	name       string
	rows, cols int
	data       []float64
}

// openMatrix opens a matrix, or a vector as a matrix of one column.
func openMatrix(name string) (*matrixFile, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, filecause.Read(err))
	}
	m := &matrixFile{file: file, name: name, cols: 1}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("is not a regular file")
	}
	if err == nil {
		m.Reader, err = npy.NewReader(file, info.Size())
	}
	if err == nil && (len(m.Shape) < 1 || len(m.Shape) > 2 || m.Kind == 'U') {
		err = fmt.Errorf("%v is no matrix of numbers", m.Header)
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("%s: %w", name, filecause.Read(err))
	}
	m.rows = m.Shape[0]
	if len(m.Shape) == 2 {
		m.cols = m.Shape[1]
	}
	return m, nil
}

func (m *matrixFile) Close() error { return m.file.Close() }

// read reads the next rows, which are valid until the next call.
func (m *matrixFile) read(rows int) (blas64.General, error) {
	if n := rows * m.cols; cap(m.data) < n {
		m.data = make([]float64, n)
	}
	m.data = m.data[:rows*m.cols]
	if err := m.Read(m.data); err != nil {
		return blas64.General{}, fmt.Errorf("%s: %w", m.name, err)
	}
	return blas64.General{Rows: rows, Cols: m.cols, Stride: max(1, m.cols), Data: m.data}, nil
}

// arrayBytes returns an array as a .npy file.
func arrayBytes(h npy.Header, data []float64) []byte {
	b := h.Append(nil)
	for _, x := range data {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	return b
}
