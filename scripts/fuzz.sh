#!/usr/bin/env bash
# fuzz.sh SECONDS [NAME…]: runs each fuzzer of build/dev (or the named ones) for that long, from its committed corpus.
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

fuzz() {
    local name=$1 options
    mkdir -p "$finds/$name"
    options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -artifact_prefix="$finds/$name-" -print_final_stats=1)
    [ -e "tests/fuzz/$name.dict" ] && options+=(-dict="tests/fuzz/$name.dict")
    UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 "build/dev/fuzz_$name" "${options[@]}" \
        "$finds/$name" "tests/fuzz/corpus/$name" >"$finds/$name.log" 2>&1
}

for name in "${names[@]}"; do
    if [ ! -x "build/dev/fuzz_$name" ]; then
        echo "build/dev/fuzz_$name is not built: make fuzz" >&2
        exit 2
    fi
done

# As many at a time as there are processors.
failed=()
at_once=$(nproc)
for ((first = 0; first < ${#names[@]}; first += at_once)); do
    group=("${names[@]:first:at_once}")
    echo "fuzzing ${group[*]} for $seconds s"
    running=()
    for name in "${group[@]}"; do
        fuzz "$name" &
        running+=($!)
    done
    for i in "${!group[@]}"; do
        name=${group[i]}
        if ! wait "${running[i]}"; then
            failed+=("$name")
            tail -n 40 "$finds/$name.log" >&2
        fi
        grep -E 'number_of_executed_units|new_units_added' "$finds/$name.log" || true
    done
done

if [ ${#failed[@]} -gt 0 ]; then
    echo "failed: ${failed[*]}; the inputs are in $finds" >&2
    exit 1
fi
echo "fuzz: clean"
