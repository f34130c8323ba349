//go:build darwin || linux

package kerneltest

import (
	"os"
	"syscall"
	"testing"
	"unsafe"
)

// PageEnd returns a copy of values that ends where a page begins that can be neither read
// nor written, so that a stray access crashes even if its value is dropped. The memory
// lives until the test ends. Linux and Darwin have such pages; elsewhere the copy is on
// the heap.
func PageEnd(t testing.TB, values []float64) []float64 {
	t.Helper()
	page := os.Getpagesize()
	size := (8*len(values) + page - 1) / page * page
	mem, err := syscall.Mmap(-1, 0, size+page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Munmap(mem); err != nil {
			t.Error(err)
		}
	})
	if err := syscall.Mprotect(mem[size:], syscall.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	from := size - 8*len(values)
	x := unsafe.Slice((*float64)(unsafe.Pointer(&mem[from])), len(values))
	copy(x, values)
	return x
}
