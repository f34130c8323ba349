package trajectory

import (
	"bytes"
	"math"
	"strconv"
)

// pow10 holds the powers of ten that are exact.
var pow10 = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' }

func isDigit(c byte) bool { return c-'0' < 10 }

// skipSpace returns the position of the first byte from i on that is no space.
func skipSpace(b []byte, i int) int {
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	return i
}

// skipField returns the position of the first space from i on.
func skipField(b []byte, i int) int {
	for i < len(b) && !isSpace(b[i]) {
		i++
	}
	return i
}

// scanFloat reads the field that begins at b[i] as the nearest number, and returns
// the end of the field. What is no number gives false; Inf and NaN are numbers, and
// so is what overflows.
//
// A decimal of up to 19 digits that is an integer up to 2⁵³ times or over a power of
// ten up to 10²² takes one operation on exact operands, and is correctly rounded
// thereby (Clinger, PLDI 1990). strconv does the rest.
func scanFloat(b []byte, i int) (x float64, end int, ok bool) {
	begin := i
	negative := false
	if i < len(b) && (b[i] == '-' || b[i] == '+') {
		negative = b[i] == '-'
		i++
	}
	mantissa, exponent := uint64(0), 0
	first := i
	for i < len(b) && isDigit(b[i]) {
		mantissa = 10*mantissa + uint64(b[i]-'0')
		i++
	}
	digits := i - first
	if i < len(b) && b[i] == '.' {
		i++
		first = i
		for i < len(b) && isDigit(b[i]) {
			mantissa = 10*mantissa + uint64(b[i]-'0')
			i++
		}
		exponent = first - i
		digits -= exponent
	}
	if digits > 0 && digits <= 19 && i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		e, next, small := scanExponent(b, i+1)
		if !small {
			return scanFloatSlow(b, begin)
		}
		exponent += e
		i = next
	}
	fast := digits > 0 && digits <= 19 && mantissa <= 1<<53 && -22 <= exponent && exponent <= 22 &&
		(i == len(b) || isSpace(b[i]))
	if !fast {
		return scanFloatSlow(b, begin)
	}
	x = float64(mantissa)
	if exponent < 0 {
		x /= pow10[-exponent]
	} else {
		x *= pow10[exponent]
	}
	if negative {
		x = -x
	}
	return x, i, true
}

// scanExponent reads an exponent of up to three digits.
func scanExponent(b []byte, i int) (e, end int, ok bool) {
	negative := false
	if i < len(b) && (b[i] == '-' || b[i] == '+') {
		negative = b[i] == '-'
		i++
	}
	first := i
	for i < len(b) && i < first+3 && isDigit(b[i]) {
		e = 10*e + int(b[i]-'0')
		i++
	}
	if negative {
		e = -e
	}
	return e, i, i > first
}

func scanFloatSlow(b []byte, i int) (x float64, end int, ok bool) {
	end = skipField(b, i)
	x, ok = parseFloat(b[i:end])
	return x, end, ok
}

// parseFloat reads all of b as a decimal number, Inf or NaN.
func parseFloat(b []byte) (float64, bool) {
	if bytes.ContainsAny(b, "xX_") { // hexadecimal, as Go writes it
		return 0, false
	}
	x, err := strconv.ParseFloat(string(b), 64)
	return x, err == nil || math.IsInf(x, 0)
}

// scanCount reads the field that begins at b[i] as an integer from 0 to 2⁶³−1, and
// returns the end of the field.
func scanCount(b []byte, i int) (n int64, end int, ok bool) {
	first := i
	for i < len(b) && isDigit(b[i]) {
		if digit := int64(b[i] - '0'); n > (math.MaxInt64-digit)/10 {
			return 0, skipField(b, i), false
		} else {
			n = 10*n + digit
		}
		i++
	}
	if i == first || i < len(b) && !isSpace(b[i]) {
		return 0, skipField(b, i), false
	}
	return n, i, true
}

func finite(x float64) bool { return x-x == 0 }
