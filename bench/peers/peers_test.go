package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestWorksAreKnown checks that our peers do what the tables have in their columns, and that
// bars name columns.
func TestWorksAreKnown(t *testing.T) {
	works := map[string]map[string]func(w work) trial{"ours": ours, "gonum": theirs, "hgn": motion}
	names := map[string]bool{}
	for _, g := range groups() {
		if names[g.name] {
			t.Errorf("two groups are called %s", g.name)
		}
		names[g.name] = true
		titles := []string{ofRoof, oneThread}
		for _, c := range g.columns {
			titles = append(titles, c.title)
			for _, r := range g.rows {
				op := r.op
				if c.op != "" {
					op = c.op
				}
				if known := works[c.peer]; known != nil && known[op] == nil {
					t.Errorf("%s: %s does not know %s", g.name, c.peer, op)
				}
			}
		}
		for _, r := range g.rows {
			for _, b := range r.bars {
				if !slices.Contains(titles, b.of) || b.of == ofRoof && g.roof == "" {
					t.Errorf("%s %v: a bar for %q, which is no column", g.name, r.work, b.of)
				}
			}
		}
	}
}

// TestWorksRun runs our works once, small.
func TestWorksRun(t *testing.T) {
	for op, prepare := range merged(ours, theirs, scalar) {
		p := newInGo("", threadTime, map[string]func(w work) trial{op: prepare})
		m, n, k := 400, 8, 400 // m = k, for triangles
		if _, err := p.time(work{op: op, m: m, n: n, k: k}, 2, 1); err != nil {
			t.Errorf("%s: %v", op, err)
		}
	}
	if _, err := newInGo("", threadTime, ours).time(work{op: "nothing"}, 1, 1); err != errUnknown {
		t.Errorf("an unknown work: %v", err)
	}
}

func TestMotionRuns(t *testing.T) {
	p := newInGo("", processTime, motion)
	for _, w := range []work{{op: "lattice", m: 3, n: 8}, {op: "liquid", m: 1, n: 256}, {op: "springs", m: 2, n: 9}} {
		if _, err := p.time(w, 1, 1); err != nil {
			t.Errorf("%v: %v", w, err)
		}
	}
}

func TestMark(t *testing.T) {
	bars := []bar{{of: "a", least: 2}, {of: oneThread, least: 1.9}}
	for _, c := range []struct {
		threads        int
		of             string
		ratio, scaling float64
		want           string
		passed, missed int
	}{
		{1, "a", 2, 1, " ≥2 PASS", 1, 0},
		{1, "a", 1.99, 1, " ≥2 MISS", 0, 1},
		{1, "b", 1, 1, "", 0, 0},
		{2, "a", 1, 2, "", 0, 0},
		{2, oneThread, 1.9, 2, " ≥1.9 PASS", 1, 0},
		{2, oneThread, 1.5, 2, " ≥1.9 MISS", 0, 1},
		{2, oneThread, 1.5, 1.1, " ≥1.9 void (FMA 1.10×)", 0, 0},
	} {
		r, s := runner{threads: c.threads, scaling: c.scaling}, score{}
		if got := r.mark(&s, bars, c.of, c.ratio); got != c.want || s.passed != c.passed || len(s.missed) != c.missed {
			t.Errorf("%+v: %q, %+v", c, got, s)
		}
	}
	r := runner{}
	r.count(score{passed: 1, missed: []string{"x"}}, true)
	r.count(score{passed: 1, missed: []string{"y"}}, false)
	if r.passed != 2 || !slices.Equal(r.missed, []string{"y"}) {
		t.Errorf("%+v", r)
	}
}

func TestEnvironment(t *testing.T) {
	t.Setenv("OPENBLAS_CORETYPE", "Prescott")
	t.Setenv("OMP_PROC_BIND", "true")
	var got []string
	for _, s := range environment(2) {
		if strings.HasPrefix(s, "OPENBLAS_") || strings.HasPrefix(s, "OMP_") {
			got = append(got, s)
		}
	}
	if want := []string{"OPENBLAS_NUM_THREADS=2", "OMP_NUM_THREADS=2"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestMatching(t *testing.T) {
	g := group{name: "layers", rows: []row{{work: work{op: "gemm", m: 3, n: 2, k: 1}}, {work: work{op: "exp", n: 7}}}}
	for pattern, want := range map[string]int{".": 2, "layers gemm 3×2×1": 1, "exp 7$": 1, "square": 0} {
		if got := len(g.matching(regexp.MustCompile(pattern)).rows); got != want {
			t.Errorf("%q matches %d rows, want %d", pattern, got, want)
		}
	}
}

func TestMedians(t *testing.T) {
	if m := median([]float64{3, 1, 2, 10}); m != 2.5 {
		t.Errorf("median %v", m)
	}
	if r := ratio([]float64{2, 9, 8}, []float64{1, 3}); r != 2.5 {
		t.Errorf("ratio %v", r)
	}
	for x, want := range map[float64]string{0.0123: "0.0123", 1.234: "1.23", 12.34: "12.3", 1234: "1234"} {
		if got := figure(x); got != want {
			t.Errorf("%v is printed as %s", x, got)
		}
	}
}
