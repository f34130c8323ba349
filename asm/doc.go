// Package asm holds the vector code of the kernels. Every file but this one is generated
// by the programs under gen; edit those and run make generate.
//
// Only the packages under kernels call it: nothing here checks a length, and names and
// signatures may change at any time.
package asm
