# Every target needs Go alone, unless it says otherwise. CI runs .ci/run.

LEVELS := generic avx2 avx512
TARGETS := linux/amd64 linux/386 linux/arm64 linux/s390x darwin/amd64 darwin/arm64 windows/amd64 js/wasm

.PHONY: generate check-generate test test-levels test-qemu vet bench ci

generate:
	rm -f asm/*_amd64.*
	go generate ./gen/...

# Needs git.
check-generate: generate
	test -z "$$(git status --porcelain asm)"

# -race needs a C compiler.
test:
	go test ./...
	go test -race ./...
	go test -tags purego ./...

# A level that the machine lacks is announced, and fails if RAPIDHGN_REQUIRE names it.
test-levels:
	@for l in $(LEVELS); do \
		if RAPIDHGN_REQUIRE=$$l go test -count=1 -run TestEachLevel ./internal/kerneltest >/dev/null 2>&1; then \
			echo "level $$l"; RAPIDHGN_LEVEL=$$l go test -count=1 ./... || exit 1; \
		elif [ "$$RAPIDHGN_REQUIRE" = $$l ]; then \
			echo "level $$l: required, and this machine cannot execute it"; exit 1; \
		else \
			echo "level $$l: NOT RUN, this machine cannot execute it"; \
		fi; \
	done

# Needs qemu-x86_64 (Debian package qemu-user).
test-qemu:
	go test -count=1 -exec 'qemu-x86_64 -cpu Haswell' ./...
	go test -count=1 -exec 'qemu-x86_64 -cpu qemu64' ./...

vet:
	@for t in $(TARGETS); do for tags in '' purego; do \
		echo "$$t tags=$$tags"; \
		GOOS=$${t%/*} GOARCH=$${t#*/} go vet -tags "$$tags" $$(go list ./... | grep -v /gen) || exit 1; \
	done; done

# Ready for benchstat. PKG and BENCH narrow it down.
PKG ?= ./...
BENCH ?= .
bench:
	go test -run '^$$' -bench '$(BENCH)' -count=10 $(PKG) | tee bench.txt

ci:
	.ci/run
