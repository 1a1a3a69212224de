#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/table.hpp"
#include "sql/names.hpp"

// ClickHouse's dialect: statements as texts. Pure; names are database names, not the source's.
namespace ringtail::sql::clickhouse {

// What not every version has (18.16 has none of it).
struct Features {
    bool datetime64 = false;          // the type
    bool or_replace_view = false;     // CREATE OR REPLACE VIEW
    bool fsync_after_insert = false;  // the table setting: an insert is on the disk when it returns
};

// Every table has these four beside the source's columns.
inline constexpr std::string_view kVersion = "_version";  // UInt64; of a key the largest counts
inline constexpr std::string_view kHash = "_hash";        // UInt64 over the row's values
inline constexpr std::string_view kMonth = "_month";      // UInt32, the partition: YYYYMM, or 0
inline constexpr std::string_view kDeleted = "_deleted";  // UInt8, 1: the row is gone
bool is_technical(std::string_view column);

const NameRules& name_rules();

// `name`, with what is special inside escaped; 'text' likewise.
std::string quote(std::string_view name);
std::string literal(std::string_view text);

// The type of a column that Ringtail creates, without Nullable(): a time is text where the server
// has no DateTime64.
std::string type_name(Type type, const Features& features);
std::string nullable(std::string_view type);

struct TableName {
    std::string database;
    std::string name;
    std::string cluster = {};  // empty: none
    std::string quoted() const { return quote(database) + "." + quote(name); }
    // Where the rows lie: the table itself, or the one on each server below a Distributed table.
    TableName storage() const {
        return {database, cluster.empty() ? name : name + "_local", cluster};
    }
    TableName view() const { return {database, name + "_current", cluster}; }
    std::string on_cluster() const {
        return cluster.empty() ? "" : " ON CLUSTER " + quote(cluster);
    }
};

struct ColumnText {
    std::string name;
    std::string type;  // as SQL
};

// The table that holds rows: one row per key in the end, the one with the largest _version.
// `partitioned`: by _month. With a cluster: replicated, on every server of it.
std::string create_storage(const TableName& table, std::span<const ColumnText> columns,
                           std::span<const std::string> key, bool partitioned,
                           const Features& features);
// Over the storage of all servers, with its columns; all versions of a key are on one of them.
std::string create_distributed(const TableName& table, std::span<const std::string> key);
// Of a storage or a distributed table.
std::string add_columns(const TableName& table, std::span<const ColumnText> columns);
std::string modify_column(const TableName& table, const ColumnText& column);

// One row per key, without what is deleted and without the four columns above.
std::string create_view(const TableName& table, std::span<const std::string> columns,
                        const Features& features);
std::string drop_view(const TableName& table);
std::string drop_table(const TableName& table);

std::string insert(const TableName& table, std::span<const std::string> columns);

// The next three find their keys in an external table called ringtail_keys.
inline constexpr std::string_view kKeys = "ringtail_keys";
// k1 String, k2 Int64 …: its columns.
std::string keys_structure(std::span<const std::string> types);
// Of each key that is there: its parts, then hash, month, deleted and version of the newest row.
std::string find_existing(const TableName& table, std::span<const std::string> key);
// Of each key that is there and not deleted: its parts, then the fingerprint as text, empty for
// NULL.
std::string fingerprints(const TableName& table, std::span<const std::string> key,
                         std::string_view fingerprint);
// Of each key that is there and not deleted: its parts, then these columns.
std::string find_columns(const TableName& table, std::span<const std::string> key,
                         std::span<const std::string> columns);

}  // namespace ringtail::sql::clickhouse
