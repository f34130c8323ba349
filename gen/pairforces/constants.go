package main

// degree is that of the polynomials.
const degree = 10

// The single constants, in the order of pair.constants.
const (
	cutoff2 = 0
	least   = 1
	most    = 2
	lowEnd  = 3
	highEnd = 4
	length  = 5 // of three directions
	inverse = 8
	shift   = 11
	base    = 12
	scale   = 13
	below   = 14 // at, value, slope, curvature
	above   = 18
	half    = 22
	two     = 23

	columns = 8 * 24                    // bytes before the coefficients by power
	rows    = columns + (degree+2)*16*8 // and before those by piece
)

// Bits of the parameter flags.
const (
	periodic = 1
	weighted = 2
)

// Comparisons.
const (
	equal   = 0
	less    = 17
	greater = 30
)
