#include "sql/clickhouse_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace ringtail::sql::clickhouse {
namespace {

// A row group of the primary index. Keys are looked up by the thousand, and are scattered: the
// default of 8192 would read eight times as much.
constexpr int kGranularity = 1024;

// A column is one or more files called after it, with %XX for each byte that is no letter or digit,
// and at most 255 bytes long.
constexpr std::size_t kMaxNameBytes = 80;

std::string escaped(std::string_view text, char mark) {
    std::string out(1, mark);
    for (const char c : text) {
        switch (c) {
            case '\0':
                out += "\\0";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\\':
                out += "\\\\";
                break;
            default:
                if (c == mark) out += '\\';
                out += c;
        }
    }
    return out + mark;
}

std::string list(std::span<const std::string> names) {
    std::string text;
    for (const std::string& name : names) {
        if (!text.empty()) text += ", ";
        text += quote(name);
    }
    return text;
}

std::string tuple(std::span<const std::string> names) {
    return names.size() == 1 ? quote(names.front()) : "(" + list(names) + ")";
}

std::string definitions(std::span<const ColumnText> columns) {
    std::string text;
    for (const ColumnText& column : columns) {
        text += fmt::format("    {} {},\n", quote(column.name), column.type);
    }
    return text + fmt::format("    {} UInt64,\n    {} UInt64,\n    {} UInt32,\n    {} UInt8\n",
                              kVersion, kHash, kMonth, kDeleted);
}

std::string in_keys(std::span<const std::string> key) {
    return fmt::format("{} IN {}", tuple(key), kKeys);
}

}  // namespace

bool is_technical(std::string_view column) {
    return column == kVersion || column == kHash || column == kMonth || column == kDeleted;
}

const NameRules& name_rules() {
    // Ours, and those that ClickHouse gives every table.
    static constexpr std::array<std::string_view, 20> kReserved{kVersion,
                                                                kHash,
                                                                kMonth,
                                                                kDeleted,
                                                                "_id",
                                                                "_part",
                                                                "_part_index",
                                                                "_part_uuid",
                                                                "_part_offset",
                                                                "_part_starting_offset",
                                                                "_partition_id",
                                                                "_partition_value",
                                                                "_sample_factor",
                                                                "_row_exists",
                                                                "_block_number",
                                                                "_block_offset",
                                                                "_table",
                                                                "_database",
                                                                "_shard_num",
                                                                "_data"};
    static constexpr NameRules kRules{.max_bytes = kMaxNameBytes, .reserved = kReserved};
    return kRules;
}

std::string quote(std::string_view name) { return escaped(name, '`'); }
std::string literal(std::string_view text) { return escaped(text, '\''); }

std::string type_name(Type type, const Features& features) {
    switch (type) {
        case Type::boolean:
            return "UInt8";
        case Type::int64:
            return "Int64";
        case Type::decimal:
            return "Decimal(38, 10)";
        case Type::timestamp:
            return features.datetime64 ? "DateTime64(6, 'UTC')" : "String";
        case Type::text:
        case Type::json:
            break;
    }
    return "String";
}

std::string nullable(std::string_view type) { return fmt::format("Nullable({})", type); }

std::string create_storage(const TableName& table, std::span<const ColumnText> columns,
                           std::span<const std::string> key, bool partitioned,
                           const Features& features) {
    const TableName storage = table.storage();
    std::string engine = fmt::format("ReplacingMergeTree({})", kVersion);
    if (!table.cluster.empty()) {
        const std::string path =
            fmt::format("/clickhouse/tables/{{shard}}/{}/{}", storage.database, storage.name);
        engine = fmt::format("ReplicatedReplacingMergeTree({}, '{{replica}}', {})", literal(path),
                             kVersion);
    }
    std::string settings = fmt::format("index_granularity = {}", kGranularity);
    if (features.fsync_after_insert)
        settings += ", fsync_after_insert = 1, fsync_part_directory = 1";
    return fmt::format(
        "CREATE TABLE IF NOT EXISTS {}{} (\n{}) ENGINE = {}{} ORDER BY {} SETTINGS {}",
        storage.quoted(), table.on_cluster(), definitions(columns), engine,
        partitioned ? fmt::format(" PARTITION BY {}", kMonth) : "", tuple(key), settings);
}

