package dense

import "math"

// iamaxBlock is the number of elements whose largest is found before it is looked for.
const iamaxBlock = 256

// Iamax returns the index of the first element of x whose magnitude is the largest. As in the
// BLAS of gonum, a NaN is not larger than anything, and nothing is larger than a NaN at index
// 0. Iamax returns −1 if x is empty. It does not allocate.
func Iamax(x []float64) int {
	if len(x) == 0 {
		return -1
	}
	if math.IsNaN(x[0]) {
		return 0
	}
	most, from := math.Abs(x[0]), 0
	for i := 0; i < len(x); i += iamaxBlock {
		if m := absMax(x[i:min(i+iamaxBlock, len(x))]); m > most {
			most, from = m, i
		}
	}
	for math.Abs(x[from]) != most {
		from++
	}
	return from
}

// absMaxGeneric returns the largest magnitude of the elements of x that are not NaN, or +0.
func absMaxGeneric(x []float64) float64 {
	most := 0.0
	for _, v := range x {
		if v = math.Abs(v); v > most {
			most = v
		}
	}
	return most
}
