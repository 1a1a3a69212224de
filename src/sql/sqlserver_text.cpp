#include "sql/sqlserver_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/md5.hpp"

namespace ringtail::sql::sqlserver {
namespace {

void append(std::string& list, std::string_view between, std::string_view item) {
    if (!list.empty()) list += between;
    list += item;
}

// [a], [b], with `before` in front of each.
std::string list(std::span<const ColumnText> columns, std::string_view before = "") {
    std::string text;
    for (const ColumnText& column : columns)
        append(text, ", ", std::string(before) + quote(column.name));
    return text;
}

std::string full_type(const ColumnText& column) {
    return column.attributes.empty() ? column.type : column.type + " " + column.attributes;
}

// A text of any kind, which needs no cast.
bool is_text(const ColumnText& column) {
    return column.fits.kind == Kind::text || column.fits.kind == Kind::json;
}

bool is_binary(const ColumnText& column) {
    return column.attributes.find(kBinary) != std::string::npos;
}

// The value in a form whose = overlooks nothing. Blanks at the end do not count in a comparison, so
// something is put behind them.
std::string exact(std::string_view row, const ColumnText& column) {
    std::string name = std::string(row) + "." + quote(column.name);
    if (!column.compare_as_text) return name;
    return fmt::format("(CAST({} AS nvarchar(max)) + N'.') COLLATE {}", name, kBinary);
}

// Same key, to the last bit: keys of ours do that by their collation; they do not end with blanks.
std::string same_key(std::string_view a, std::string_view b, std::span<const ColumnText> key) {
    std::string condition;
    for (const ColumnText& part : key) {
        const std::string name = quote(part.name);
        append(condition, " AND ", fmt::format("{}.{} = {}.{}", a, name, b, name));
        if (is_text(part) && !is_binary(part)) {
            append(condition, " AND ",
                   fmt::format("{0}.{2} COLLATE {3} = {1}.{2} COLLATE {3}", a, b, name, kBinary));
        }
    }
    return condition;
}

bool is_key(const Merge& merge, const ColumnText& column) {
    return std::any_of(merge.key.begin(), merge.key.end(),
                       [&](const ColumnText& part) { return part.name == column.name; });
}

}  // namespace

const NameRules& name_rules(bool babelfish) {
    static const NameRules server{
        .max_bytes = 128, .folds_case = true, .only_plain_chars = true, .folds_as_text = true};
    static const NameRules fish{
        .max_bytes = 63, .folds_case = true, .only_plain_chars = true, .folds_as_text = true};
    return babelfish ? fish : server;
}

std::string quote(std::string_view name) {
    if (name.find(']') != std::string_view::npos) return quote_identifier(name);
    return "[" + std::string(name) + "]";
}

std::string quote(const TableName& table) { return quote(table.schema) + "." + quote(table.name); }

std::string literal(std::string_view text) {
    std::string out = "N'";
    char before = 0;
    bool parted = false;
    for (const char c : text) {
        // A line's end behind a backslash would vanish with it.
        if (before == '\\' && (c == '\n' || c == '\r')) {
            out += "' + N'";
            parted = true;
        }
        if (c == '\'') out += c;
        out += c;
        before = c;
    }
    out += '\'';
    // Of parts that are short each, what is longer than 4,000 would be cut without a word.
    return parted ? "CAST(N'' AS nvarchar(max)) + " + out : out;
}

std::string create_table(const TableName& table, std::span<const ColumnText> columns,
                         std::span<const std::string> key) {
    std::string text = "CREATE TABLE " + quote(table) + " (\n";
    for (const ColumnText& column : columns) {
        const bool of_key = std::find(key.begin(), key.end(), column.name) != key.end();
        text += "    " + quote(column.name) + " " + full_type(column) + (of_key ? " NOT" : "") +
                " NULL,\n";
    }
    std::string names;
    for (const std::string& part : key) append(names, ", ", quote(part));
    const std::string name = "ringtail_" + md5_hex({table.name}).substr(0, 16);
    return text + "    CONSTRAINT " + quote(name) + " PRIMARY KEY (" + names + ")\n)";
}

std::string add_column(const TableName& table, const ColumnText& column) {
    return "ALTER TABLE " + quote(table) + " ADD " + quote(column.name) + " " + full_type(column) +
           " NULL";
}

// Without NULL, which Babelfish does not take; a column is nullable unless it says otherwise.
std::string alter_column(const TableName& table, const ColumnText& column,
                         const std::string& type) {
    const std::string kept = column.attributes.empty() ? "" : " " + column.attributes;
    return "ALTER TABLE " + quote(table) + " ALTER COLUMN " + quote(column.name) + " " + type +
           kept;
}

std::string create_index(const TableName& table, std::span<const std::string> columns,
                         bool is_unique) {
    std::string names, identity = table.name;
    for (const std::string& column : columns) {
        append(names, ", ", quote(column));
        identity += "\n" + column;
    }
    if (is_unique) identity += "\nunique";
    const std::string name = "ringtail_" + md5_hex({identity}).substr(0, 16);
    // The server holds two nulls for the same, where other databases do not.
    std::string filter;
    for (const std::string& column : columns)
        if (is_unique)
            filter += (filter.empty() ? " WHERE " : " AND ") + quote(column) + " IS NOT NULL";
    return fmt::format("CREATE {}INDEX {} ON {} ({}){}", is_unique ? "UNIQUE " : "", quote(name),
                       quote(table), names, filter);
}

std::vector<std::string> make_view(const TableName& view, std::string_view select, bool is_there,
                                   bool babelfish) {
    const std::string rest = fmt::format("VIEW {} AS {}", quote(view), select);
    if (!is_there) return {"CREATE " + rest};
    if (!babelfish) return {"ALTER " + rest};
    return {"DROP VIEW " + quote(view), "CREATE " + rest};
}

std::string add_foreign_key(const TableName& table, std::string_view column,
                            const TableName& parent, std::string_view parent_key) {
    return "ALTER TABLE " + quote(table) + " ADD FOREIGN KEY (" + quote(column) + ") REFERENCES " +
           quote(parent) + " (" + quote(parent_key) + ") ON DELETE CASCADE";
}

std::vector<std::string> create_stage(std::string_view stage, const TableName& table,
                                      std::span<const ColumnText> columns) {
    return {fmt::format("IF OBJECT_ID(N'tempdb..{0}') IS NOT NULL DROP TABLE {0}", stage),
            fmt::format("SELECT TOP 0 {} INTO {} FROM {}", list(columns), stage, quote(table))};
}

std::string json_name(std::size_t column) { return "c" + std::to_string(column); }

std::string fill_from_json(std::string_view stage, std::span<const ColumnText> columns,
                           std::size_t at_once) {
    const bool joined = columns.size() > at_once;
    std::string values, from;
    for (std::size_t begin = 0; begin < columns.size(); begin += at_once) {
        const std::string part = "j" + std::to_string(begin / at_once);
        std::string with = joined ? "n int '$.n'" : "";
        for (std::size_t i = begin; i < std::min(begin + at_once, columns.size()); ++i) {
            const std::string name = json_name(i);
            append(with, ", ", fmt::format("{0} nvarchar(max) '$.{0}'", name));
            const std::string value = joined ? fmt::format("{}.{}", part, name) : name;
            append(values, ", ",
                   is_text(columns[i]) ? value
                                       : fmt::format("CAST({} AS {})", value, columns[i].type));
        }
        from += (begin == 0 ? "FROM " : "\nJOIN ") +
                fmt::format("OPENJSON(@rows) WITH ({})", with) + (joined ? " AS " + part : "");
        if (begin > 0) from += fmt::format(" ON {}.n = j0.n", part);
    }
    return fmt::format("DECLARE @rows nvarchar(max) = ?;\nINSERT INTO {} ({})\nSELECT {}\n{}",
                       stage, list(columns), values, from);
}

std::string json_probe() {
    return "DECLARE @rows nvarchar(max) = ?;\nSELECT c0, c1\nFROM OPENJSON(@rows) WITH (c0 "
           "nvarchar(max) '$.c0', c1 nvarchar(max) '$.c1')\nORDER BY c1";
}

std::string json_join_probe() {
    return "DECLARE @rows nvarchar(max) = ?;\nSELECT j0.c0, j1.c1\nFROM OPENJSON(@rows) WITH (n "
           "int "
           "'$.n', c0 nvarchar(max) '$.c0') AS j0\nJOIN OPENJSON(@rows) WITH (n int '$.n', c1 "
           "nvarchar(max) '$.c1') AS j1 ON j1.n = j0.n\nORDER BY j1.c1";
}

std::string json_probe_document() {
    return R"([{"n":1,"c0":null,"c1":"1"},{"n":2,"c0":"ä\u0001\"\\\n ","c1":"2"},)"
           R"({"n":3,"c0":null,"c1":"3"}])";
}

