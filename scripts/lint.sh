#!/usr/bin/env bash
# Formatting of every file, then clang-tidy (.clang-tidy says which checks and why) on every source of the program.
set -euo pipefail
cd "$(dirname "$0")/.."

git ls-files '*.cpp' '*.hpp' | xargs clang-format-14 --dry-run -Werror
echo "format: clean"

# Configured only, for the commands: clang cannot read the headers that gcc precompiled.
cmake --preset release -B build/lint -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON >/dev/null
git ls-files 'src/*.cpp' 'sim/*.cpp' |
    xargs -P "$(nproc)" -n 4 clang-tidy-14 -p build/lint --quiet --extra-arg=-Wno-unknown-warning-option --warnings-as-errors='*' 2>/dev/null
echo "clang-tidy: clean"
