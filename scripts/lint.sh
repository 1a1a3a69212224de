#!/usr/bin/env bash
# lint.sh [--all]: formatting of every file, then clang-tidy (.clang-tidy says which checks and why) on the sources of the
# program that the last ten commits touched, by themselves or by their header; such tests must compile by themselves,
# without precompiled headers. All of them take a quarter of an hour: --all, and where the history is shorter.
set -euo pipefail
cd "$(dirname "$0")/.."

git ls-files '*.cpp' '*.hpp' | xargs clang-format-14 --dry-run -Werror
echo "format: clean"

# touched FOLDERS OPTION: the .cpp files there.
touched() {
    if [ "${2:-}" != --all ] && git rev-parse --quiet --verify HEAD~10 >/dev/null; then
        # What is not committed yet counts as well.
        for folder in $1; do git diff --name-only HEAD~10 -- "$folder/*.[ch]pp"; done | sed 's/\.hpp$/.cpp/' | sort -u |
            while read -r file; do [ ! -e "$file" ] || echo "$file"; done
    else
        for folder in $1; do git ls-files "$folder/*.cpp"; done
    fi
}

# Configured only, for the commands: clang cannot read the headers that gcc precompiled.
cmake --preset release -B build/lint -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON -DRINGTAIL_TOGETHER=OFF >/dev/null
tidy() {
    xargs -r -P "$(nproc)" -n 4 clang-tidy-14 -p build/lint --quiet --extra-arg=-Wno-unknown-warning-option --warnings-as-errors='*' "$@" 2>/dev/null
}
touched "src sim" "$@" | tidy
tests() { touched tests "$@" | sed '/^tests\/fuzz\//d'; }  # the preset release has no fuzzers
# clang-tidy wants one check at least; this one has nothing to do.
tests "$@" | tidy --checks='-*,clang-diagnostic-error,google-build-explicit-make-pair'
echo "clang-tidy: $(touched "src sim" "$@" | wc -l) sources clean; $(tests "$@" | wc -l) tests compile alone"
