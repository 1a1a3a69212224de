#pragma once
#include <string>
#include <utility>
#include <vector>

#include "model/table.hpp"

// Tables that a database may hold already.
namespace ringtail::test {

// With the key "id" and nothing more.
inline Table table_of(std::string name, std::vector<Column> columns) {
    Table table;
    table.name = std::move(name);
    table.columns = std::move(columns);
    table.key = {"id"};
    return table;
}

// With the key "id" and text columns.
inline Table text_table(std::string name, std::initializer_list<const char*> columns) {
    Table table = table_of(std::move(name), {{"id"}});
    for (const char* column : columns) table.columns.push_back({column});
    return table;
}

// The old client's, shortened to the kinds of columns there are.
inline Table old_contacts() {
    return {.name = "contacts",
            .columns = {{"$id"},
                        {"$md5"},
                        {"$version"},
                        {"$status_detail"},
                        {"$comment"},
                        {"$changed", Type::timestamp},
                        {"amount", Type::decimal},
                        {"city"},
                        {"_extra", Type::json}},
            .key = {"$id"},
            .references = {},
            .fingerprint = "$md5",
            .changed = "$changed",
            .rest = "_extra"};
}

inline Table old_transactions() {
    return {.name = "transactions",
            .columns = {{"id"},
                        {"contact_id"},
                        {"fired", Type::timestamp},
                        {"wrapup_time_sec", Type::decimal},
                        {"wait_time_sec", Type::decimal},
                        {"user"},
                        {"isHI", Type::boolean},
                        {"$changed", Type::timestamp}},
            .key = {"id"},
            .references = {{"contact_id", "contacts"}},
            .fingerprint = "",
            .changed = "$changed",
            .rest = ""};
}

}  // namespace ringtail::test
