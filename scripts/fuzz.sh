#!/usr/bin/env bash
# fuzz.sh SECONDS [NAME…]: runs each fuzzer of build/fuzz (or the named ones) for that long, from its committed corpus.
# What it finds on the way goes to $RINGTAIL_FUZZ_FINDS (default: ringtail-fuzz in the temporary folder), not into the
# corpus. Fails when one crashes, hangs (10 s) or takes 2 GB; says where the input is that did it.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:?usage: scripts/fuzz.sh SECONDS [NAME…]}
shift
finds=${RINGTAIL_FUZZ_FINDS:-${TMPDIR:-/tmp}/ringtail-fuzz}
names=("$@")
if [ ${#names[@]} -eq 0 ]; then
    for source in tests/fuzz/*_fuzz.cpp; do names+=("$(basename "$source" _fuzz.cpp)"); done
fi

failed=()
for name in "${names[@]}"; do
    fuzzer=build/fuzz/fuzz_$name
    if [ ! -x "$fuzzer" ]; then
        echo "$fuzzer is not built: make fuzz" >&2
        exit 2
    fi
    mkdir -p "$finds/$name"
    options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -artifact_prefix="$finds/$name-" -print_final_stats=1)
    [ -e "tests/fuzz/$name.dict" ] && options+=(-dict="tests/fuzz/$name.dict")
    echo "fuzzing $name for $seconds s"
    if ! UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 "$fuzzer" "${options[@]}" \
        "$finds/$name" "tests/fuzz/corpus/$name" >"$finds/$name.log" 2>&1; then
        failed+=("$name")
        tail -n 40 "$finds/$name.log" >&2
    fi
    grep -E 'number_of_executed_units|new_units_added' "$finds/$name.log" || true
done

if [ ${#failed[@]} -gt 0 ]; then
    echo "failed: ${failed[*]}; the inputs are in $finds" >&2
    exit 1
fi
echo "fuzz: clean"
