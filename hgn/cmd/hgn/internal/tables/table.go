package tables

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"text/tabwriter"
)

// A Table is what one experiment found.
type Table struct {
	Name       string   `json:"name"`
	Title      string   `json:"title"`
	Columns    []string `json:"columns"`
	Rows       [][]any  `json:"rows"` // string, int or Number
	Bars       []Bar    `json:"bars,omitempty"`
	Notes      []string `json:"notes,omitempty"`
	Seconds    Number   `json:"seconds"`
	Incomplete bool     `json:"incomplete,omitempty"`

	picture picture
}

// A Bar is an aim and what was reached.
type Bar struct {
	What    string `json:"what"`
	Aim     string `json:"aim"`
	Reached string `json:"reached"`
	Met     bool   `json:"met"`
}

// A Number is null in JSON where it is not finite.
type Number float64

func (x Number) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(x))
}

func (x Number) String() string {
	switch {
	case math.IsNaN(float64(x)):
		return "–"
	case math.IsInf(float64(x), 1):
		return "never"
	}
	return fmt.Sprintf("%.3g", float64(x))
}

// add appends a row.
func (t *Table) add(cells ...any) {
	for i, c := range cells {
		if x, ok := c.(float64); ok {
			cells[i] = Number(x)
		}
	}
	t.Rows = append(t.Rows, cells)
}

// note appends a remark.
func (t *Table) note(format string, args ...any) {
	t.Notes = append(t.Notes, fmt.Sprintf(format, args...))
}

// AtMost is the aim that value be at most limit.
func AtMost(what string, value, limit float64) Bar {
	return Bar{What: what, Aim: "≤ " + Number(limit).String(), Reached: Number(value).String(), Met: value <= limit}
}

// AtLeast is the aim that value be at least limit. A value that is only a lower bound
// is marked.
func AtLeast(what string, value, limit float64, bound bool) Bar {
	b := Bar{What: what, Aim: "≥ " + Number(limit).String(), Reached: Number(value).String(), Met: value >= limit}
	if bound {
		b.Reached = "≥ " + b.Reached
	}
	return b
}

// Markdown is b as a row of a table.
func (b *Bar) Markdown() string {
	return fmt.Sprintf("| %s | %s | %s | %s |\n", strings.ReplaceAll(b.What, "|", "\\|"), b.Aim, b.Reached, b.verdict())
}

func (b *Bar) verdict() string {
	if b.Met {
		return "PASS"
	}
	return "MISS"
}

func (t *Table) heading() string {
	if t.Incomplete {
		return t.Title + " (incomplete)"
	}
	return t.Title
}

// Text is t for a terminal.
func (t *Table) Text() string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s: %s, %v s\n\n", t.Name, t.heading(), t.Seconds)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  "+strings.Join(t.Columns, "\t"))
	for _, row := range t.Rows {
		fmt.Fprintln(w, "  "+strings.Join(texts(row), "\t"))
	}
	w.Flush()
	for _, bar := range t.Bars {
		fmt.Fprintf(&b, "\n  %s: %s, wanted %s: %s", bar.What, bar.Reached, bar.Aim, bar.verdict())
	}
	for _, note := range t.Notes {
		fmt.Fprintf(&b, "\n  %s", note)
	}
	b.WriteString("\n\n")
	return b.String()
}

// Markdown is t as a section of a report.
func (t *Table) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s: %s\n\n", t.Name, t.heading())
	line := func(cells []string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	escape := func(cells []string) []string {
		for i := range cells {
			cells[i] = strings.ReplaceAll(cells[i], "|", "\\|")
		}
		return cells
	}
	line(escape(append([]string(nil), t.Columns...)))
	line(strings.Split(strings.Repeat("---,", len(t.Columns)-1)+"---", ","))
	for _, row := range t.Rows {
		line(escape(texts(row)))
	}
	if len(t.Bars) > 0 {
		b.WriteString("\n| aim | wanted | reached | |\n| --- | --- | --- | --- |\n")
		for _, bar := range t.Bars {
			b.WriteString(bar.Markdown())
		}
	}
	for _, note := range t.Notes {
		fmt.Fprintf(&b, "\n%s\n", note)
	}
	fmt.Fprintf(&b, "\nThis table took %v s.\n\n", t.Seconds)
	return b.String()
}

// CSV is t without its notes.
func (t *Table) CSV() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write(t.Columns)
	for _, row := range t.Rows {
		cells := texts(row)
		for i, c := range row {
			if x, ok := c.(Number); ok {
				cells[i] = fmt.Sprint(float64(x))
			}
		}
		w.Write(cells)
	}
	w.Flush()
	return b.Bytes()
}

func texts(row []any) []string {
	cells := make([]string, len(row))
	for i, c := range row {
		cells[i] = fmt.Sprint(c)
	}
	return cells
}
