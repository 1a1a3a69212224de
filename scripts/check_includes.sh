#!/usr/bin/env bash
# Checks who includes whom (docs/architecture.md, "Rooms"): the table below is the rule. Prints each offence; exit 1 if any.
set -euo pipefail
cd "$(dirname "$0")/.."

# room: the rooms whose headers it may include, besides its own
allowed() {
    case "$1" in
        base) echo "" ;;
        json) echo "base model" ;;
        filter) echo "base" ;;
        model) echo "base" ;;
        sqlite) echo "base" ;;
        http) echo "base" ;;
        sql) echo "base model" ;;
        report) echo "base model json filter sql" ;;
        source) echo "base model" ;;              # the interface alone
        source/dialfire) echo "base model sql http json source" ;;
        source/callkeeper) echo "base model http json filter source" ;;
        destination) echo "base model" ;;         # the interface alone
        destination/reading) echo "base model sql destination" ;;  # statements that several databases share
        destination/memory) echo "base model sql destination destination/reading" ;;
        sqlite_store) echo "base model sqlite destination" ;;  # Ringtail's own tables in a SQLite file
        control) echo "base model sqlite sqlite_store destination" ;;
        config) echo "base http json control" ;;
        delivery) echo "base http control" ;;
        web) echo "base http json control" ;;
        destination/sqlite) echo "base model sql sqlite sqlite_store destination destination/reading" ;;
        destination/relational) echo "base model sql destination destination/reading" ;;
        destination/postgres) echo "base model sql destination destination/relational destination/reading" ;;
        destination/mysql) echo "base model sql destination destination/relational" ;;
        destination/sqlserver) echo "base http model sql destination destination/relational" ;;
        destination/clickhouse) echo "base model sql http destination destination/reading" ;;
        pipeline) echo "base model source destination" ;;
        jobs) echo "base model json report http source destination pipeline control delivery" ;;
        accounts) echo "base model json filter report http source source/dialfire source/callkeeper control jobs" ;;
        cli) echo "config web jobs report base model http json source source/dialfire destination pipeline control delivery" ;;
        main) echo "accounts jobs source/callkeeper base model http source source/dialfire destination destination/memory destination/sqlite destination/postgres destination/mysql destination/sqlserver destination/clickhouse pipeline cli" ;;
        sim) echo "base http" ;;                  # the oracle: nothing of the program under test
        *) echo "unknown room $1" >&2; exit 2 ;;
    esac
}

# third-party header prefix: the only rooms that may include it
third_party() {
    case "$1" in
        curl/*) echo "http" ;;
        boost/*) echo "http" ;;
        zlib.h) echo "http" ;;
        toml++/*) echo "config" ;;
        simdjson.h) echo "json" ;;
        phonenumbers/*) echo "source/callkeeper" ;;
        libpq-fe.h|libpq/*|postgres_ext.h) echo "destination/postgres" ;;
        mysql.h|errmsg.h|mysqld_error.h) echo "destination/mysql" ;;
        sqlite3.h) echo "sqlite" ;;
        sodium.h|sodium/*) echo "control" ;;
        sql.h|sqlext.h) echo "destination/sqlserver" ;;
        spdlog/*|openssl/*|cctz/*) echo "base" ;;
        *) echo "*" ;;
    esac
}

room_of() {  # a path below src/, or sim/…
    case "$1" in
        main.cpp) echo main ;;
        sim/*) echo sim ;;
        source/dialfire/*|source/callkeeper/*|destination/*/*) dirname "$1" ;;
        */*) echo "${1%%/*}" ;;
    esac
}

bad=0
offence() { echo "$1: $2"; bad=1; }
has() { case " $1 " in *" $2 "*) return 0 ;; *) return 1 ;; esac; }

while read -r file; do
    below=${file#src/}
    room=$(room_of "$below")
    may=$(allowed "$room")
    while IFS=: read -r line text; do
        header=$(sed -E 's/^ *# *include *[<"]([^>"]*)[>"].*/\1/' <<<"$text")
        if [ -e "src/$header" ] || [ "${header#sim/}" != "$header" ]; then
            other=$(room_of "$header")
            [ "$other" = "$room" ] || has "$may" "$other" ||
                offence "$file:$line" "room $room may not include $header (room $other)"
        else
            only=$(third_party "$header")
            [ "$only" = "*" ] && continue
            has "$only" "$room" || offence "$file:$line" "<$header> belongs to room $only, not to $room"
            case "$file" in *.hpp) offence "$file:$line" "<$header> is included by .cpp files only" ;; esac
        fi
    done < <(grep -nE '^ *# *include' "$file" || true)
done < <(git ls-files --cached --others --exclude-standard 'src/*.cpp' 'src/*.hpp' 'sim/*.cpp' 'sim/*.hpp')

[ "$bad" -eq 0 ] && echo "includes: every room includes only what it may"
exit "$bad"
