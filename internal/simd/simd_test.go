package simd

import (
	"os"
	"slices"
	"testing"
)

func TestLimit(t *testing.T) {
	for _, c := range []struct {
		machine Level
		env     string
		want    Level
	}{
		{AVX512, "", AVX512},
		{AVX512, "avx512", AVX512},
		{AVX512, "avx2", AVX2},
		{AVX512, "generic", Generic},
		{AVX2, "avx512", AVX2},
		{AVX2, "AVX2 ", AVX2},
		{AVX2, "sse2", AVX2},
		{AVX2, "Generic", AVX2},
		{Generic, "avx2", Generic},
	} {
		if got := limit(c.machine, c.env); got != c.want {
			t.Errorf("limit(%v, %q) = %v, want %v", c.machine, c.env, got, c.want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, l := range []Level{Generic, AVX2, AVX512} {
		if got, ok := Parse(l.String()); !ok || got != l {
			t.Errorf("Parse(%q) = %v, %v", l.String(), got, ok)
		}
	}
	if l, ok := Parse("unknown"); ok {
		t.Errorf("Parse(unknown) = %v, true", l)
	}
}

// TestEnvironment makes sure that a test run under RAPIDHGN_LEVEL runs what it says.
func TestEnvironment(t *testing.T) {
	name := os.Getenv(Env)
	if name == "" {
		if Active() != detected {
			t.Fatalf("%s is not set, active level %v, detected %v", Env, Active(), detected)
		}
		return
	}
	want, ok := Parse(name)
	if !ok {
		t.Fatalf("%s=%s names no level", Env, name)
	}
	if want > detected {
		t.Skipf("%s=%s: this machine or build has %v at most", Env, name, detected)
	}
	if got, ok := Requested(); !ok || got != want {
		t.Errorf("Requested() = %v, %v under %s=%s", got, ok, Env, name)
	}
	if Active() != want {
		t.Fatalf("active level %v under %s=%s", Active(), Env, name)
	}
}

func TestSetActive(t *testing.T) {
	before := Active()
	for _, l := range Available() {
		old := SetActive(l)
		if Active() != l {
			t.Errorf("SetActive(%v): active level %v", l, Active())
		}
		if back := SetActive(old); back != l {
			t.Errorf("SetActive returned %v, want %v", back, l)
		}
	}
	if Active() != before {
		t.Errorf("active level %v, want %v as before", Active(), before)
	}
	if !slices.Contains(Available(), Generic) || !slices.IsSorted(Available()) {
		t.Errorf("Available() = %v", Available())
	}
	defer func() {
		if recover() != "simd: level not available" {
			t.Error("SetActive above the detected level does not panic as documented")
		}
	}()
	SetActive(detected + 1)
}
