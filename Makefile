# Every target needs Go alone, unless it says otherwise. What CI runs is in .ci/run.

.DEFAULT_GOAL := help
.PHONY: help generate check-generate test test-levels test-qemu vet capi python-test examples bench ci

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

generate: ## write asm/ anew
	rm -f asm/*_amd64.*
	go generate ./gen/...

check-generate: generate ## fail if that changes a committed file (needs git)
	test -z "$$(git status --porcelain asm)"

test: ## run the tests, again with -race (needs a C compiler), and again with purego
	go test ./...
	go test -race ./...
	go test -tags purego ./...

test-levels: ## run the tests at every level; fail if the one in RAPIDHGN_REQUIRE is missing
	.ci/run levels

test-qemu: ## run the tests on processors that are emulated (needs qemu-x86_64, Debian package qemu-user)
	go test -count=1 -exec 'qemu-x86_64 -cpu Haswell' ./...
	go test -count=1 -exec 'qemu-x86_64 -cpu qemu64' ./...

vet: ## vet for every target
	.ci/run vet

capi: ## build and test the library for C, in hgn/capi/build (needs a C compiler)
	hgn/capi/check c

python-test: ## build the wheel, in hgn/capi/build, and test it (needs a C compiler, and PYTHON with NumPy)
	hgn/capi/check python

examples: ## run the examples in bench/examples, as far as there is what they need
	bench/examples/run

PKG ?= ./...
BENCH ?= .
bench: ## run benchmarks for benchstat into bench.txt; PKG=./kernels/dense BENCH=Gemm narrow it down
	go test -run '^$$' -bench '$(BENCH)' -count=10 $(PKG) | tee bench.txt

ci: ## run what CI runs
	.ci/run
