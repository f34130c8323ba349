package trajectory

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// benchFile makes a dump of at least 4 MB and returns its name and the length of its
// text. With 15 digits the numbers are as LAMMPS is made to write them for training,
// with 17 as Writer writes them.
func benchFile(b *testing.B, digits int, zip bool) (path string, length int64) {
	frames := mustCollect(b, open(b, "testdata/lj108.dump.gz"))
	var text []byte
	for step := int64(0); len(text) < 4<<20; step++ {
		f := frames[int(step)%len(frames)]
		f.Step = step
		if digits == 15 {
			text = fmt.Appendf(text, "ITEM: TIMESTEP\n%d\nITEM: NUMBER OF ATOMS\n%d\nITEM: BOX BOUNDS pp pp pp\n0 5\n0 5\n0 5\n"+
				"ITEM: ATOMS id type xu yu zu vx vy vz fx fy fz\n", step, f.Nodes())
			for i := range f.Mass {
				text = fmt.Appendf(text, "%d 1", i+1)
				for _, x := range [][]float64{f.Q, f.QDot, f.PDot} {
					text = fmt.Appendf(text, " %.15g %.15g %.15g", x[3*i], x[3*i+1], x[3*i+2])
				}
				text = append(text, '\n')
			}
			continue
		}
		for i := range f.Q {
			f.Q[i] /= 1.0000001
			f.QDot[i] /= 1.0000001
			f.PDot[i] /= 1.0000001
		}
		text, _ = appendDump(text, f)
	}
	length = int64(len(text))
	name := "a.dump"
	if zip {
		name, text = "a.dump.gz", pack(b, text)
	}
	path = filepath.Join(b.TempDir(), name)
	if err := os.WriteFile(path, text, 0o666); err != nil {
		b.Fatal(err)
	}
	return path, length
}

func BenchmarkFrames(b *testing.B) {
	for _, digits := range []int{15, 17} {
		for _, zip := range []bool{false, true} {
			b.Run(fmt.Sprintf("digits=%d/gzip=%t", digits, zip), func(b *testing.B) {
				path, length := benchFile(b, digits, zip)
				f := open(b, path)
				b.SetBytes(length)
				b.ReportAllocs()
				for b.Loop() {
					for _, err := range f.Frames() {
						if err != nil {
							b.Fatal(err)
						}
					}
				}
			})
		}
	}
}

// BenchmarkFormats reads and writes the same frames in every format. Bytes are those of
// the file.
func BenchmarkFormats(b *testing.B) {
	dump, _ := benchFile(b, 17, false)
	frames := mustCollect(b, open(b, dump))
	for _, name := range []string{"a.dump", "a.xyz", "a.npz"} {
		path := save(b, name, frames...)
		info, err := os.Stat(path)
		if err != nil {
			b.Fatal(err)
		}
		b.Run("work=read/format="+name[2:], func(b *testing.B) {
			f := open(b, path)
			b.SetBytes(info.Size())
			b.ReportAllocs()
			for b.Loop() {
				for _, err := range f.Frames() {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
		b.Run("work=write/format="+name[2:], func(b *testing.B) {
			b.SetBytes(info.Size())
			for b.Loop() {
				save(b, name, frames...)
			}
		})
	}
}

func BenchmarkCount(b *testing.B) {
	path, length := benchFile(b, 15, false)
	f := open(b, path)
	b.SetBytes(length)
	for b.Loop() {
		if _, _, err := f.Count(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkScanFloat(b *testing.B) {
	for _, s := range []string{"0", "-0.122407267571397", "-2.1292864450846847", "5e-324"} {
		b.Run("number="+strings.ReplaceAll(s, "-", "_"), func(b *testing.B) {
			line := []byte(s)
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				scanFloat(line, 0)
			}
		})
	}
}

func BenchmarkWriteFrame(b *testing.B) {
	f := mustCollect(b, open(b, "testdata/lj108.dump.gz"))[0]
	text, _ := appendDump(nil, f)
	for _, name := range []string{"a.dump", "a.dump.gz"} {
		b.Run("name="+name, func(b *testing.B) {
			w, err := Create(filepath.Join(b.TempDir(), name))
			if err != nil {
				b.Fatal(err)
			}
			defer w.Close()
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if err := w.WriteFrame(f); err != nil {
					b.Fatal(err)
				}
				f.Step++
			}
		})
	}
}
