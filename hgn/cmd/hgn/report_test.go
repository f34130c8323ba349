package main

import (
	"strings"
	"testing"

	"github.com/rapidhgn/rapidhgn/hgn/cmd/hgn/internal/tables"
)

// The report names the cores that there were, and links no picture that there is not.
func TestReport(t *testing.T) {
	r := benchResult{Environment: map[string]string{"cores": "7"}, all: true}
	for _, name := range tables.Names() {
		r.Tables = append(r.Tables, &tables.Table{Name: name, Columns: []string{"one"}, Seconds: 60})
	}
	report := r.report()
	if strings.Contains(report, ".svg") || !strings.Contains(report, "all tables, in minutes (cores: 7) | ≤ 30 |") {
		t.Error(report)
	}
}
