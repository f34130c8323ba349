package trajectory

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

func TestReadEdges(t *testing.T) {
	g, err := ReadEdges("testdata/lattice2x2x2.edges.csv", 8)
	if err != nil {
		t.Fatal(err)
	}
	if g.Nodes != 8 || !slices.Equal(g.Senders, []int32{0, 0, 0, 1, 1, 2, 2, 3, 4, 4, 5, 6}) ||
		!slices.Equal(g.Receivers, []int32{1, 2, 4, 3, 5, 3, 6, 7, 5, 6, 7, 7}) {
		t.Errorf("%+v", g)
	}
	text := []byte(" i , j\r\n\r\n2, 0\r\n 1 ,2")
	for _, path := range []string{write(t, "a.csv", text), write(t, "a.csv.gz", pack(t, text))} {
		g, err := ReadEdges(path, 3)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(g.Senders, []int32{0, 1}) || !slices.Equal(g.Receivers, []int32{2, 2}) {
			t.Errorf("%+v", g)
		}
	}
}

// TestByteOrderMark has one where programs put it, and where it is a fault.
func TestByteOrderMark(t *testing.T) {
	const mark = "\ufeff"
	for _, text := range []string{"i,j\n0,1\n", "\r\ni,j\r\n0,1\r\n"} {
		if g, err := ReadEdges(write(t, "a.csv", []byte(mark+text)), 2); err != nil || g.Edges() != 1 {
			t.Errorf("%q: %+v, %v", text, g, err)
		}
	}
	if e, err := ReadEnergy(write(t, "a.csv", []byte(mark+"step,etotal\n7,0.5\n"))); err != nil || e.total[7] != 0.5 {
		t.Errorf("%+v, %v", e, err)
	}
	for text, want := range map[string]string{
		mark + mark + "i,j\n0,1\n": ":1: expected the header i,j",
		"i,j\n" + mark + "0,1\n":   `:2: i: "\ufeff0" is not a whole number`,
	} {
		path := write(t, "a.csv", []byte(text))
		if _, err := ReadEdges(path, 2); err == nil || err.Error() != path+want {
			t.Errorf("%v, want %s%s", err, path, want)
		}
	}
}

func TestReadEdgesErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no header", "0,1\n1,2\n", ":1: expected the header i,j"},
		{"other header", "\nj,i\n1,2\n", ":2: expected the header i,j"},
		{"three columns", "i,j,k\n1,2,3\n", ":1: expected the header i,j"},
		{"blank", " \n\n", ": no edges"},
		{"header alone", "i,j\n", ": no edges"},
		{"one field", "i,j\n0,1\n2\n", ":3: 1 fields, where there are 2 columns"},
		{"three fields", "i,j\n0,1,2\n", ":2: 3 fields, where there are 2 columns"},
		{"comma at end", "i,j\n0,1,\n", ":2: 3 fields, where there are 2 columns"},
		{"no number", "i,j\n0,\n", `:2: j: "" is not a whole number`},
		{"fraction", "i,j\n\n\n0.5,1\n", `:4: i: "0.5" is not a whole number`},
		{"overflow", "i,j\n0,9223372036854775808\n", `:2: j: "9223372036854775808" is not a whole number`},
		{"out of range", "i,j\n0,1\n9,1\n", ":3: node 9 is out of range: the data has 8 bodies"},
		{"one past", "i,j\n0,8\n", ":2: node 8 is out of range: the data has 8 bodies"},
		{"far out of range", "i,j\n0,9223372036854775807\n", ":2: node 9223372036854775807 is out of range: the data has 8 bodies"},
		{"negative", "i,j\n0,1\n1,-1\n", ":3: node -1 is out of range: the data has 8 bodies"},
		{"loop", "i,j\n0,1\n\n3,3\n", ":4: node 3 is joined to itself"},
		{"twice", "i,j\n0,1\n4,3\n\n4,3\n", ":5: the edge 4,3 repeats line 3"},
		{"twice, turned", "i,j\n0,1\n1,2\n1,0\n2,1\n", ":4: the edge 1,0 repeats line 2"},
		{"long line", "i,j\n" + strings.Repeat(" ", 1<<19), ":2: line longer than 262143 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := write(t, "edges.csv", []byte(c.text))
			_, err := ReadEdges(path, 8)
			if parse := (*ParseError)(nil); !errors.As(err, &parse) || err.Error() != path+c.want {
				t.Errorf("%v\nwant %s%s", err, path, c.want)
			}
		})
	}
}

