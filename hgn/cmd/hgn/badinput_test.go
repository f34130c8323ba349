package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// plain returns the lines of the first frames of a compressed trajectory.
func plain(t *testing.T, name string, lines int) []string {
	t.Helper()
	f, err := os.Open(data + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return strings.SplitAfter(string(text), "\n")[:lines]
}

// put writes a file into a folder and returns its name.
func put(t *testing.T, folder, name, text string) string {
	t.Helper()
	name = filepath.Join(folder, name)
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// failing runs the program, which must fail with the given status, one line that
// matches want, and no output.
func failing(t *testing.T, status int, want string, args ...string) {
	t.Helper()
	got, out, err := call(args...)
	if got != status {
		t.Errorf("hgn %v: status %d (%s), want %d", args, got, err, status)
	}
	if out != "" {
		t.Errorf("hgn %v printed %q", args, out)
	}
	if strings.Count(err, "\n") != 1 || !regexp.MustCompile(`^hgn: `+want+`\n$`).MatchString(err) {
		t.Errorf("hgn %v: %q does not match %q", args, err, want)
	}
}

// The lines of a frame of the lattice of 8 bodies.
const (
	linesOfFrame = 17
	lineOfNumber = 3
	lineOfBounds = 4
	lineOfNames  = 8
	lineOfAtoms  = 9
)

// A fault anywhere in a trajectory is found, in the first frame, among those that
// train and among those that test, and no model is left.
func TestBadTrajectory(t *testing.T) {
	const frames = 8
	lines := plain(t, "lattice2x2x2.dump.gz", frames*linesOfFrame)
	field := func(line string, k int, value string) string {
		fields := strings.Fields(line)
		fields[k] = value
		return strings.Join(fields, " ") + "\n"
	}
	for _, test := range []struct {
		name  string
		line  int // in the frame, from 0
		edit  func(line string) string
		want  string
		first bool // the fault can only be in the first frame
	}{
		{"not a dump", 0, func(string) string { return "step 1\n" }, `expected "ITEM: TIMESTEP".*`, false},
		{"bad step", 1, func(string) string { return "soon\n" }, `time step: "soon" is not an integer`, false},
		{"other number of atoms", lineOfNumber, func(string) string { return "9\n" }, `.*9.*`, false},
		{"tilted box", lineOfBounds, func(string) string { return "ITEM: BOX BOUNDS xy xz yz pp pp pp\n" }, "tilted boxes are not supported", false},
		{"box not finite", lineOfBounds + 1, func(string) string { return "-inf inf\n" }, ".*not finite.*", false},
		{"no velocity", lineOfNames, func(l string) string { return strings.Replace(l, " vy", " wy", 1) }, "missing column vy", true},
		{"no positions", lineOfNames, func(l string) string { return strings.NewReplacer("xu", "a", "yu", "b", "zu", "c").Replace(l) }, "missing column x or xu", true},
		{"scaled positions", lineOfNames, func(l string) string { return strings.NewReplacer("xu", "xs", "yu", "ys", "zu", "zs").Replace(l) }, "scaled positions.*", true},
		{"no id", lineOfNames, func(l string) string { return strings.Replace(l, " id", " di", 1) }, "missing column id", true},
		{"other columns", lineOfNames, func(l string) string { return strings.Replace(l, " id", " di", 1) }, ".*column.*", false},
		{"NaN position", lineOfAtoms + 3, func(l string) string { return field(l, 3, "nan") }, `yu is not finite: "nan"`, false},
		{"infinite velocity", lineOfAtoms, func(l string) string { return field(l, 5, "inf") }, `vx is not finite: "inf"`, false},
		{"force too large", lineOfAtoms + 7, func(l string) string { return field(l, 10, "1e999") }, `fz is not finite: "1e999"`, false},
		{"not a number", lineOfAtoms + 1, func(l string) string { return field(l, 4, "1.2.3") }, `zu: "1.2.3" is not a number`, false},
		{"too few fields", lineOfAtoms + 1, func(string) string { return "2 1 0\n" }, "3 fields, where there are 11 columns", false},
		{"id repeats", lineOfAtoms + 2, func(l string) string { return field(l, 0, "2") }, "atom id 2 repeats", false},
		{"id missing", lineOfAtoms + 2, func(l string) string { return field(l, 0, "77") }, "atom id 77 is not in the first frame", false},
	} {
		for _, frame := range []int{0, 2, 6} {
			if test.first != (frame == 0) && (test.first || test.name == "id missing" || test.name == "other number of atoms" || test.name == "other columns") {
				continue
			}
			t.Run(fmt.Sprintf("%s/frame=%d", test.name, frame), func(t *testing.T) {
				folder := t.TempDir()
				bad := slices.Clone(lines)
				at := frame*linesOfFrame + test.line
				bad[at] = test.edit(bad[at])
				dump := put(t, folder, "bad.dump", strings.Join(bad, ""))
				out := filepath.Join(folder, "m.safetensors")
				failing(t, 1, regexp.QuoteMeta(dump)+`:\d+: `+"(step 0: )?"+test.want,
					"train", "-data", dump, "-edges", data+"lattice2x2x2.edges.csv", "-split", "0.5", "-out", out, "-json")
				emptyFolder(t, folder, "bad.dump")
			})
		}
	}
}

// A trajectory that is cut anywhere is refused, plain or compressed.
func TestTruncated(t *testing.T) {
	lines := plain(t, "lattice2x2x2.dump.gz", 4*linesOfFrame)
	whole := strings.Join(lines, "")
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	io.WriteString(z, whole)
	z.Close()
	last := len(strings.Join(lines[:3*linesOfFrame], ""))
	for _, file := range []struct {
		name, text, want string
		cuts             []int
	}{
		{"cut.dump", whole, `:\d+: truncated file: it ends inside a frame`, []int{10, 400, last + 3, last + 20, len(whole) - 200}},
		{"cut.dump.gz", packed.String(), `(:\d+)?: truncated.*`, []int{3, 40, packed.Len() / 2, packed.Len() - 3}},
	} {
		for _, cut := range file.cuts {
			folder := t.TempDir()
			dump := put(t, folder, file.name, file.text[:cut])
			failing(t, 1, regexp.QuoteMeta(dump)+file.want, "train", "-data", dump,
				"-edges", data+"lattice2x2x2.edges.csv", "-out", filepath.Join(folder, "m"), "-json")
			emptyFolder(t, folder, file.name)
		}
	}
}

func TestBadFile(t *testing.T) {
	folder := t.TempDir()
	good, edges := data+"lattice2x2x2.dump.gz", data+"lattice2x2x2.edges.csv"
	empty := put(t, folder, "empty.dump", "")
	notGzip := put(t, folder, "not.dump.gz", "ITEM: TIMESTEP\n")
	pairs := func(name, text string) string { return put(t, folder, name, text) }
	out := filepath.Join(folder, "m")
	inputs := []string{"empty.dump", "not.dump.gz", "range.csv", "loop.csv", "twice.csv", "header.csv", "none.csv", "word.csv", "step.csv", "nan.csv"}
	for _, test := range []struct {
		want string
		args []string
	}{
		{"missing.dump: no such file", []string{"-data", "missing.dump", "-edges", edges}},
		{`missing\*.dump: no file matches`, []string{"-data", "missing*.dump", "-edges", edges}},
		{".*empty.dump: empty file", []string{"-data", empty, "-edges", edges}},
		{".*: is a directory", []string{"-data", folder, "-edges", edges}},
		{".*not.dump.gz: not a gzip file", []string{"-data", notGzip, "-edges", edges}},
		{".*empty.dump: empty file", []string{"-data", good, "-test", empty, "-edges", edges}},
		{"missing.csv: no such file", []string{"-data", good, "-edges", "missing.csv"}},
		{".*range.csv:3: node 8 is out of range: .*", []string{"-data", good, "-edges", pairs("range.csv", "i,j\n0,1\n7,8\n")}},
		{".*loop.csv:2: node 3 is joined to itself", []string{"-data", good, "-edges", pairs("loop.csv", "i,j\n3,3\n")}},
		{".*twice.csv:4: the edge 1,0 repeats line 2", []string{"-data", good, "-edges", pairs("twice.csv", "i,j\n0,1\n1,2\n1,0\n")}},
		{".*header.csv:1: expected the header i,j", []string{"-data", good, "-edges", pairs("header.csv", "0,1\n")}},
		{".*none.csv: no edges", []string{"-data", good, "-edges", pairs("none.csv", "i,j\n")}},
		{`.*word.csv:2: j: "b" is not a whole number`, []string{"-data", good, "-edges", pairs("word.csv", "i,j\n0,b\n")}},
		{".*step.csv: no energy at step 40", []string{"-data", good, "-edges", edges, "-energy", pairs("step.csv", "step,pe,ke,etotal\n0,1,1,2\n20,1,1,2\n")}},
		{".*nan.csv:2: etotal is not finite.*", []string{"-data", good, "-edges", edges, "-energy", pairs("nan.csv", "step,etotal\n0,nan\n")}},
		{`.*edited.dump:1: step 0: cutoff 2.7 is larger than half the box.*`, []string{"-data", edited(t, "ss ss ss", "pp pp pp"), "-box", "periodic", "-cutoff", "2.7"}},
		{`.*edited.dump:1: step 0: training needs velocities and forces, or a time series`, []string{"-data", edited(t, "fx fy fz", "a b c"), "-edges", edges}},
		{`.*edited.dump:9: missing column vz`, []string{"-data", edited(t, "vz", "w"), "-edges", edges}},
		{".*: is an input and would be overwritten", []string{"-data", empty, "-edges", edges, "-out", empty}},
		{".*: is a directory", []string{"-data", good, "-edges", edges, "-out", folder}},
		{".*: is not a regular file", []string{"-data", good, "-edges", edges, "-out", os.DevNull}},
		{".*same: is to hold two outputs", []string{"-data", good, "-edges", edges, "-out", filepath.Join(folder, "same"), "-cpuprofile", filepath.Join(folder, "same")}},
		{".*: no such folder", []string{"-data", good, "-edges", edges, "-out", filepath.Join(folder, "nowhere", "m")}},
	} {
		args := append([]string{"train", "-out", out, "-json"}, test.args...)
		failing(t, 1, test.want, args...)
		emptyFolder(t, folder, inputs...)
	}
}

// edited copies the beginning of a trajectory, with other text in every frame.
func edited(t *testing.T, old, text string) string {
	lines := strings.Join(plain(t, "lattice2x2x2.dump.gz", 4*linesOfFrame), "")
	return put(t, t.TempDir(), "edited.dump", strings.ReplaceAll(lines, old, text))
}

// Two bodies at one point have no direction between them.
func TestOnePoint(t *testing.T) {
	folder := t.TempDir()
	lines := plain(t, "lattice2x2x2.dump.gz", 4*linesOfFrame)
	a, b := 2*linesOfFrame+lineOfAtoms, 2*linesOfFrame+lineOfAtoms+1
	other := strings.Fields(lines[b])
	copy(other[2:5], strings.Fields(lines[a])[2:5])
	lines[b] = strings.Join(other, " ") + "\n"
	dump := put(t, folder, "bad.dump", strings.Join(lines, ""))
	failing(t, 1, regexp.QuoteMeta(dump)+`:\d+: step 40: bodies 0 and 1 are at one point`,
		"train", "-data", dump, "-edges", data+"lattice2x2x2.edges.csv", "-out", filepath.Join(folder, "m"))
	emptyFolder(t, folder, "bad.dump")
}

func TestBadModel(t *testing.T) {
	folder := t.TempDir()
	dump, edges := data+"lattice2x2x2.dump.gz", data+"lattice2x2x2.edges.csv"
	model := filepath.Join(folder, "m")
	must(t, "train", "-data", dump, "-edges", edges, "-out", model)
	good, err := os.ReadFile(model)
	if err != nil {
		t.Fatal(err)
	}
	use := func(want, model string, args ...string) {
		t.Helper()
		failing(t, 1, want, append([]string{"eval", "-model", model, "-json"}, args...)...)
		failing(t, 1, want, append([]string{"simulate", "-model", model, "-steps", "2", "-dt", "0.01",
			"-out", filepath.Join(folder, "x.dump"), "-json"}, args...)...)
		emptyFolder(t, folder, "m", "cut", "changed", "other.dump")
	}
	for _, n := range []int{0, 7, 100, len(good) / 2, len(good) - 1} {
		cut := put(t, folder, "cut", string(good[:n]))
		use(".*cut: not a model: .*", cut, "-data", dump, "-edges", edges)
	}
	for _, at := range []int{0, 20, 300, len(good) / 2, len(good) - 1} {
		text := bytes.Clone(good)
		text[at] ^= 1
		use(".*changed: not a model: .*", put(t, folder, "changed", string(text)), "-data", dump, "-edges", edges)
	}
	use(".*m: the model was trained on fixed edges: -edges is missing", model, "-data", dump)
	use(".*: is a directory", folder, "-data", dump, "-edges", edges)
	use("missing: no such file", "missing", "-data", dump, "-edges", edges)
	use(`.*lattice4x4x4.edges.csv:2: node 16 is out of range.*`, model, "-data", dump, "-edges", data+"lattice4x4x4.edges.csv")

	still := edited(t, "vx vy vz", "a b c")
	failing(t, 1, `.*edited.dump:1: step 0: no velocities to start from`,
		"simulate", "-model", model, "-steps", "2", "-dt", "0.01", "-data", still, "-edges", edges)

	lines := plain(t, "lattice2x2x2.dump.gz", 2*linesOfFrame)
	for frame := range 2 {
		line := &lines[frame*linesOfFrame+lineOfAtoms+4]
		*line = strings.Replace(*line, "5 1 ", "5 2 ", 1)
	}
	other := put(t, folder, "other.dump", strings.Join(lines, ""))
	use(`.*other.dump(:1)?: step 0: body 4 is of species 2, which the model does not know.*`, model, "-data", other, "-edges", edges)
}
