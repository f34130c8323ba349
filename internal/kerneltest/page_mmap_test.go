//go:build darwin || linux

package kerneltest

import (
	"runtime/debug"
	"testing"
	"unsafe"
)

// TestPageEndFaults reads and writes the first byte after the operand.
func TestPageEndFaults(t *testing.T) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	for _, n := range []int{0, 1, 7, 511, 512, 513, 5000} {
		x := PageEnd(t, make([]float64, n))
		past := unsafe.Add(unsafe.Pointer(unsafe.SliceData(x)), 8*n)
		for name, access := range map[string]func(){
			"read":  func() { sink = *(*byte)(past) },
			"write": func() { *(*byte)(past) = 1 },
		} {
			fault := func() (fault any) {
				defer func() { fault = recover() }()
				access()
				return nil
			}()
			if at, ok := fault.(interface{ Addr() uintptr }); !ok || at.Addr() != uintptr(past) {
				t.Errorf("n=%d: a %s past the end gives %v, want a fault there", n, name, fault)
			}
		}
		for i := range x { // up to the end there is none
			x[i]++
		}
	}
}

// sink keeps a read from being left out.
var sink byte
