package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/rapidhgn/rapidhgn/hgn/cmd/hgn/internal/tables"
	"github.com/rapidhgn/rapidhgn/internal/simd"
)

// save writes the files of t and the report of all tables so far.
func (r *benchResult) save(folder string, t *tables.Table) error {
	svg, err := t.SVG()
	if err != nil {
		return err
	}
	if svg != nil {
		if err := write(filepath.Join(folder, t.Name+".svg"), svg); err != nil {
			return err
		}
	}
	if err := write(filepath.Join(folder, t.Name+".csv"), t.CSV()); err != nil {
		return err
	}
	return write(filepath.Join(folder, "RESULTS.md"), []byte(r.report()))
}

// report is the report of all tables so far.
func (r *benchResult) report() string {
	var b strings.Builder
	b.WriteString("# Results\n\nWhat `hgn bench` found: the network of Rahma, Datar, Cukarska and Dietrich (arXiv 2506.06558) and the default model of hgn, measured on one machine. The program wrote this report; what is taken from the paper is marked as reported. Pairs alone and many-body models on published DFT data stand in `bench/MATERIALS.md`.\n\n| | |\n| --- | --- |\n")
	for _, key := range []string{"command", "date", "commit", "processor", "level", "cores", "go"} {
		fmt.Fprintf(&b, "| %s | %s |\n", key, r.Environment[key])
	}
	b.WriteString("\n")
	aims, met := r.aims()
	if len(aims) > 0 {
		fmt.Fprintf(&b, "## Aims\n\n%d of %d aims of the project are met.\n\n| aim | wanted | reached | |\n| --- | --- | --- | --- |\n", met, len(aims))
		for _, a := range aims {
			b.WriteString(a.Markdown())
		}
		b.WriteString("\n")
	}
	for _, t := range r.Tables {
		b.WriteString(t.Markdown())
		if t.Pictured() {
			fmt.Fprintf(&b, "![%s](%s.svg)\n\n", t.Title, t.Name)
		}
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// aims returns those of all tables so far, and how many are met. When all tables are
// there, time and memory of the run are among them.
func (r *benchResult) aims() (aims []tables.Bar, met int) {
	seconds, complete := 0.0, r.all && len(r.Tables) == len(tables.Names())
	for _, t := range r.Tables {
		aims = append(aims, t.Bars...)
		seconds += float64(t.Seconds)
		complete = complete && !t.Incomplete
	}
	if complete {
		aims = append(aims,
			tables.AtMost("all tables, in minutes (cores: "+r.Environment["cores"]+")", seconds/60, 30),
			tables.AtMost("all tables, memory in MB", float64(peakMemory())/1e6, 2000))
	}
	for _, a := range aims {
		if a.Met {
			met++
		}
	}
	return aims, met
}

// environment says what the tables were made with.
func environment(args []string) map[string]string {
	e := map[string]string{
		"command":   "hgn bench " + strings.Join(args, " "),
		"date":      time.Now().UTC().Format("2006-01-02"),
		"commit":    "unknown",
		"processor": processor(),
		"level":     simd.Active().String(),
		"cores":     fmt.Sprint(runtime.GOMAXPROCS(0)),
		"go":        runtime.Version(),
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				e["commit"] = s.Value[:min(12, len(s.Value))]
			case s.Key == "vcs.modified" && s.Value == "true":
				e["commit"] += ", changed"
			}
		}
	}
	return e
}

// processor names the processor, where the system tells.
func processor() string {
	data, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(data)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}
