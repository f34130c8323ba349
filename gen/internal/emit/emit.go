// Package emit holds what the generators of kernels share: one program emits a kernel
// for every vector width.
package emit

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"strings"

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
	if err := checkAVX2(filepath.Join(*dir, name+"_amd64.s")); err != nil {
		log.Fatal(err)
	}
}

var above15 = regexp.MustCompile(`\b[XY](1[6-9]|2\d|3[01])\b`)

// checkAVX2 returns an error if a kernel for AVX2 uses one of the registers that AVX-512 has
// beside those of AVX2: avo, which does not know the level, may assign it.
func checkAVX2(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for _, kernel := range strings.Split(string(text), "TEXT ·")[1:] {
		name, _, _ := strings.Cut(kernel, "(")
		if strings.HasSuffix(name, AVX2.Level) && above15.MatchString(kernel) {
			return fmt.Errorf("%s needs more than 16 registers", name)
		}
	}
	return nil
}
