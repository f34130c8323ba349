package trajectory

import (
	"errors"
	"strings"
	"testing"
)

// TestDumpErrors changes one thing in a file of two frames of eleven lines each.
func TestDumpErrors(t *testing.T) {
	good := dump2(0) + dump2(1)
	second := len(dump2(0))
	for _, c := range []struct {
		name     string
		from     int // where to look for old
		old, new string
		want     string // after the name of the file
	}{
		{"not a dump", 0, good, "hello\nworld\n", `:1: expected "ITEM: TIMESTEP", found "hello"`},
		{"extended xyz", 0, good, "2\nProperties=species:S:1:pos:R:3\n", `:1: expected "ITEM: TIMESTEP", found "2"`},
		{"blank", 0, good, "\n \n\n", `: no frames`},
		{"long line", 0, good, strings.Repeat("x", 1<<19), `:1: line longer than 262143 bytes`},
		{"long line later", second, " 3 -1 0 0\n", strings.Repeat(" 3", 1<<18) + "\n", `:21: line longer than 262143 bytes`},
		{"long word", 0, good, "ITEM: " + strings.Repeat("Ü", 1000) + "\n", `:1: expected "ITEM: TIMESTEP", found "` + "ITEM: ÜÜÜÜÜÜÜÜÜÜÜÜÜÜÜÜÜ" + `"…`},

		{"step", second, "\n1\n", "\n1.5\n", `:13: time step: "1.5" is not an integer`},
		{"step overflows", second, "\n1\n", "\n9223372036854775808\n", `:13: time step: "9223372036854775808" is not an integer`},
		{"step repeats", second, "\n1\n", "\n0\n", `:13: time step 0 does not come after 0`},
		{"step decreases", second, "\n1\n", "\n-7\n", `:13: time step -7 does not come after 0`},

		{"count item", 0, "NUMBER OF ATOMS", "NUMBER OF ENTRIES", `:3: expected "ITEM: NUMBER OF ATOMS", found "ITEM: NUMBER OF ENTRIES"`},
		{"count", 0, "\n2\n", "\ntwo\n", `:4: number of atoms: "two" is not a count`},
		{"count negative", 0, "\n2\n", "\n-2\n", `:4: number of atoms: "-2" is not a count`},
		{"count more", 0, "\n2\n", "\n2 2\n", `:4: number of atoms: "2 2" is not a count`},
		{"count overflows", 0, "\n2\n", "\n99999999999999999999\n", `:4: number of atoms: "99999999999999999999" is not a count`},
		{"count huge", 0, "\n2\n", "\n1000000000000000000\n", `:4: 1000000000000000000 atoms, more than 2147483647`},
		{"count zero", 0, "\n2\n", "\n0\n", `:4: no atoms`},
		{"count differs", second, "\n2\n", "\n3\n", `:15: 3 atoms, where the first frame has 2`},
		{"fewer atoms than said", 0, "\n2\n", "\n3\n", `:12: 2 atoms, where the frame of step 0 should have 3`},
		{"more atoms than said", 0, "\n2\n", "\n1\n", `:11: expected "ITEM: TIMESTEP", found "2 1 1.5 0 0.75 -1 -2 -3 1 0 0"`},

		{"tilted", 0, "BOUNDS pp", "BOUNDS xy xz yz pp", `:5: tilted boxes are not supported`},
		{"general", second, "BOUNDS pp pp pp", "BOUNDS abc origin", `:16: tilted boxes are not supported`},
		{"two flags", 0, "pp pp pp", "pp pp", `:5: expected three boundary flags`},
		{"four flags", 0, "pp pp pp", "pp pp pp pp", `:5: expected three boundary flags`},
		{"unknown flag", 0, "pp pp pp", "pp ps pp", `:5: unknown boundary "ps"`},
		{"short flag", 0, "pp pp pp", "pp p pp", `:5: unknown boundary "p"`},
		{"three bounds", 0, "\n0 5\n", "\n0 5 0.1\n", `:7: expected two bounds of the box, found "0 5 0.1"`},
		{"one bound", 0, "\n0 5\n", "\n0\n", `:7: expected two bounds of the box, found "0"`},
		{"word for bound", 0, "\n0 5\n", "\n0 five\n", `:7: expected two bounds of the box, found "0 five"`},
		{"infinite bound", 0, "\n0 5\n", "\n0 inf\n", `:7: the bounds of the box are not finite: "0 inf"`},
		{"box without length", second, "\n0 6\n", "\n6 6\n", `:19: the box from 6 to 6 has no length`},
		{"box inside out", 0, "\n0 6\n", "\n0 -6\n", `:8: the box from 0 to -6 has no length`},

		{"no atoms item", 0, "ITEM: ATOMS", "ITEM: ATOM", `:9: expected "ITEM: ATOMS", found "ITEM: ATOM id type x y z vx vy vz fx fy "…`},
		{"no id", 0, " id ", " mol ", `:9: missing column id`},
		{"no type", 0, " type ", " element ", `:9: missing column type`},
		{"no x", 0, " x y z", " a b c", `:9: missing column x or xu`},
		{"no y", 0, " x y z", " x b z", `:9: missing column y`},
		{"no yu", 0, " x y z", " xu y zu", `:9: missing column yu`},
		{"no vy", 0, " vy ", " c ", `:9: missing column vy`},
		{"no vx", 0, " vx ", " c ", `:9: missing column vx`},
		{"no fz", 0, " fz\n", " c\n", `:9: missing column fz`},
		{"vz without z", 0, " x y z", " x y a", `:9: column vz without z`},
		{"scaled", 0, " x y z", " xs ys zs", `:9: scaled positions are not supported: dump x y z or xu yu zu`},
		{"scaled, unwrapped", 0, " x y z", " xsu ysu zsu", `:9: scaled positions are not supported: dump x y z or xu yu zu`},
		{"column twice", 0, " y ", " x ", `:9: column "x" repeats`},
		{"columns change", second, " vx vy ", " vy vx ", `:20: other columns than in the first frame`},

		{"malformed", second, " 0.5 ", " 0.5.1 ", `:21: x: "0.5.1" is not a number`},
		{"hexadecimal", 0, " 0.5 ", " 0x1p-1 ", `:10: x: "0x1p-1" is not a number`},
		{"underscore", 0, " 0.5 ", " 1_0 ", `:10: x: "1_0" is not a number`},
		{"word", second, " -3 1 0 0\n", " -3 1 0 -\n", `:22: fz: "-" is not a number`},
		{"NaN", second, " 0.5 ", " nan ", `:21: x is not finite: "nan"`},
		{"minus NaN", second, " 0.5 ", " -nan ", `:21: x is not finite: "-nan"`},
		{"Inf", second, " 2 3 ", " -Inf 3 ", `:21: vy is not finite: "-Inf"`},
		{"overflow", second, " 2 3 ", " 2 1e999 ", `:21: vz is not finite: "1e999"`},
		{"id not a number", 0, "\n2 1 ", "\nb 1 ", `:11: id: "b" is not a whole number`},
		{"id negative", 0, "\n2 1 ", "\n-2 1 ", `:11: id: "-2" is not a whole number`},
		{"id overflows", 0, "\n2 1 ", "\n9223372036854775808 1 ", `:11: id: "9223372036854775808" is too large`},
		{"type not a number", 0, "\n2 1 ", "\n2 Na ", `:11: type: "Na" is not a whole number`},
		{"type too large", 0, "\n2 1 ", "\n2 2147483648 ", `:11: type: "2147483648" is too large`},
		{"type overflows", 0, "\n2 1 ", "\n2 99999999999999999999 ", `:11: type: "99999999999999999999" is too large`},
		{"type a fraction", 0, "\n2 1 ", "\n2 2147483648.0 ", `:11: type: "2147483648.0" is not a whole number`},
		{"too few fields", second, " 3 -1 0 0\n", " 3 -1 0\n", `:21: 10 fields, where there are 11 columns`},
		{"too many fields", second, " 3 -1 0 0\n", " 3 -1 0 0 0 0\n", `:21: 13 fields, where there are 11 columns`},
		{"blank atom", second, "2 1 1.5 0 0.75 -1 -2 -3 1 0 0\n", "\n", `:22: 0 fields, where there are 11 columns`},

		{"id repeats", 0, "\n2 1 ", "\n1 1 ", `:11: atom id 1 repeats`},
		{"id repeats later", second, "\n2 1 ", "\n1 1 ", `:22: atom id 1 repeats`},
		{"id missing", second, "\n2 1 ", "\n3 1 ", `:22: atom id 3 is not in the first frame`},
		{"type changes", second, "\n2 1 ", "\n2 3 ", `:22: atom id 2 has type 3, and 1 in the first frame`},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := strings.Index(good[c.from:], c.old)
			if at < 0 {
				t.Fatalf("no %q", c.old)
			}
			text := good[:c.from+at] + c.new + good[c.from+at+len(c.old):]
			checkDumpError(t, text, c.want)
		})
	}
}

