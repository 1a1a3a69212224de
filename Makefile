# The front door. `make run` and `make test` work on a bare Debian 12: what is missing is installed first.
.DEFAULT_GOAL := help
.PHONY: help packages build all run test sanitize tsan fuzz bench includes lint tidy format clean

JOBS ?= $(shell nproc)
FUZZ_SECONDS ?= 30
# Tests' files are in memory where there is room: no test is about power cuts, and fsync was half of their time.
TEST_FOLDER ?= $(shell scripts/test_folder.sh)
# Tests wait for servers and processes as much as they compute.
CTEST = TMPDIR=$(TEST_FOLDER) GTEST_BRIEF=1 ctest --output-on-failure --no-tests=error -j $(shell expr $(JOBS) \* 3 / 2)
# Long and of one thread: ThreadSanitizer has nothing to see there.
ONE_THREAD = -*Year*:SimCallKeeperApi.AWholeDay*:SimCallKeeperTruth.*

help:
	@echo 'make run       build, then the demo: made-up services are connected, loaded and shown'
	@echo 'make test      build and run every test (starts its own PostgreSQL and ClickHouse on loopback)'
	@echo 'make build     the programs: build/release/ringtail and build/release/ringtail-sim'
	@echo 'make bench     speed and memory, as ratios against the databases'"'"' own loaders'
	@echo 'make sanitize  the tests with AddressSanitizer and UndefinedBehaviorSanitizer'
	@echo 'make tsan      the tests of what is concurrent with ThreadSanitizer'
	@echo 'make fuzz      every fuzzer for FUZZ_SECONDS (30)'
	@echo 'make includes  who includes whom;  make lint  formatting, clang-tidy on what changed;  make tidy  on everything;  make format'

packages:
	@scripts/install_packages.sh

build: packages
	@cmake --preset release
	@cmake --build --preset release -j $(JOBS) --target ringtail ringtail-sim

# With the tests and the benchmarks.
all: packages
	@cmake --preset release
	@cmake --build --preset release -j $(JOBS)

run: build
	build/release/ringtail demo

test: all
	cd build/release && $(CTEST)

sanitize: packages
	@cmake --preset dev
	@cmake --build --preset dev -j $(JOBS) --target quick_tests
	cd build/dev && $(CTEST) -LE slow

tsan: packages
	@cmake --preset tsan
	@cmake --build --preset tsan -j $(JOBS) --target thread_tests
	cd build/tsan && GTEST_FILTER='$(ONE_THREAD)' $(CTEST) -L threads

fuzz: packages
	@cmake --preset dev
	@cmake --build --preset dev -j $(JOBS) --target fuzzers
	scripts/fuzz.sh $(FUZZ_SECONDS)

bench: all
	bench/run.sh

includes:
	scripts/check_includes.sh

lint: packages includes
	scripts/lint.sh

tidy: packages
	scripts/lint.sh --all

format: packages
	git ls-files '*.cpp' '*.hpp' | xargs clang-format-14 -i

clean:
	rm -rf build
