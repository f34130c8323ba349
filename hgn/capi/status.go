package main

/*
#include <stdlib.h>
#include "rapidhgn.h"

void rhgn_set_error(const char *text);
*/
import "C"

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"unsafe"
)

// A fault is an error with its status.
type fault struct {
	status C.int32_t
	err    error
}

func (f *fault) Error() string { return f.err.Error() }
func (f *fault) Unwrap() error { return f.err }

func faultf(status C.int32_t, format string, args ...any) error {
	return &fault{status, fmt.Errorf(format, args...)}
}

// invalid is the error of an argument.
func invalid(format string, args ...any) error { return faultf(C.RHGN_INVALID, format, args...) }

// call runs f for a caller in C. It returns the status of the error of f, RHGN_DATA if that
// has none, and keeps the text for rhgn_last_error. A panic of a kernel is about arguments;
// any other is a fault of the library.
func call(f func() error) (status C.int32_t) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case runtime.Error:
			status = fail(faultf(C.RHGN_INTERNAL, "internal error: %v", v))
		default:
			status = fail(invalid("%v", v))
		}
	}()
	if err := f(); err != nil {
		return fail(err)
	}
	return C.RHGN_OK
}

// fail keeps the text of err and returns its status.
func fail(err error) C.int32_t {
	text := C.CString(strings.Join(strings.Fields(err.Error()), " "))
	defer C.free(unsafe.Pointer(text))
	C.rhgn_set_error(text)
	if f := (*fault)(nil); errors.As(err, &f) {
		return f.status
	}
	return C.RHGN_DATA
}
