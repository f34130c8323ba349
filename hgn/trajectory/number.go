package trajectory

import (
	"bytes"
	"math"
	"math/bits"
	"strconv"
)

// pow10 holds the powers of ten that are exact as float64.
var pow10 = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// pow10Integer holds those that fit in 64 bits.
var pow10Integer = [...]uint64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9,
	1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
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
// A decimal is an integer, the mantissa, times a power of ten. If the mantissa is up
// to 2⁵³ and the power between 10⁻²² and 10²², both are exact, and one operation on
// them rounds correctly (Clinger, PLDI 1990). A longer mantissa of up to 19 digits
// over a power up to 10¹⁹ is divided as an integer. strconv does the rest.
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
	leading := digits == 1 && mantissa == 0 // the 0 of 0.5
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
	if digits == 0 || digits > 20 || digits == 20 && !leading {
		return scanFloatSlow(b, begin)
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		var e int
		if e, i, ok = scanExponent(b, i+1); !ok {
			return scanFloatSlow(b, begin)
		}
		exponent += e
	}
	switch {
	case i < len(b) && !isSpace(b[i]):
		return scanFloatSlow(b, begin)
	case mantissa <= 1<<53 && -22 <= exponent && exponent < 0:
		x = float64(mantissa) / pow10[-exponent]
	case mantissa <= 1<<53 && 0 <= exponent && exponent <= 22:
		x = float64(mantissa) * pow10[exponent]
	case mantissa > 1<<53 && -19 <= exponent && exponent <= 0:
		x = divide(mantissa, pow10Integer[-exponent])
	default:
		return scanFloatSlow(b, begin)
	}
	if negative {
		x = -x
	}
	return x, i, true
}

// divide returns n/d, correctly rounded, for n and d above 0.
func divide(n, d uint64) float64 {
	shiftN, shiftD := bits.LeadingZeros64(n), bits.LeadingZeros64(d)
	n <<= shiftN
	d <<= shiftD
	// n/d is between 1/2 and 2 now, so that the quotient has 63 or 64 bits, and its
	// last is far below what float64 keeps: there it says that there is a remainder.
	quotient, remainder := bits.Div64(n>>1, n<<63, d)
	if remainder != 0 {
		quotient |= 1
	}
	scale := math.Float64frombits(uint64(1023-63+shiftD-shiftN) << 52)
	return float64(quotient) * scale
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
	x, err := strconv.ParseFloat(string(b), 64)
	switch {
	case err == nil:
		// neither 0x1p0 nor 1_000, which only Go has
		return x, bytes.IndexByte(b, '_') < 0 && !bytes.ContainsAny(b[:min(3, len(b))], "xX")
	case bytes.EqualFold(b, []byte("-nan")): // as C prints it
		return math.NaN(), true
	}
	return x, math.IsInf(x, 0)
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
