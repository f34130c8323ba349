package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A table comes as text, as JSON, and as files.
func TestBench(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new", "folder")
	found := must(t, "bench", "-table", "zero-shot", "-quick", "-json", "-out", folder)
	fields(t, found, "environment", "tables")
	table := found["tables"].([]any)[0].(map[string]any)
	rows := table["rows"].([]any)
	if table["name"] != "zero-shot" || len(rows) != 10 || table["incomplete"] != nil {
		t.Errorf("%v", table)
	}
	for _, row := range rows {
		if mse := row.([]any)[6].(float64); !(mse >= 0 && mse < 1e-20) {
			t.Errorf("%v", row)
		}
	}
	for name, want := range map[string]string{"RESULTS.md": "## zero-shot", "zero-shot.csv": "trained on,", "zero-shot.svg": "<svg"} {
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || !strings.Contains(string(data), want) {
			t.Errorf("%s: %v, %.100s", name, err, data)
		}
	}
}

// What is finished before an interruption is kept and marked.
func TestBenchInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	folder := t.TempDir()
	var out, errs strings.Builder
	if status := run(ctx, []string{"bench", "-table", "all", "-quick", "-json", "-out", folder}, &out, &errs); status != statusFailed || !strings.Contains(out.String(), `],"incomplete":true}`) {
		t.Errorf("status %d, output %q", status, out.String())
	}
	if !strings.Contains(errs.String(), "interrupted") {
		t.Errorf("%q", errs.String())
	}
	data, err := os.ReadFile(filepath.Join(folder, "RESULTS.md"))
	if err != nil || !strings.Contains(string(data), "(incomplete)") || strings.Contains(string(data), "## ablation") {
		t.Errorf("%v, %s", err, data)
	}
}

func TestBenchErrors(t *testing.T) {
	failing(t, 2, ".*-table is missing.*", "bench")
	failing(t, 2, `.*-table "no": want potentials.*`, "bench", "-table", "no")
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	failing(t, 1, ".*file.*", "bench", "-table", "all", "-out", filepath.Join(file, "folder"))
}
