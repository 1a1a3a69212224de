#!/usr/bin/env bash
# lint.sh [--all]: formatting of every file, then clang-tidy (.clang-tidy says which checks and why) on the sources of the
# program that the last ten commits touched, by themselves or by their header. All of them take a quarter of an hour:
# --all, and where the history is shorter.
set -euo pipefail
cd "$(dirname "$0")/.."

git ls-files '*.cpp' '*.hpp' | xargs clang-format-14 --dry-run -Werror
echo "format: clean"

sources() {
    if [ "${1:-}" != --all ] && git rev-parse --quiet --verify HEAD~10 >/dev/null; then
        # What is not committed yet counts as well.
        git diff --name-only HEAD~10 -- 'src/*.[ch]pp' 'sim/*.[ch]pp' | sed 's/\.hpp$/.cpp/' | sort -u |
            while read -r file; do [ ! -e "$file" ] || echo "$file"; done
    else
        git ls-files 'src/*.cpp' 'sim/*.cpp'
    fi
}

# Configured only, for the commands: clang cannot read the headers that gcc precompiled.
cmake --preset release -B build/lint -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON >/dev/null
mapfile -t files < <(sources "$@")
[ ${#files[@]} -eq 0 ] || printf '%s\n' "${files[@]}" |
    xargs -P "$(nproc)" -n 4 clang-tidy-14 -p build/lint --quiet --extra-arg=-Wno-unknown-warning-option --warnings-as-errors='*' 2>/dev/null
echo "clang-tidy: ${#files[@]} sources clean"
