#!/usr/bin/env bash
# Every benchmark, one after the other; each prints ratios measured in its own run. Nothing here passes or fails.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=build/release

for bench in bench_postgres_load bench_sqlite_load bench_mysql_load bench_sqlserver_load bench_clickhouse_load bench_star_load bench_end_to_end bench_webhook bench_control; do
    echo; echo "== $bench"
    "$bin/$bench" "$@"
done
echo; echo "== bench_hooks"
"$bin/bench_hooks" "${HOOK_SECONDS:-20}"
echo; echo "== bench_callkeeper_load"
"$bin/bench_callkeeper_load"
echo; echo "== bench_reconcile"
"$bin/bench_reconcile"
echo; echo "== bench_service"
"$bin/bench_service" "${SERVICE_SECONDS:-60}"
echo; echo "== bench_prune"
"$bin/bench_prune" "${PRUNE_ROWS:-1000000}"
echo; echo "== bench_decode"
"$bin/bench_decode" --benchmark_min_time=0.3