func TestReadEnergy(t *testing.T) {
	e, err := ReadEnergy("testdata/lattice2x2x2.thermo.csv")
	if err != nil {
		t.Fatal(err)
	}
	if x, err := e.Total(40); x != 0.29486028381788 || err != nil {
		t.Errorf("Total(40) = %v, %v", x, err)
	}
	want := "testdata/lattice2x2x2.thermo.csv: no energy at step 41"
	if _, err := e.Total(41); err == nil || err.Error() != want {
		t.Errorf("Total(41): %v, want %s", err, want)
	}
	text := []byte("etotal,note, step\r\n-1e-3,fine,20\r\n\r\n+.5,nan,-1\r\n")
	for _, path := range []string{write(t, "a.csv", text), write(t, "a.csv.gz", pack(t, text))} {
		e, err := ReadEnergy(path)
		if err != nil {
			t.Fatal(err)
		}
		for step, want := range map[int64]float64{20: -1e-3, -1: 0.5} {
			if x, err := e.Total(step); x != want || err != nil {
				t.Errorf("Total(%d) = %v, %v", step, x, err)
			}
		}
	}
}

func TestReadEnergyErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"blank", "\n", ": no energies"},
		{"header alone", "step,pe,ke,etotal\n", ": no energies"},
		{"no step", "Step,pe,ke,etotal\n1,2,3,5\n", ":1: missing column step"},
		{"no etotal", "step,pe,ke\n1,2,3\n", ":1: missing column etotal"},
		{"column twice", "step,etotal,step\n1,2,3\n", ":1: column \"step\" repeats"},
		{"fields", "step,pe,ke,etotal\n1,2,3\n", ":2: 3 fields, where there are 4 columns"},
		{"step", "step,etotal\n1,2\n1.5,2\n", `:3: step: "1.5" is not a whole number`},
		{"number", "step,etotal\n1,2\n2,x\n", `:3: etotal: "x" is not a number`},
		{"hexadecimal", "step,etotal\n1,0x10\n", `:2: etotal: "0x10" is not a number`},
		{"empty", "step,pe,etotal\n1,,2\n", `:2: pe: "" is not a number`},
		{"NaN", "step,etotal\n1,2\n2,nan\n", `:3: etotal is not finite: "nan"`},
		{"Inf", "step,ke,etotal\n1,inf,2\n", `:2: ke is not finite: "inf"`},
		{"overflow", "step,pe,etotal\n1,-1e400,2\n", `:2: pe is not finite: "-1e400"`},
		{"step twice", "step,etotal\n1,2\n2,2\n1,2\n", ":4: step 1 repeats"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := write(t, "energy.csv", []byte(c.text))
			_, err := ReadEnergy(path)
			if parse := (*ParseError)(nil); !errors.As(err, &parse) || err.Error() != path+c.want {
				t.Errorf("%v\nwant %s%s", err, path, c.want)
			}
		})
	}
}

// TestReadEnergyExtremes has the largest and smallest numbers.
func TestReadEnergyExtremes(t *testing.T) {
	path := write(t, "a.csv", []byte("step,etotal\n9223372036854775807,1.7976931348623157e308\n-9223372036854775808,5e-324\n"))
	e, err := ReadEnergy(path)
	if err != nil {
		t.Fatal(err)
	}
	for step, want := range map[int64]float64{math.MaxInt64: math.MaxFloat64, math.MinInt64: math.SmallestNonzeroFloat64} {
		if x, err := e.Total(step); x != want || err != nil {
			t.Errorf("Total(%d) = %v, %v", step, x, err)
		}
	}
}
