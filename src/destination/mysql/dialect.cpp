#include "destination/mysql/dialect.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "destination/mysql/literal.hpp"

namespace ringtail::mysql {
namespace {

using relational::Merge;
using relational::NewColumn;
using relational::NewTable;
using relational::StoredColumn;
using relational::StoredTable;
using relational::Use;
using relational::Wider;
using sql::Kind;

// Long enough for every id, short enough for an index of several.
constexpr std::uint32_t kKeyChars = 255;
// What InnoDB's indexes take at most: 3,072 bytes of 4 for each character.
constexpr std::uint32_t kLongestKeyChars = 768;
constexpr std::uint64_t kLongTextBytes = 0xFFFF'FFFF;

void append(std::string& list, std::string_view between, std::string_view item) {
    if (!list.empty()) list += between;
    list += item;
}

template <typename Columns>
std::string names(const Columns& columns) {
    std::string list;
    for (const auto& column : columns) append(list, ", ", quote_name(column.name));
    return list;
}

std::string names(const std::vector<std::string>& columns) {
    std::string list;
    for (const auto& column : columns) append(list, ", ", quote_name(column));
    return list;
}

std::string exact_text(std::string_view type, std::string_view collation) {
    return fmt::format("{} CHARACTER SET utf8mb4 COLLATE {}", type, collation);
}

// A type of text with the column's own character set, which stands in its type_text behind the
// type.
std::string same_set(std::string_view type, const StoredColumn& column) {
    const auto set = column.type_text.find(" CHARACTER SET ");
    return std::string(type) + (set == std::string::npos ? "" : column.type_text.substr(set));
}

std::string column_definition(const NewColumn& column, std::string_view collation,
                              std::string_view comment) {
    std::string text =
        quote_name(column.name) + " " + type_name(column.type, column.use, collation);
    if (column.use == Use::key) text += " NOT NULL";
    if (!comment.empty()) text += " COMMENT " + literal(comment);
    return text;
}

std::string_view lasting_comment(Type type) { return type == Type::json ? kJsonComment : ""; }

// Whether two values are the same to the last bit. A collation is cheaper than a cast, which
// copies.
std::string same(const std::string& left, const std::string& right, const StoredColumn& column,
                 std::string_view collation) {
    if (!column.compare_as_text) return left + " <=> " + right;
    const bool is_utf8 = column.type_text.find(" CHARACTER SET utf8mb4") != std::string::npos;
    if (is_utf8 && collation != "utf8mb4_bin")
        return fmt::format("{} COLLATE {} <=> {}", left, collation, right);
    return fmt::format("CAST({} AS BINARY) <=> CAST({} AS BINARY)", left, right);
}

std::string same_staged(const StoredColumn& column, std::string_view collation) {
    const std::string name = quote_name(column.name);
    return same("t." + name, "s." + name, column, collation);
}

std::string with_changed(const std::vector<StoredColumn>& columns, const StoredColumn* changed) {
    return names(columns) + (changed == nullptr ? "" : ", " + quote_name(changed->name));
}

}  // namespace

const sql::NameRules& name_rules() {
    static constexpr std::array<std::string_view, 3> kSystemColumns{"db_row_id", "db_trx_id",
                                                                    "db_roll_ptr"};
    static const sql::NameRules rules{.max_chars = 64,
                                      .folds_all_case = true,
                                      .only_plain_chars = true,
                                      .reserved = kSystemColumns};
    return rules;
}

std::string type_name(Type type, Use use, std::string_view collation) {
    switch (type) {
        case Type::boolean:
            return "tinyint(1)";
        case Type::int64:
            return "bigint";
        case Type::decimal:
            return "decimal(38,10)";
        case Type::timestamp:
            return "datetime(6)";
        case Type::json:
            return exact_text("longtext", "utf8mb4_bin");
        case Type::text:
            break;
    }
    if (use == Use::value) return "longtext CHARACTER SET utf8mb4";
    return exact_text(fmt::format("varchar({})", kKeyChars), collation);
}

sql::ColumnType column_type(Type type, Use use) {
    switch (type) {
        case Type::boolean:
            return {.kind = Kind::boolean};
        case Type::int64:
            return {.kind = Kind::integer, .bytes = 8};
        case Type::decimal:
            return {.kind = Kind::decimal, .precision = 38, .scale = 10};
        case Type::timestamp:
            return {.kind = Kind::timestamp, .precision = 6, .plain_times = true};
        case Type::json:
            return {.kind = Kind::json, .holds_nul = true};
        case Type::text:
            break;
    }
    if (use == Use::value)
        return {.kind = Kind::text, .max_bytes = kLongTextBytes, .holds_nul = true};
    return {.kind = Kind::text, .max_chars = kKeyChars, .holds_nul = true};
}

std::string shown(const sql::TableName& table) {
    return quote_name(table.schema) + "." + quote_name(table.name);
}

std::string create_table(const NewTable& table, std::string_view collation) {
    std::string text = "CREATE TABLE " + shown(table.place) + " (\n";
    for (const NewColumn& column : table.columns) {
        text += "    " + column_definition(column, collation, lasting_comment(column.type)) + ",\n";
    }
    text += "    PRIMARY KEY (" + names(table.key) + ")";
    for (const auto& columns : table.indexes) text += ",\n    INDEX (" + names(columns) + ")";
    for (const auto& columns : table.unique) text += ",\n    UNIQUE KEY (" + names(columns) + ")";
    for (const auto& key : table.foreign_keys) {
        text += fmt::format(",\n    FOREIGN KEY ({}) REFERENCES {} ({}) ON DELETE CASCADE",
                            quote_name(key.column), key.parent.shown, quote_name(key.parent_key));
    }
    return text +
           "\n) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COMMENT = " +
           literal(relational::kCreatedComment);
}

std::string add_column(const StoredTable& table, const NewColumn& column,
                       std::string_view collation) {
    std::string comment(lasting_comment(column.type));
    if (column.backfilled) comment += (comment.empty() ? "" : "; ") + std::string(kUnfilledComment);
    return "ALTER TABLE " + table.shown + " ADD COLUMN " +
           column_definition(column, collation, comment);
}

std::string finish_column(const StoredTable& table, const NewColumn& column,
                          std::string_view collation) {
    return "ALTER TABLE " + table.shown + " MODIFY COLUMN " +
           column_definition(column, collation, lasting_comment(column.type));
}

std::string add_index(const StoredTable& table, const relational::NewIndex& index) {
    return fmt::format("ALTER TABLE {} ADD {} ({})", table.shown,
                       index.is_unique ? "UNIQUE KEY" : "INDEX", names(index.columns));
}

std::string make_view(const sql::TableName& place, std::string_view select, bool is_there) {
    return fmt::format("CREATE {}VIEW {} AS {}", is_there ? "OR REPLACE " : "", shown(place),
                       select);
}

std::string load_data(std::string_view table, const std::vector<StoredColumn>& columns,
                      const StoredColumn* changed, std::string_view changed_literal) {
    std::string text = fmt::format(
        "LOAD DATA LOCAL INFILE 'rows' INTO TABLE {} CHARACTER SET utf8mb4 FIELDS TERMINATED BY "
        "0x09 ESCAPED BY 0x5C LINES TERMINATED BY 0x0A ({})",
        table, names(columns));
    if (changed != nullptr)
        text += fmt::format(" SET {} = {}", quote_name(changed->name), changed_literal);
    return text;
}

std::string insert_values(std::string_view table, const std::vector<StoredColumn>& columns,
                          const StoredColumn* changed) {
    return fmt::format("INSERT INTO {} ({}) VALUES ", table, with_changed(columns, changed));
}

std::string on_duplicate_key(const std::vector<StoredColumn>& columns,
                             const std::vector<StoredColumn>& key, const StoredColumn* changed,
                             std::string_view collation) {
    std::string set, unchanged;
    for (const StoredColumn& column : columns) {
        const bool is_key = std::any_of(key.begin(), key.end(), [&](const StoredColumn& part) {
            return part.name == column.name;
        });
        if (is_key) continue;
        const std::string name = quote_name(column.name);
        append(set, ", ", fmt::format("{0} = VALUES({0})", name));
        append(unchanged, " AND ", same(name, "VALUES(" + name + ")", column, collation));
    }
    const std::string first = quote_name(key.front().name);
    if (set.empty()) return fmt::format(" ON DUPLICATE KEY UPDATE {0} = {0}", first);
    // From left to right: this one is to see the values as they were.
    if (changed != nullptr) {
        set =
            fmt::format("{0} = IF({1}, {0}, VALUES({0})), ", quote_name(changed->name), unchanged) +
            set;
    }
    return " ON DUPLICATE KEY UPDATE " + set;
}

std::string Dialect::quote(std::string_view name) const { return quote_name(name); }

std::vector<Wider> Dialect::wider_types(const StoredColumn& column, Use use) const {
    const sql::ColumnType& type = column.type;
    const Wider decimal{"decimal(38,10)", column_type(Type::decimal, Use::value)};
    const Wider largest{"decimal(65,30)", {.kind = Kind::decimal, .precision = 65, .scale = 30}};
    switch (type.kind) {
        case Kind::text: {
            sql::ColumnType wide{
                .kind = Kind::text, .last_char = type.last_char, .holds_nul = true};
            if (use == Use::value) {
                wide.max_bytes = kLongTextBytes;
                if (!type.max_chars && !type.max_bytes) wide.max_bytes = {};
                std::vector<Wider> choice{{same_set("longtext", column), wide}};
                wide.last_char = 0x10FFFF;
                choice.push_back({"longtext CHARACTER SET utf8mb4", wide});
                return choice;
            }
            std::vector<Wider> choice;
            for (const std::uint32_t chars : {kKeyChars, kLongestKeyChars}) {
                wide.max_chars = std::max(chars, type.max_chars.value_or(0));
                wide.last_char = type.last_char;
                const std::string name = fmt::format("varchar({})", *wide.max_chars);
                choice.push_back({same_set(name, column), wide});
                wide.last_char = 0x10FFFF;
                choice.push_back({exact_text(name, collation_), wide});
            }
            // From the nearest to the widest: the own character set first.
            std::swap(choice[1], choice[2]);
            return choice;
        }
        case Kind::integer:
            if (type.bytes == 8 && !type.is_unsigned) return {decimal, largest};
            return {{"bigint", {.kind = Kind::integer, .bytes = 8}}, decimal, largest};
        case Kind::decimal: {
            std::vector<Wider> choice;
            const int whole = type.precision.value_or(65) - type.scale;
            if (whole <= 28 && type.scale <= 10) choice.push_back(decimal);
            for (const int scale : {10, 20, 30}) {
                if (type.scale > scale || whole > 65 - scale) continue;
                choice.push_back({fmt::format("decimal(65,{})", scale),
                                  {.kind = Kind::decimal, .precision = 65, .scale = scale}});
            }
            return choice;
        }
        case Kind::timestamp:
        case Kind::timestamptz:
            return {{"datetime(6)", column_type(Type::timestamp, Use::value)}};
        case Kind::boolean:
        case Kind::float64:
        case Kind::date:
        case Kind::json:
        case Kind::other:
            break;
    }
    return {};
}

std::optional<Wider> Dialect::exact_type(const StoredColumn& column) const {
    if (column.type.kind != Kind::text || !column.type.max_chars) return std::nullopt;
    sql::ColumnType type = column.type;
    type.last_char = 0x10FFFF;
    return Wider{exact_text(fmt::format("varchar({})", *type.max_chars), collation_), type};
}

std::string Dialect::set_column_type(const StoredTable& table, const StoredColumn& column,
                                     const Wider& wider) const {
    return "ALTER TABLE " + table.shown + " MODIFY COLUMN " + quote_name(column.name) + " " +
           wider.type_text + (column.attributes.empty() ? "" : " " + column.attributes);
}

std::string Dialect::stage_name(std::string_view stage) const { return quote_name(stage); }

std::vector<std::string> Dialect::create_stage(std::string_view stage, const StoredTable& table,
                                               std::span<const StoredColumn> columns) const {
    // MySQL's own engine for what need not be rolled back would refuse long rows.
    const bool is_mariadb = collation_ != "utf8mb4_0900_bin";
    const std::string_view engine =
        is_mariadb ? "Aria TRANSACTIONAL = 0" : "InnoDB ROW_FORMAT = DYNAMIC";
    return {"DROP TEMPORARY TABLE IF EXISTS " + quote_name(stage),
            fmt::format("CREATE TEMPORARY TABLE {} ENGINE = {} SELECT {} FROM {} LIMIT 0",
                        quote_name(stage), engine, names(columns), table.shown)};
}

std::string Dialect::update_from_stage(const Merge& merge) const {
    std::string on, set, unchanged;
    for (const StoredColumn& column : merge.columns) {
        const std::string name = quote_name(column.name);
        const bool is_key =
            std::any_of(merge.key.begin(), merge.key.end(),
                        [&](const StoredColumn& part) { return part.name == column.name; });
        if (is_key) {
            append(on, " AND ", fmt::format("t.{0} = s.{0}", name));
            if (column.compare_as_text) append(on, " AND ", same_staged(column, collation_));
            continue;
        }
        append(set, ", ", fmt::format("t.{0} = s.{0}", name));
        append(unchanged, " AND ", same_staged(column, collation_));
    }
    if (set.empty()) return {};
    if (merge.changed) append(set, ", ", fmt::format("t.{} = ?", quote_name(merge.changed->name)));
    // The stage is small: its rows look up theirs, whatever the statistics of a table that has just
    // grown say.
    return fmt::format("UPDATE {} AS s STRAIGHT_JOIN {} AS t ON {}\nSET {}\nWHERE NOT ({})",
                       merge.stage, merge.table, on, set, unchanged);
}

std::vector<std::string> Dialect::create_own_tables() const {
    const std::string id = exact_text("varchar(255)", collation_);
    const std::string text = exact_text("longtext", "utf8mb4_bin");
    constexpr std::string_view kEnd =
        " ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4";
    return {fmt::format("CREATE TABLE IF NOT EXISTS ringtail_checkpoints (stream {} PRIMARY KEY, "
                        "checkpoint {}, holder {}, lease_until datetime(6), updated_at "
                        "datetime(6)){}",
                        id, text, id, kEnd),
            fmt::format("CREATE TABLE IF NOT EXISTS ringtail_rejects (table_name {0} NOT NULL, "
                        "row_key {0} NOT NULL, column_name {0} NOT NULL, raw {0} NOT NULL, reason "
                        "{0} NOT NULL, rejected_at datetime(6) NOT NULL, digest char(32) CHARACTER "
                        "SET ascii COLLATE ascii_bin PRIMARY KEY){1}",
                        text, kEnd),
            fmt::format("CREATE TABLE IF NOT EXISTS ringtail_rechecks (stream {0}, `key` {0}, step "
                        "int NOT NULL, due datetime(6) NOT NULL, PRIMARY KEY (stream, `key`)){1}",
                        id, kEnd)};
}

std::string Dialect::now() const { return "UTC_TIMESTAMP(6)"; }

std::string Dialect::now_plus(int seconds) const {
    return fmt::format("UTC_TIMESTAMP(6) + INTERVAL {} SECOND", seconds);
}

std::string Dialect::seconds_until(std::string_view time) const {
    return fmt::format("CEIL(TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), {}) / 1000000)", time);
}

std::string Dialect::by_bytes(const std::string& name, const reading::Column& column,
                              const std::string& is, const std::string& value) const {
    if (!column.compare_as_text && column.type.kind == sql::Kind::text)
        return fmt::format("{} {} {}", name, is, value);
    return fmt::format("CAST(CONVERT({} USING utf8mb4) AS BINARY) {} CAST({} AS BINARY)", name, is,
                       value);
}

std::string Dialect::limit(std::size_t rows) const { return "LIMIT " + std::to_string(rows); }

}  // namespace ringtail::mysql
