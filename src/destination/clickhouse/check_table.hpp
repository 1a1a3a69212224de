#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "destination/clickhouse/catalog.hpp"

namespace ringtail::clickhouse {

// The columns of a sorting key as the server writes it, "id, `a b`"; nothing where one is an
// expression.
std::optional<std::vector<std::string>> key_columns_in(std::string_view sorting_key);

// Whether rows of a table with this engine ("ReplacingMergeTree(_version) ORDER BY id") are
// replaced by those of their key that have a larger _version.
bool replaces_by_version(std::string_view engine_full);

// Error(config), with what to do instead, unless `name` is a table of which the server keeps one
// row per `key`, the newest: with our four columns, a ReplacingMergeTree by _version that is sorted
// by exactly the key, below a Distributed table where there is a cluster.
void check_table(Server& server, const sql::clickhouse::TableName& name,
                 std::span<const std::string> key);

}  // namespace ringtail::clickhouse
