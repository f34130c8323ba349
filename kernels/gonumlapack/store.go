package gonumlapack

import "gonum.org/v1/gonum/blas/blas64"

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
