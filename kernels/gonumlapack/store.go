package gonumlapack

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/gonum"
)

const (
	tileRows = 8  // rows that are transposed at once: a line of what they become
	tileCols = 64 // columns that are, in cache until the lines are complete
)

// transpose sets dst to the transpose of src.
func transpose(dst, src blas64.General) {
	for r := 0; r < src.Rows; r += tileCols {
		for c := 0; c < src.Cols; c += tileCols {
			m, n := min(tileCols, src.Rows-r), min(tileCols, src.Cols-c)
			to, from := dst.Data[c*dst.Stride+r:], src.Data[r*src.Stride+c:]
			mt, nt := m/tileRows*tileRows, n/4*4
			if mt > 0 && nt > 0 {
				transposeTile(to, dst.Stride, from, src.Stride, mt, nt)
			}
			if nt < n {
				transposeGeneric(to[nt*dst.Stride:], dst.Stride, from[nt:], src.Stride, m, n-nt)
			}
			if mt < m && nt > 0 {
				transposeGeneric(to[mt:], dst.Stride, from[mt*src.Stride:], src.Stride, m-mt, nt)
			}
		}
	}
}

// transposeUpper sets the lower triangle of dst to the transpose of the upper triangle of src.
func transposeUpper(dst, src blas64.General) {
	for i := 0; i < src.Rows; i += tileCols {
		end := min(i+tileCols, src.Rows)
		transpose(part(dst, i, 0, end, i), part(src, 0, i, i, end))
		for r := i; r < end; r++ {
			for c := i; c <= r; c++ {
				dst.Data[r*dst.Stride+c] = src.Data[c*src.Stride+r]
			}
		}
	}
}

// transposeGeneric sets the n×m matrix dst to the transpose of the m×n matrix src.
func transposeGeneric(dst []float64, ldd int, src []float64, lds, m, n int) {
	for i := range m {
		for j, v := range src[i*lds:][:n] {
			dst[j*ldd+i] = v
		}
	}
}

// copyRows sets dst to src.
func copyRows(dst, src blas64.General) {
	for i := range src.Rows {
		copy(dst.Data[i*dst.Stride:], src.Data[i*src.Stride:][:src.Cols])
	}
}

// unit makes v what a row of reflectors is: 0 before the diagonal, 1 on it.
func unit(v blas64.General) {
	for i := range v.Rows {
		row := v.Data[i*v.Stride:]
		clear(row[:i])
		row[i] = 1
	}
}

// largestElement returns the largest magnitude in a, NaN if that occurs.
func largestElement(a blas64.General) float64 {
	most := 0.0
	for i := range a.Rows {
		most = math.Max(most, largestIn(row(a, i)))
	}
	return most
}

// largestIn returns the largest magnitude in x, NaN if that occurs.
func largestIn(x []float64) float64 {
	most := 0.0
	for _, v := range x {
		if v = math.Abs(v); v > most {
			most = v
		} else if v != v {
			return v
		}
	}
	return most
}

// scaleElements scales a if norm, its largest element, is below small or above 1/small, so
// that it becomes that. It returns what it became, 0 if nothing was done.
func scaleElements(a blas64.General, norm, small float64) (scaled float64) {
	switch {
	case norm > 0 && norm < small:
		scaled = small
	case norm > 1/small:
		scaled = 1 / small
	default:
		return 0
	}
	gonum.Implementation{}.Dlascl(lapack.General, 0, 0, norm, scaled, a.Rows, a.Cols, a.Data, a.Stride)
	return scaled
}

// padded returns n rounded up to whole cache lines of 8 elements.
func padded(n int) int { return (n + 7) &^ 7 }

// stride returns the distance of rows of n elements: an odd number of cache lines, so that
// rows do not share cache sets.
func stride(n int) int { return padded(n) | 8 }

// row returns row i of a.
func row(a blas64.General, i int) []float64 { return a.Data[i*a.Stride:][:a.Cols] }

// part returns rows i … m−1 and columns j … n−1 of a.
func part(a blas64.General, i, j, m, n int) blas64.General {
	p := blas64.General{Rows: m - i, Cols: n - j, Stride: a.Stride}
	if p.Rows > 0 && p.Cols > 0 {
		p.Data = a.Data[i*a.Stride+j:]
	}
	return p
}