std::vector<std::vector<std::optional<std::string>>> json_probe_answer() {
    return {{std::nullopt, "1"}, {"ä\x01\"\\\n ", "2"}, {std::nullopt, "3"}};
}

std::string fill_from_values(std::string_view stage, std::span<const ColumnText> columns) {
    return fmt::format("INSERT INTO {} ({}) VALUES ", stage, list(columns));
}

std::string update_from_stage(const Merge& merge) {
    std::string set, stored, staged;
    for (const ColumnText& column : merge.columns) {
        if (is_key(merge, column)) continue;
        const std::string name = quote(column.name);
        append(set, ", ", fmt::format("{0} = s.{0}", name));
        append(staged, ", ", exact("s", column));
        append(stored, ", ", exact("t", column));
    }
    if (set.empty()) return {};
    if (merge.changed) {
        append(set, ", ",
               fmt::format("{} = CAST(? AS {})", quote(merge.changed->name), merge.changed->type));
    }
    return fmt::format(
        "UPDATE t SET {}\nFROM {} AS t JOIN {} AS s ON {}\nWHERE EXISTS (SELECT {} EXCEPT SELECT "
        "{})",
        set, merge.table, merge.stage, same_key("s", "t", merge.key), staged, stored);
}

std::string insert_from_stage(const Merge& merge) {
    std::string names = list(merge.columns);
    std::string values = list(merge.columns, "s.");
    if (merge.changed) {
        append(names, ", ", quote(merge.changed->name));
        append(values, ", ", fmt::format("CAST(? AS {})", merge.changed->type));
    }
    return fmt::format(
        "INSERT INTO {} ({})\nSELECT {}\nFROM {} AS s\nWHERE NOT EXISTS (SELECT 1 FROM {} AS t "
        "WHERE {})",
        merge.table, names, values, merge.stage, merge.table, same_key("t", "s", merge.key));
}

