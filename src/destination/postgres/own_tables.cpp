#include "destination/postgres/own_tables.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "base/time_text.hpp"
#include "destination/relational/rejects.hpp"
#include "sql/names.hpp"
#include "sql/postgres_text.hpp"
#include "sql/utf8.hpp"

namespace ringtail::postgres {
namespace {

struct OwnTable {
    std::string_view name;
    std::string_view columns;
};

constexpr std::array kOwnTables{
    OwnTable{"checkpoints",
             "stream text PRIMARY KEY, checkpoint text, holder text, "
             "lease_until timestamp with time zone, updated_at timestamp with time zone"},
    OwnTable{
        "rejects",
        "table_name text NOT NULL, row_key text NOT NULL, column_name text NOT NULL, "
        "raw text NOT NULL, reason text NOT NULL, rejected_at timestamp with time zone NOT NULL, "
        "digest text PRIMARY KEY"},
    OwnTable{"rechecks",
             "stream text, key text, step integer NOT NULL, due timestamp with time zone NOT NULL, "
             "PRIMARY KEY (stream, key)"},
};

// Enough for one statement; many rejects with long texts must not make one huge parameter.
constexpr std::size_t kRejectsAtOnce = 1'000;

}  // namespace

std::string own_table(Connection& connection, std::string_view which) {
    return sql::quote_identifier(connection.schema()) + ".ringtail_" + std::string(which);
}

bool has_own_table(Connection& connection, std::string_view which) {
    return !connection.run("SELECT to_regclass($1)", {own_table(connection, which)}).is_null(0, 0);
}

void create_own_tables(Connection& connection) {
    for (const OwnTable& table : kOwnTables) {
        if (has_own_table(connection, table.name)) continue;
        connection.run("CREATE TABLE " + own_table(connection, table.name) + " (" +
                       std::string(table.columns) + ")");
    }
}

void drop_rejects(Connection& connection, std::string_view table,
                  std::span<const std::string> keys) {
    connection.run("DELETE FROM " + own_table(connection, "rejects") +
                       " WHERE table_name = $1 AND row_key = ANY (CAST($2 AS text[]))",
                   {std::string(table), sql::postgres::array_literal(keys)});
}

void store_rejects(Connection& connection, std::span<const Reject> rejects, Instant now) {
    while (!rejects.empty()) {
        const auto part = rejects.first(std::min(rejects.size(), kRejectsAtOnce));
        rejects = rejects.subspan(part.size());
        std::array<std::vector<std::string>, 6> columns;
        for (const Reject& reject : part) {
            columns[0].push_back(sql::storable(reject.table));
            columns[1].push_back(sql::storable(reject.key));
            columns[2].push_back(sql::storable(reject.column));
            columns[3].push_back(sql::storable(reject.raw));
            columns[4].push_back(sql::storable(reject.reason));
            columns[5].push_back(relational::digest(reject));
        }
        std::vector<Param> params;
        params.reserve(columns.size() + 1);
        for (const auto& column : columns) {
            params.emplace_back(sql::postgres::array_literal(column));
        }
        params.emplace_back(format_time(now));
        connection.run("INSERT INTO " + own_table(connection, "rejects") +
                           " (table_name, row_key, column_name, raw, reason, digest, rejected_at)"
                           " SELECT r.*, $7::timestamptz"
                           " FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], "
                           "$5::text[], $6::text[]) AS r"
                           " ON CONFLICT (digest) DO NOTHING",
                       params);
    }
}

}  // namespace ringtail::postgres
