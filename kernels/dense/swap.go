package dense

// Swap exchanges the elements of x and y, which may be the same slice, but must not otherwise
// overlap.
//
// Swap panics, before writing, if the lengths differ. It does not allocate.
func Swap(x, y []float64) {
	if len(x) != len(y) {
		panic("dense: len(x) != len(y)")
	}
	swap(x, y)
}

func swapGeneric(x, y []float64) {
	y = y[:len(x)]
	for i, a := range x {
		x[i], y[i] = y[i], a
	}
}
