package trajectory

import (
	"fmt"
	"strconv"

	"github.com/rapidhgn/rapidhgn/hgn"
)

// appendDump appends f as a frame of a LAMMPS text dump. It returns false if a number is
// not finite.
func appendDump(text []byte, f *hgn.Frame) ([]byte, bool) {
	ok := true
	number := func(x float64) {
		ok = ok && finite(x)
		text = append(text, ' ')
		text = strconv.AppendFloat(text, x, 'g', -1, 64)
	}
	coords := 3
	if f.Dim == 1 {
		coords = 1
	}
	vector := func(v []float64) {
		for a := range coords {
			if a < f.Dim {
				number(v[a])
			} else {
				text = append(text, " 0"...)
			}
		}
	}

	text = fmt.Appendf(text, "ITEM: TIMESTEP\n%d\nITEM: NUMBER OF ATOMS\n%d\nITEM: BOX BOUNDS", f.Step, f.Nodes())
	lo, hi := [3]float64{-0.5, -0.5, -0.5}, [3]float64{0.5, 0.5, 0.5}
	for a := range 3 {
		flag := " pp"
		if a < f.Dim {
			lo[a], hi[a] = f.Box.Lo[a], f.Box.Hi[a]
			if !f.Box.Periodic[a] {
				flag = " ss"
			}
		}
		text = append(text, flag...)
	}
	for a := range 3 {
		text = strconv.AppendFloat(append(text, '\n'), lo[a], 'g', -1, 64)
		number(hi[a])
		ok = ok && finite(lo[a])
	}

	text = append(text, "\nITEM: ATOMS id type mass"...)
	heading := func(names ...string) {
		for _, name := range names[:coords] {
			text = append(append(text, ' '), name...)
		}
	}
	heading("xu", "yu", "zu")
	moves := moves(f)
	if moves {
		heading("vx", "vy", "vz")
	}
	if f.PDot != nil {
		heading("fx", "fy", "fz")
	}
	if f.Charge != nil {
		text = append(text, " q"...)
	}
	var velocity [3]float64
	for i, m := range f.Mass {
		text = strconv.AppendInt(append(text, '\n'), int64(i)+1, 10)
		text = strconv.AppendInt(append(text, ' '), int64(f.Species[i]), 10)
		number(m)
		at := i * f.Dim
		vector(f.Q[at:])
		switch {
		case f.QDot != nil:
			vector(f.QDot[at:])
		case moves:
			for a := range f.Dim {
				velocity[a] = f.P[at+a] / m
			}
			vector(velocity[:])
		}
		if f.PDot != nil {
			vector(f.PDot[at:])
		}
		if f.Charge != nil {
			number(f.Charge[i])
		}
	}
	return append(text, '\n'), ok
}
