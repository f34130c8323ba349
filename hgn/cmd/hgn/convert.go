package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/rapidhgn/rapidhgn/hgn/trajectory"
	"github.com/rapidhgn/rapidhgn/internal/filecause"
)

const convertUsage = `Usage: hgn convert [flags] IN OUT

Convert writes the frames of a trajectory in the format that the name of OUT promises:
a LAMMPS text dump (.dump, .lammpstrj), extended XYZ (.xyz, .extxyz), all with .gz too,
or arrays of NumPy (.npz, or several files beside one called q.npy). Numbers stay the
same to the last bit; what a format cannot hold is an error, such as energy and stress in a dump.

  hgn convert run.dump.gz run.xyz
  hgn convert -energy thermo.csv -every 10 run.xyz run.npz

  -energy CSV      columns step and etotal: total energies of the frames
  -masses T=M,…    masses by type, for files without them
  -every N         frames 0, N, 2N, … (default 1)` + commonUsage

// convertResult is what convert prints.
type convertResult struct {
	Frames int `json:"frames"`
	Nodes  int `json:"nodes"`
	out    string
}

func (r *convertResult) rows() []row {
	return []row{{"written", fmt.Sprintf("%d frames of %d bodies", r.Frames, r.Nodes)}, {"file", r.out}}
}

// convertFlags are the flags of convert.
type convertFlags struct {
	*flags
	energies string
	masses   masses
	every    int
}

func newConvertFlags() *convertFlags {
	f := &convertFlags{flags: newFlags("convert")}
	f.file(&f.energies, "energy")
	f.Var(&f.masses, "masses", "")
	f.count(&f.every, "every", 1, 1, 1<<30)
	return f
}

// convert is the command.
func convert(ctx context.Context, s streams, args []string) error {
	f := newConvertFlags()
	if err := f.parseFiles(args, 2, 2); err != nil {
		return err
	}
	in, out := f.files[0], f.files[1]
	if err := trajectory.CheckName(out); err != nil {
		return usagef("%v", err)
	}
	if err := writable([]string{out, f.profile}, in, f.energies); err != nil {
		return err
	}
	r := &reader{options: trajectory.Options{Masses: f.masses}}
	result := &convertResult{out: out}
	err := profiled(f.profile, func() error { return result.write(ctx, s, r, in, f.energies, f.every) })
	if err != nil {
		return err
	}
	return s.print(result, f.json)
}

// write writes every so many frames of in under a temporary name, and renames that.
func (c *convertResult) write(ctx context.Context, s streams, r *reader, in, energies string, every int) (err error) {
	p := s.progress("converting", -1)
	defer p.end()
	e, err := r.energies(energies)
	if err != nil {
		return err
	}
	files, err := r.open([]string{in})
	if err != nil {
		return err
	}
	name := c.out
	if !strings.HasSuffix(strings.ToLower(name), ".npy") { // several files: each is renamed when it is closed
		dir, base := filepath.Split(name)
		name = fmt.Sprintf("%s.%08x.%s", dir, rand.Uint32(), base)
		defer func() {
			if err == nil {
				err = os.Rename(name, c.out)
			}
			if err != nil {
				os.Remove(name)
				err = renamed(err, name, c.out)
			}
		}()
	}
	w, err := trajectory.Create(name)
	if err != nil {
		return err
	}
	index := 0
	for f, err := range r.source(whole(files), e, p.tick).Frames() {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil && index%every == 0 {
			if c.Frames == 0 {
				c.Nodes = f.Nodes()
			}
			c.Frames++
			err = w.WriteFrame(f)
		}
		if err != nil {
			w.Close()
			return err
		}
		index++
	}
	return w.Close()
}

// renamed words an error about the file name as one about the file that it was to become.
func renamed(err error, name, final string) error {
	text := filecause.Write(err).Error()
	if rest, found := strings.CutPrefix(text, name+": "); found {
		return fmt.Errorf("%s: %s", final, rest)
	}
	return err
}
