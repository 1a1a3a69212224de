#!/usr/bin/env bash
# Where the tests' databases go: memory where 8 GiB of it are free (the dearest program fills 2, three run at once), else disk.
set -euo pipefail
free_kib() { df --output=avail -k "$1" 2>/dev/null | tail -n 1 || echo 0; }
memory_kib() { sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo; }
needed=$((8 * 1024 * 1024))
if [ -w /dev/shm ] && [ "$(free_kib /dev/shm)" -ge $needed ] && [ "$(memory_kib)" -ge $needed ]; then
    echo /dev/shm
else
    echo "${TMPDIR:-/tmp}"
fi
