package gen

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestRegistersAVX2 makes sure that kernels for AVX2 use no register that only AVX-512 has.
// The allocator hands those out when it runs short of others, and only a machine without
// AVX-512 would notice.
func TestRegistersAVX2(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(asm, "*.s"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no assembly found: %v", err)
	}
	beyond := regexp.MustCompile(`\b([XY](1[6-9]|2\d|3[01])|Z\d+|K[0-7])\b`)
	kernels := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		inside := false
		for i, line := range strings.Split(string(text), "\n") {
			if name, ok := strings.CutPrefix(line, "TEXT ·"); ok {
				name, _, _ = strings.Cut(name, "(")
				inside = strings.HasSuffix(name, "AVX2")
				if inside {
					kernels++
				}
			} else if inside && beyond.MatchString(line) {
				t.Errorf("%s:%d: %s", file, i+1, strings.TrimSpace(line))
			}
		}
	}
	if kernels == 0 {
		t.Error("no kernel for AVX2 found")
	}
}