// checkDumpError reads text plain and compressed.
func checkDumpError(t *testing.T, text, want string) {
	t.Helper()
	for _, path := range []string{
		write(t, "a.dump", []byte(text)),
		write(t, "a.dump.gz", pack(t, []byte(text))),
	} {
		_, err := collect(open(t, path))
		if parse := (*ParseError)(nil); !errors.As(err, &parse) || err.Error() != path+want {
			t.Errorf("%v\nwant %s%s", err, path, want)
		}
	}
}

// TestDumpErrorsColumns has what the eleven columns of TestDumpErrors lack.
func TestDumpErrorsColumns(t *testing.T) {
	frame := func(step, columns, first, second string) string {
		return "ITEM: TIMESTEP\n" + step + "\nITEM: NUMBER OF ATOMS\n2\nITEM: BOX BOUNDS ss ss ss\n0 1\n0 1\n0 0\n" +
			"ITEM: ATOMS " + columns + "\n" + first + "\n" + second + "\n"
	}
	for _, c := range []struct {
		name, columns            string
		first, second, new, want string
	}{
		{"mass zero", "id type mass x", "1 1 1 0", "2 1 0 0", "", `:11: mass 0 is not above 0`},
		{"mass negative", "id type mass x", "1 1 1 0", "2 1 -1e-9 0", "", `:11: mass -1e-09 is not above 0`},
		{"mass changes", "id type mass x", "1 1 1 0", "2 1 2 0", "2 1 2.5 0", `:22: atom id 2 has mass 2.5, and 2 in the first frame`},
		{"charge changes", "id type q x", "1 1 1 0", "2 1 -1 0", "2 1 0 0", `:22: atom id 2 has charge 0, and -1 in the first frame`},
		{"charge NaN", "id type q x", "1 1 1 0", "2 1 NaN 0", "", `:11: q is not finite: "NaN"`},
		{"z", "id type x y z", "1 1 1 0 0", "2 1 3 4 0", "2 1 3 4 1e-9",
			`:22: z is 1e-09, but 0 for all atoms of the first frame, which has two dimensions therefore`},
		{"vz", "id type x y z vx vy vz", "1 1 1 0 0 0 0 0", "2 1 3 4 0 0 0 0", "2 1 3 4 0 0 0 1",
			`:22: vz is 1, but 0 for all atoms of the first frame, which has two dimensions therefore`},
		{"fz", "id type x y z fx fy fz", "1 1 1 0 0 0 0 0", "2 1 3 4 0 0 0 0", "2 1 3 4 0 0 0 -1",
			`:22: fz is -1, but 0 for all atoms of the first frame, which has two dimensions therefore`},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := frame("0", c.columns, c.first, c.second)
			if c.new != "" {
				text += frame("1", c.columns, c.first, c.new)
			}
			checkDumpError(t, text, c.want)
		})
	}
}

func TestDumpCorruptGzip(t *testing.T) {
	packed := pack(t, []byte(strings.Repeat(dump2(0), 100)))
	packed[len(packed)-6] ^= 1 // checksum
	path := write(t, "a.dump.gz", packed)
	f := open(t, path)
	if _, _, err := f.Count(); err == nil || !strings.HasSuffix(err.Error(), ": corrupt gzip file") &&
		!strings.HasSuffix(err.Error(), " does not come after 0") {
		t.Errorf("Count: %v", err)
	}
	packed = append(pack(t, []byte(dump2(0))), "garbage after it"...)
	path = write(t, "b.dump.gz", packed)
	want := path + ":11: corrupt gzip file"
	if frames, err := collect(open(t, path)); err == nil || err.Error() != want || len(frames) != 1 {
		t.Errorf("%d frames, %v, want %s", len(frames), err, want)
	}
	empty := write(t, "c.dump.gz", pack(t, nil))
	if _, err := collect(open(t, empty)); err == nil || err.Error() != empty+": no frames" {
		t.Errorf("%v", err)
	}
}
