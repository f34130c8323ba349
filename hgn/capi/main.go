// Command capi is rapidhgn as a library for C, and for every language that can call C:
//
//	make capi
//
// builds librapidhgn.so and librapidhgn.a beside rapidhgn.h, which documents it. The
// functions of the header are in abi.c; each calls one that is exported here.
package main

// #cgo LDFLAGS: -lpthread
// #include "rapidhgn.h"
import "C"

func main() {} // not called: the package is a library
