#pragma once
#include <span>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "destination/clickhouse/catalog.hpp"
#include "destination/clickhouse/server.hpp"
#include "model/table.hpp"

namespace ringtail::clickhouse {

// Creates the table, with a Distributed one above it in a cluster, where it is not there.
void create_table(Server& server, const sql::clickhouse::TableName& name,
                  std::span<const sql::clickhouse::ColumnText> columns,
                  std::span<const std::string> key, bool partitioned);

// The view <table>_current over all columns that the table has now. Error(config) when a table that
// is no view has that name.
void make_view(Server& server, const sql::clickhouse::TableName& name);

// Alter the table, in a cluster on every server. `key` as create_table() got it.
void add_columns(Server& server, const sql::clickhouse::TableName& name,
                 std::span<const sql::clickhouse::ColumnText> columns,
                 std::span<const std::string> key);
void modify_column(Server& server, const sql::clickhouse::TableName& name,
                   const sql::clickhouse::ColumnText& column, std::span<const std::string> key);

}  // namespace ringtail::clickhouse
