# Short names for what CMake does. Each target does all of its own set-up; nothing here knows more than the presets.

JOBS ?= $(shell nproc)
FUZZ_SECONDS ?= 60
BENCH_ARGS ?=
# Not policy_tests_fuzz, for which the whole tool would have to be built; `make fuzz` has it.
SANITIZED = quis_base_tests quis_model_tests quis_policy_tests quis_engine_tests quis_live_tests quis_guard_tests \
	$(filter-out policy_tests_fuzz,$(patsubst tests/fuzz/%.cpp,%,$(wildcard tests/fuzz/*_fuzz.cpp)))

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo test asan tsan fuzz differential models mutants lint format bench bench-instructions \
	bench-peers clean

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-20s %s\n", $$1, $$2}'

setup: ## install what the build needs (Debian 12: apt packages, by name)
	@cmake/setup.sh

setup-dev: ## the same, and clang 14 with clang-tidy for lint and fuzz
	@cmake/setup.sh dev

demo: setup ## build the release and decide over ten years of a real organisation's access history
	cmake --preset release
	cmake --build --preset release -j $(JOBS)
	build/release/bin/access_history demo

test: setup ## build with warnings as errors; run every test and check
	cmake --preset dev
	cmake --build --preset dev -j $(JOBS)
	ctest --preset dev -j $(JOBS)

asan: setup ## run the library's tests and the fuzz corpora under AddressSanitizer and UndefinedBehaviorSanitizer
	cmake --preset asan
	cmake --build --preset asan -j $(JOBS) --target $(SANITIZED)
	ctest --preset asan -j $(JOBS) -R '^(base|model|policy|engine|live|guard|fuzz)\.' -E '^fuzz\.policy_tests$$'

tsan: setup ## run the tests of what threads share (vocabulary, live engine, guard) under ThreadSanitizer
	cmake --preset tsan
	cmake --build --preset tsan -j $(JOBS) --target quis_base_tests quis_live_tests quis_guard_tests
	ctest --preset tsan -j $(JOBS) -R '^(base|live|guard)\.'

fuzz: setup-dev ## run each libFuzzer target for FUZZ_SECONDS (60)
	cmake --preset fuzz
	cmake --build --preset fuzz -j $(JOBS)
	cmake/checks/fuzz.sh build/fuzz $(FUZZ_SECONDS) $(JOBS)

differential: setup ## compare quis with Cedar itself over CASES (1000) generated worlds from SEED (1) on; needs cargo
	cmake --preset differential
	cmake --build --preset differential -j $(JOBS)
	tests/differential/run.sh

models: ## explore the protocols of the decision cache under a weak memory model, and their mutants; needs cargo
	@command -v cargo >/dev/null || { echo "models: cargo is missing: install Rust from https://rustup.rs" >&2; exit 1; }
	cargo test --locked --manifest-path tests/models/loom/Cargo.toml --target-dir $(CURDIR)/build/models

mutants: setup ## break the decision cache in one way at a time and require that a test notices (minutes)
	python3 cmake/checks/mutants.py --root . --work build/mutants --jobs $(JOBS)

lint: setup-dev ## clang-tidy over every source, findings are errors (TIDY="--changed-since main" for less)
	cmake --preset dev
	python3 cmake/checks/tidy.py --root . --build build/dev $(TIDY)

format: setup ## rewrite every C++ file as clang-format 14 wants it
	python3 cmake/checks/format.py --root . --fix

bench: setup ## build optimised and run the benchmarks (BENCH_ARGS="--benchmark_filter=...")
	cmake --preset bench
	cmake --build --preset bench -j $(JOBS)
	build/bench/bin/quis_bench $(BENCH_ARGS)

bench-instructions: setup ## count the instructions of a decision under callgrind; more than on record is an error
	cmake --preset bench
	cmake --build --preset bench -j $(JOBS) --target quis_instruction_count
	ctest --test-dir build/bench/benchmarks -R '^check\.instructions$$' --output-on-failure --no-tests=error

bench-peers: setup ## run quis and its peers on the same files and requests (RECORD=1 keeps the report in benchmarks/)
	cmake --preset bench
	cmake --build --preset bench -j $(JOBS)
	benchmarks/peers/run.sh

clean: ## remove build/
	cmake -E rm -rf build
