package trajectory

import (
	"slices"
	"strings"
	"testing"
)

func TestReadReference(t *testing.T) {
	const tables = "# made by hand\n\nSPECIES_1_2 # comment\nN 2 R 0.5 1\n\n1 0.5 3 6\n2 1.0 0 0\n\nTa-Mo\nN 3\n\n1 0.5 3 6\n2 1.0 0.5 1\r\n3 2 0 0\n"
	got, err := readReference(strings.NewReader(tables), "x.table")
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Species != [2]int{1, 2} || got[1].Species != [2]int{42, 73} ||
		!slices.Equal(got[1].R, []float64{0.5, 1, 2}) || !slices.Equal(got[1].Energy, []float64{3, 0.5, 0}) || !slices.Equal(got[1].Force, []float64{6, 1, 0}) {
		t.Errorf("read %+v", got)
	}
	const values = "r,energy,i,j,force\n0.5,3,Ta,Mo,6\n1,0.5,42,73,1\n2,0,Mo,Ta,0\n"
	other, err := readReference(strings.NewReader(values), "x.csv")
	if err != nil {
		t.Fatal(err)
	}
	if len(other) != 1 || other[0].Species != got[1].Species || !slices.Equal(other[0].R, got[1].R) || !slices.Equal(other[0].Force, got[1].Force) {
		t.Errorf("read %+v", other)
	}
}

func TestReadReferenceErrors(t *testing.T) {
	for _, c := range []struct{ file, text, want string }{
		{"x.table", "", "x.table: no table of a pair potential"},
		{"x.table", "PAIR\nN 2\n", `x.table:1: expected the name of a table, two species such as Ta-Ta or 1_2, found "PAIR"`},
		{"x.table", "1_1\n", "x.table:1: a table without rows"},
		{"x.table", "1_1\nN 1\n", `x.table:2: expected N and the number of rows, found "N 1"`},
		{"x.table", "1_1\nN 2\n1 0.5 1 1\n", "x.table:3: 1 rows of a table that should have 2"},
		{"x.table", "1_1\nN 2\n1 0.5 1\n", "x.table:3: 3 fields, want the number of the row, distance, energy and force"},
		{"x.table", "1_1\nN 2\n1 0.5 1 x\n", `x.table:3: "x" is not a finite number`},
		{"x.table", "1_1\nN 2\n1 0.5 1 1\n2 0.5 0 0\n", "x.table:4: the distance 0.5 does not ascend from 0"},
		{"x.table", "1_2\nN 2\n1 0.5 1 1\n2 1 0 0\n2_1\nN 2\n", "x.table:5: a second table of the species 1 and 2"},
		{"x.csv", "i,j,r,energy\n", "x.csv:1: missing column force"},
		{"x.csv", "i,j,r,energy,force\n1,Q,1,1,1\n", `x.csv:2: j: "Q" is no species`},
		{"x.csv", "i,j,r,energy,force\n1,1,1,1,NaN\n", `x.csv:2: force is not finite: "NaN"`},
		{"x.csv", "i,j,r,energy,force\n1,1,1,1,1\n1,1,1,1,1\n", "x.csv:3: the distance 1 does not ascend from 0"},
	} {
		if _, err := readReference(strings.NewReader(c.text), c.file); err == nil || err.Error() != c.want {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
		}
	}
}

func FuzzReadReference(f *testing.F) {
	f.Add([]byte("1_1\nN 2\n1 0.5 1 1\n2 1 0 0\n"), false)
	f.Add([]byte("i,j,r,energy,force\n1,1,1,1,1\n"), true)
	f.Fuzz(func(t *testing.T, text []byte, csv bool) {
		name := map[bool]string{true: "x.csv", false: "x.table"}[csv]
		tables, err := readReference(strings.NewReader(string(text)), name)
		if (err == nil) != (len(tables) > 0) {
			t.Fatalf("%d tables and %v", len(tables), err)
		}
	})
}
