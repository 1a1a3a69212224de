#pragma once
#include <optional>
#include <string>
#include <vector>

#include "destination/clickhouse/server.hpp"
#include "sql/clickhouse_text.hpp"

namespace ringtail::clickhouse {

// A table as it stands in the database.
struct Shape {
    struct Declared {
        std::string name;
        std::string type;
        std::string default_kind;  // "", "DEFAULT", "MATERIALIZED", "ALIAS"
        bool computed() const { return default_kind == "MATERIALIZED" || default_kind == "ALIAS"; }
    };
    std::vector<Declared> columns;  // in the table's order; empty: there is no such table

    bool exists() const { return !columns.empty(); }
    // Whether all four technical columns are there.
    bool is_ours() const;
    const Declared* find(std::string_view name) const;
    // Without the technical ones.
    std::vector<std::string> names() const;
};

// A SELECT on the server's catalog. Old servers end it with "table doesn't exist" when anything in
// the database is dropped while they read it: it is asked again then.
TsvRows ask_catalog(Server& server, const std::string& sql);
// Drops what others may drop at the same time: old servers fail then despite IF EXISTS.
void drop_if_there(Server& server, const std::string& statement);

Shape read_shape(Server& server, const sql::clickhouse::TableName& table);
// The engine; empty: there is no such table.
std::string read_engine(Server& server, const sql::clickhouse::TableName& table);

}  // namespace ringtail::clickhouse
