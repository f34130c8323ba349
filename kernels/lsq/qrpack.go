package lsq

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"
)

// squareLanes is the number of partial sums of squares of a column: row r adds to r mod 4.
const squareLanes = 4

// qrPack transposes rows of src to columns of dst and adds their squares,
//
//	dst[c·ldd+r] = src[r·lds+c]
//	squares[(r mod 4)·ldq+c] = fma(src[r·lds+c], src[r·lds+c], squares[(r mod 4)·ldq+c])
//
// for r < h in ascending order, c < cols. h is a positive multiple of 4, cols of 8, and dst
// and squares overlap nothing else.
func qrPackGeneric(h, cols int, src []float64, lds int, dst []float64, ldd int, squares []float64, ldq int) {
	for r := 0; r < h; r += squareLanes {
		r0, r1 := src[r*lds:][:cols], src[(r+1)*lds:][:cols]
		r2, r3 := src[(r+2)*lds:][:cols], src[(r+3)*lds:][:cols]
		q0, q1, q2, q3 := squares[:cols], squares[ldq:][:cols], squares[2*ldq:][:cols], squares[3*ldq:][:cols]
		for c := range r0 {
			d := (*[4]float64)(dst[c*ldd+r:])
			d[0], d[1], d[2], d[3] = r0[c], r1[c], r2[c], r3[c]
			q0[c] = math.FMA(d[0], d[0], q0[c])
			q1[c] = math.FMA(d[1], d[1], q1[c])
			q2[c] = math.FMA(d[2], d[2], q2[c])
			q3[c] = math.FMA(d[3], d[3], q3[c])
		}
	}
}

// packRows is the number of rows that are packed at once: enough for long runs in the columns,
// and few enough for lines that two strips of columns share to be in a cache still.
const packRows = 128

// pack writes the rows at … at+n−1 of in, weighted, to the rows from row on of the block.
func (w *workspace) pack(in input, at, n, row int) {
	if row == 0 {
		clear(w.squares)
	}
	for n > 0 {
		k := min(n, packRows)
		if first := row % squareLanes; first != 0 {
			k = min(k, squareLanes-first)
		} else if k > squareLanes {
			k -= k % squareLanes
		}
		part := in.from(at)
		part.a.Rows, part.b.Rows = k, k
		w.packPart(part, k, row)
		at, n, row = at+k, n-k, row+k
	}
}

// packPart is pack for k rows that either begin and end where lanes do, or are fewer than
// squareLanes.
func (w *workspace) packPart(in input, k, row int) {
	a, b := in.a, in.b
	if in.w != nil {
		w.weighted = w.weighted[:0]
		a = w.multiply(a, in.w)
		b = w.multiply(b, in.w)
	}
	w.packColumns(a, row, 0)
	if b.Cols > 0 {
		w.packColumns(b, row, padded(a.Cols))
	}
}

// multiply returns m with its rows multiplied by weights, as a part of w.weighted.
func (w *workspace) multiply(m blas64.General, weights []float64) blas64.General {
	from := len(w.weighted)
	for i := range m.Rows {
		for j := range m.Cols {
			w.weighted = append(w.weighted, weights[i]*m.Data[i*m.Stride+j])
		}
	}
	m.Data, m.Stride = w.weighted[from:], m.Cols
	return m
}

// packColumns writes the rows of m to the columns of the block from number place on.
func (w *workspace) packColumns(m blas64.General, row, place int) {
	ldq := len(w.squares) / squareLanes
	dst, squares := w.block[place*blockStride+row:], w.squares[place:]
	whole := 0
	if row%squareLanes == 0 && m.Rows%squareLanes == 0 {
		if whole = m.Cols / 8 * 8; whole > 0 {
			qrPack(m.Rows, whole, m.Data, m.Stride, dst, blockStride, squares, ldq)
		}
	}
	for j := whole; j < m.Cols; j++ {
		packColumn(m.Data[j:], m.Stride, dst[j*blockStride:][:m.Rows], row, squares[j:], ldq)
	}
}

// packColumn is packColumns for one column, whose elements are lds apart in src.
func packColumn(src []float64, lds int, dst []float64, row int, squares []float64, ldq int) {
	q0, q1, q2, q3 := &squares[0], &squares[ldq], &squares[2*ldq], &squares[3*ldq]
	if row%squareLanes == 0 {
		s0, s1, s2, s3 := *q0, *q1, *q2, *q3
		for ; len(dst) >= squareLanes; dst = dst[squareLanes:] {
			v0, v1, v2, v3 := src[0], src[lds], src[2*lds], src[3*lds]
			d := (*[squareLanes]float64)(dst)
			d[0], d[1], d[2], d[3] = v0, v1, v2, v3
			s0 = math.FMA(v0, v0, s0)
			s1 = math.FMA(v1, v1, s1)
			s2 = math.FMA(v2, v2, s2)
			s3 = math.FMA(v3, v3, s3)
			src = src[min(len(src), squareLanes*lds):]
		}
		*q0, *q1, *q2, *q3 = s0, s1, s2, s3
	}
	lane := [squareLanes]*float64{q0, q1, q2, q3}
	for i := range dst {
		v, q := src[i*lds], lane[(row+i)%squareLanes]
		dst[i] = v
		*q = math.FMA(v, v, *q)
	}
}

// measure takes the squares of the first n rows of the block, as pack does.
func (w *workspace) measure(n int) {
	ldq := len(w.squares) / squareLanes
	clear(w.squares)
	for j := range ldq {
		for i, v := range w.block[j*blockStride:][:n] {
			q := &w.squares[i%squareLanes*ldq+j]
			*q = math.FMA(v, v, *q)
		}
	}
}

// finite reports whether what was packed is, as far as squares show.
func (w *workspace) finite() bool {
	sum := 0.0
	for _, q := range w.squares {
		sum += q - q
	}
	return sum == 0
}
