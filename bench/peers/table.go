package main

import (
	"fmt"
	"math"
	"os"
	"text/tabwriter"
)

// group measures the works of g and prints one line for each.
func (r *runner) group(g group) error {
	if len(g.rows) == 0 {
		return nil
	}
	columns := r.columns(g)
	fmt.Printf("\n%s: %s; %s, and the ratio of ours\n", g.name, g.title, g.unit.name)
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "work\tours\t")
	if g.roof != "" {
		fmt.Fprintf(table, "%s\t%s\t", g.roof, ofRoof)
	}
	for _, c := range columns[1:] {
		fmt.Fprintf(table, "%s\t\t", c.title)
	}
	fmt.Fprintln(table)
	means := make([]mean, len(columns))
	for _, w := range g.rows {
		m, err := r.measure(w.work, columns, g.roof)
		if err != nil {
			return err
		}
		ours := m.seconds[0]
		if len(ours) == 0 {
			fmt.Fprintf(table, "%v\tnot measured\t\n", w.work)
			continue
		}
		s := score{where: g.name + " " + w.String()}
		fmt.Fprintf(table, "%v\t%s\t", w.work, figure(g.unit.of(w.work, median(ours))))
		if g.roof != "" {
			rates := make([]float64, len(ours))
			for i, t := range ours {
				rates[i] = g.unit.of(w.work, t)
			}
			share := ratio(rates, m.roof)
			fmt.Fprintf(table, "%s\t%.0f %%%s\t", figure(median(m.roof)), 100*share, r.mark(&s, w.bars, ofRoof, share))
		}
		for i, c := range columns[1:] {
			theirs := m.seconds[i+1]
			if len(theirs) == 0 {
				fmt.Fprint(table, "–\t\t")
				continue
			}
			x := ratio(theirs, ours)
			means[i+1].add(x)
			fmt.Fprintf(table, "%s\t%.2f×%s\t", figure(g.unit.of(w.work, median(theirs))), x, r.mark(&s, w.bars, c.title, x))
		}
		fmt.Fprintln(table)
		r.count(s, w.either)
	}
	if len(g.rows) > 1 {
		s := score{where: g.name + " geometric mean"}
		fmt.Fprint(table, "geometric mean\t\t")
		if g.roof != "" {
			fmt.Fprint(table, "\t\t")
		}
		for i, c := range columns[1:] {
			if x := means[i+1]; x.n > 0 {
				fmt.Fprintf(table, "\t%.2f×%s\t", x.value(), r.mark(&s, g.mean, c.title, x.value()))
			} else {
				fmt.Fprint(table, "\t\t")
			}
		}
		fmt.Fprintln(table)
		r.count(s, false)
	}
	return table.Flush()
}

const oneThread = "1 thread"

// columns returns those of g whose peer is there; on several threads our own on one, too.
func (r *runner) columns(g group) []column {
	var columns []column
	for _, c := range g.columns {
		if r.peers.get(c.peer) != nil {
			columns = append(columns, c)
		}
		if len(columns) == 1 && r.threads > 1 {
			c.title, c.threads = oneThread, 1
			columns = append(columns, c)
		}
	}
	return columns
}

// figure returns x with three digits or so.
func figure(x float64) string {
	return fmt.Sprintf("%.*f", max(0, 2-int(math.Floor(math.Log10(max(x, 1e-3))))), x)
}

// score is how a row did.
type score struct {
	where  string
	passed int
	missed []string
}

// mark returns what stands beside a ratio: the bar, and whether it was reached. Bars are for
// one thread, but for those of the column of ours on one.
func (r *runner) mark(s *score, bars []bar, of string, ratio float64) string {
	for _, b := range bars {
		if b.of != of || (of == oneThread) != (r.threads > 1) {
			continue
		}
		aim, reached := fmt.Sprintf("≥%.3g", b.value()), fmt.Sprintf("%.2f×", ratio)
		if of == ofRoof {
			aim, reached = fmt.Sprintf("≥%.0f", 100*b.value()), fmt.Sprintf("%.0f %%", 100*ratio)
		}
		if of == oneThread && r.scaling < b.value() {
			return fmt.Sprintf(" %s void (FMA %.2f×)", aim, r.scaling)
		}
		if ratio >= b.value() {
			s.passed++
			return " " + aim + " PASS"
		}
		s.missed = append(s.missed, fmt.Sprintf("%s, %s: %s %s", s.where, of, reached, aim))
		return " " + aim + " MISS"
	}
	return ""
}

// count adds s to the score of the run.
func (r *runner) count(s score, either bool) {
	if either && s.passed > 0 {
		s.missed = nil
	}
	r.passed += s.passed
	r.missed = append(r.missed, s.missed...)
}

// mean is a geometric mean.
type mean struct {
	logs float64
	n    int
}

func (m *mean) add(x float64)  { m.logs, m.n = m.logs+math.Log(x), m.n+1 }
func (m *mean) value() float64 { return math.Exp(m.logs / float64(m.n)) }