std::string create_distributed(const TableName& table, std::span<const std::string> key) {
    return fmt::format(
        "CREATE TABLE IF NOT EXISTS {}{} AS {} ENGINE = Distributed({}, {}, {}, sipHash64({}))",
        table.quoted(), table.on_cluster(), table.storage().quoted(), quote(table.cluster),
        quote(table.database), quote(table.storage().name), list(key));
}

std::string add_columns(const TableName& table, std::span<const ColumnText> columns) {
    std::string text = fmt::format("ALTER TABLE {}{}", table.quoted(), table.on_cluster());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        text += fmt::format("{} ADD COLUMN {} {}", i == 0 ? "" : ",", quote(columns[i].name),
                            columns[i].type);
    }
    return text;
}

std::string modify_column(const TableName& table, const ColumnText& column) {
    return fmt::format("ALTER TABLE {}{} MODIFY COLUMN {} {}", table.quoted(), table.on_cluster(),
                       quote(column.name), column.type);
}

std::string create_view(const TableName& table, std::span<const std::string> columns,
                        const Features& features) {
    return fmt::format("CREATE {} {}{} AS SELECT {} FROM {} FINAL WHERE {} = 0",
                       features.or_replace_view ? "OR REPLACE VIEW" : "VIEW IF NOT EXISTS",
                       table.view().quoted(), table.on_cluster(), list(columns), table.quoted(),
                       kDeleted);
}

// Old servers know no DROP VIEW IF EXISTS.
std::string drop_view(const TableName& table) { return drop_table(table.view()); }

std::string drop_table(const TableName& table) {
    return fmt::format("DROP TABLE IF EXISTS {}{}", table.quoted(), table.on_cluster());
}

std::string insert(const TableName& table, std::span<const std::string> columns) {
    return fmt::format("INSERT INTO {} ({}) FORMAT TabSeparated", table.quoted(), list(columns));
}

std::string keys_structure(std::span<const std::string> types) {
    std::string text;
    for (std::size_t i = 0; i < types.size(); ++i) {
        text += fmt::format("{}k{} {}", i == 0 ? "" : ", ", i + 1, types[i]);
    }
    return text;
}

std::string find_existing(const TableName& table, std::span<const std::string> key) {
    // argMax() overlooks NULL, but none of these can be NULL.
    return fmt::format(
        "SELECT {0}, argMax({1}, {2}), argMax({3}, {2}), argMax({4}, {2}), max({2}) FROM {5} WHERE "
        "{6} GROUP BY {0} FORMAT TabSeparated",
        list(key), kHash, kVersion, kMonth, kDeleted, table.quoted(), in_keys(key));
}

std::string fingerprints(const TableName& table, std::span<const std::string> key,
                         std::string_view fingerprint) {
    const std::string value =
        fingerprint.empty() ? "''" : fmt::format("ifNull(toString({}), '')", quote(fingerprint));
    return fmt::format(
        "SELECT {0}, argMax({1}, {2}) FROM {3} WHERE {4} GROUP BY {0} HAVING argMax({5}, {2}) = 0 "
        "FORMAT TabSeparated",
        list(key), value, kVersion, table.quoted(), in_keys(key), kDeleted);
}

std::string find_columns(const TableName& table, std::span<const std::string> key,
                         std::span<const std::string> columns) {
    return fmt::format("SELECT {}, {} FROM {} FINAL WHERE {} AND {} = 0 FORMAT TabSeparated",
                       list(key), list(columns), table.quoted(), in_keys(key), kDeleted);
}

}  // namespace ringtail::sql::clickhouse