std::string find_twins(const Merge& merge) {
    if (merge.key.size() != 1 || !is_text(merge.key.front()) || is_binary(merge.key.front()))
        return {};
    const std::string name = quote(merge.key.front().name);
    const auto twins = [&](std::string_view other, std::string_view comparison) {
        return fmt::format(
            "SELECT s.{0} FROM {1} AS s JOIN {2} AS o ON o.{0} = s.{0} WHERE o.{0} COLLATE {3} "
            "{4} s.{0} COLLATE {3}",
            name, merge.stage, other, kBinary, comparison);
    };
    // Of twins in the stage the one that the table has stays, otherwise the first. Not UNION, which
    // would hold them for one.
    return twins(merge.table, "<>") + "\nUNION ALL\n" + twins(merge.stage, "<") +
           fmt::format(" AND NOT EXISTS (SELECT 1 FROM {} AS t WHERE {})", merge.table,
                       same_key("t", "s", merge.key));
}

std::string compare_texts(const std::string& value, const std::string& is, const std::string& text,
                          bool is_text) {
    const std::string cast = fmt::format("CAST({} AS nvarchar(max))", value);
    if (is == "=") return fmt::format("({} + N'.') COLLATE {} = {} + N'.'", cast, kBinary, text);
    return fmt::format("{} COLLATE {} {} {}", is_text ? value : cast, kBinary, is, text);
}

std::string in_utc(const std::string& time) {
    return fmt::format("CAST({} AT TIME ZONE N'UTC' AS datetime2(6))", time);
}

std::vector<std::string> create_own_tables() {
    const auto text = [](int length) {
        return fmt::format("nvarchar({}) COLLATE {}", length, kBinary);
    };
    const auto create = [](std::string_view name, const std::string& columns) {
        const std::string table = quote(name);
        return fmt::format("IF OBJECT_ID({}) IS NULL CREATE TABLE {} ({})", literal(table), table,
                           columns);
    };
    return {
        create("ringtail_checkpoints",
               "[stream] " + text(450) +
                   " NOT NULL PRIMARY KEY, [checkpoint] nvarchar(max) NULL, "
                   "[holder] " +
                   text(450) +
                   " NULL, [lease_until] datetime2(6) NULL, [updated_at] datetime2(6) NULL"),
        create("ringtail_rejects",
               "[table_name] nvarchar(max) NOT NULL, [row_key] nvarchar(max) NOT NULL, "
               "[column_name] nvarchar(max) NOT NULL, [raw] nvarchar(max) NOT NULL, [reason] "
               "nvarchar(max) NOT NULL, [rejected_at] datetime2(6) NOT NULL, [digest] " +
                   text(32) + " NOT NULL PRIMARY KEY"),
        create("ringtail_rechecks",
               "[stream] " + text(200) + " NOT NULL, [key] " + text(250) +
                   " NOT NULL, [step] int NOT NULL, [due] datetime2(6) NOT NULL, PRIMARY KEY "
                   "([stream], [key])"),
    };
}

}  // namespace ringtail::sql::sqlserver
