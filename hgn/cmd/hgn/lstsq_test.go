package main

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/rapidhgn/rapidhgn/internal/npy"
)

// array writes a .npy file.
func array(t *testing.T, folder, name string, values []float64, shape ...int) string {
	t.Helper()
	return put(t, folder, name, string(arrayBytes(npy.Float64(shape...), values)))
}

func TestLstsq(t *testing.T) {
	folder := t.TempDir()
	const rows = 3000
	var a, b, w []float64
	for i := range rows {
		x := float64(i) / rows
		a = append(a, 1, x, x*x)
		b = append(b, 2-x+3*x*x, 5*x)
		w = append(w, float64(i%2))
		if i%2 == 0 { // of weight 0
			b[len(b)-1] = 100
		}
	}
	A, B, W := array(t, folder, "A.npy", a, rows, 3), array(t, folder, "b.npy", b, rows, 2), array(t, folder, "w.npy", w, rows)
	out := filepath.Join(folder, "x.npy")
	object := must(t, "lstsq", "-out", out, A, B, W)
	fields(t, object, "rows", "cols", "rank", "cond", "residual", "x")
	if float(t, object, "rows") != rows || float(t, object, "rank") != 3 {
		t.Errorf("%v", object)
	}
	file, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := npy.NewReader(file, 1<<10)
	if err != nil || r.Len() != 6 {
		t.Fatalf("%v, %v", r, err)
	}
	x := make([]float64, 6)
	if err := r.Read(x); err != nil {
		t.Fatal(err)
	}
	for k, want := range []float64{2, 0, -1, 5, 3, 0} {
		printed := object["x"].([]any)[k/2].([]any)[k%2].(float64)
		if !(math.Abs(x[k]-want) < 1e-11) || printed != x[k] {
			t.Errorf("x = %v, printed %v, want %v", x[k], printed, want)
		}
	}
	if status, text, stderr := call("lstsq", A, array(t, folder, "b1.npy", make([]float64, rows), rows)); status != 0 || text == "" || stderr != "" {
		t.Errorf("%d, %q, %q", status, text, stderr)
	}

	a[3*7+1] = math.NaN()
	bad := array(t, folder, "bad.npy", a, rows, 3)
	failing(t, 1, ".*bad.npy: row 7, column 1: NaN", "lstsq", bad, B)
	failing(t, 1, ".*bad.npy: row 7, column 1: NaN", "lstsq", A, bad)
	w[9] = -1
	failing(t, 1, ".*neg.npy: row 9: weight -1", "lstsq", A, B, array(t, folder, "neg.npy", w, rows))
	failing(t, 1, ".*short.npy: 2 rows, where .*A.npy has 3000", "lstsq", A, array(t, folder, "short.npy", []float64{1, 2}, 2))
	failing(t, 1, ".*cube.npy: <f8 \\(1, 1, 1\\) is no matrix of numbers", "lstsq", array(t, folder, "cube.npy", []float64{1}, 1, 1, 1), B)
	failing(t, 1, ".*no.npy: no such file", "lstsq", filepath.Join(folder, "no.npy"), B)
	failing(t, 1, ".*text.npy: not an array of NumPy", "lstsq", put(t, folder, "text.npy", "1 2 3\n"), B)
	failing(t, 1, ".*b.npy: the shape does not fit: <f8 \\(3000, 2\\)", "lstsq", A, A, B)
	failing(t, 1, ".*none.npy: the shape does not fit: <f8 \\(3000, 0\\)", "lstsq", A, array(t, folder, "none.npy", nil, rows, 0))
	one := array(t, folder, "one.npy", []float64{1}, 1)
	failing(t, 1, ".*wide.npy: 40000 columns, .* at most 32767 are possible", "lstsq", array(t, folder, "wide.npy", make([]float64, 40000), 1, 40000), one)
}
