// Package emit holds what the generators of kernels share: one program emits a kernel
// for every vector width.
package emit

import (
	"flag"
	"log"
	"os"
	"path/filepath"

	. "github.com/mmcloughlin/avo/build"
)

// Kernel emits a kernel at each width and writes name_amd64.s and name_amd64.go to the
// directory that the flag -dir names. What it writes does not depend on where or how the
// generator was started.
func Kernel(name string, kernel func(v Vec)) {
	dir := flag.String("dir", filepath.Join("..", "..", "asm"), "write the generated files to `DIR`")
	flag.Parse()
	os.Args = os.Args[:1] // avo would copy the arguments into the files
	for key, value := range map[string]string{
		"pkg":   "asm",
		"out":   filepath.Join(*dir, name+"_amd64.s"),
		"stubs": filepath.Join(*dir, name+"_amd64.go"),
	} {
		if err := flag.Set(key, value); err != nil {
			log.Fatal(err)
		}
	}
	ConstraintExpr("!purego")
	for _, v := range []Vec{AVX2, AVX512} {
		kernel(v)
	}
	Generate()
}
