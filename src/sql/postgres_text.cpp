#include "sql/postgres_text.hpp"

#include <algorithm>
#include <array>

namespace ringtail::sql::postgres {
namespace {

// "a", "b", with `before` in front of each.
std::string list(std::span<const std::string> names, std::string_view before = "") {
    std::string text;
    for (const std::string& name : names) {
        if (!text.empty()) text += ", ";
        text += before;
        text += quote_identifier(name);
    }
    return text;
}

std::string compared(std::string_view row, const ColumnText& column) {
    std::string text = std::string(row) + "." + quote_identifier(column.name);
    if (column.compare_as_text) text += "::text COLLATE \"C\"";
    return text;
}

// A cast to varchar(50)[] would cut keys, and a key that is too long must simply not be found.
std::string key_array_type(const ColumnText& key) {
    return key.type.starts_with("character") ? "text[]" : key.type + "[]";
}

void append_element(std::string_view element, std::string& out) {
    out += '"';
    for (const char c : element) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

}  // namespace

const NameRules& name_rules() {
    static constexpr std::array<std::string_view, 6> kSystemColumns{"tableoid", "xmin", "cmin",
                                                                    "xmax",     "cmax", "ctid"};
    static const NameRules rules{.max_bytes = 63, .folds_case = false, .reserved = kSystemColumns};
    return rules;
}

std::string_view type_name(Type type) {
    switch (type) {
        case Type::boolean:
            return "boolean";
        case Type::int64:
            return "bigint";
        case Type::decimal:
            return "numeric";
        case Type::text:
            return "text";
        case Type::timestamp:
            return "timestamp with time zone";
        case Type::json:
            return "json";  // jsonb would sort keys and drop doubled ones
    }
    return "text";
}

ColumnType column_type(Type type) {
    switch (type) {
        case Type::boolean:
            return {.kind = Kind::boolean};
        case Type::int64:
            return {.kind = Kind::integer, .bytes = 8};
        case Type::decimal:
            return {.kind = Kind::decimal};
        case Type::text:
            return {.kind = Kind::text};
        case Type::timestamp:
            return {.kind = Kind::timestamptz};
        case Type::json:
            return {.kind = Kind::json, .holds_nul = true};
    }
    return {};
}

std::string create_table(const TableName& table, std::span<const ColumnText> columns,
                         std::span<const std::string> key) {
    std::string text = "CREATE TABLE " + table.quoted() + " (\n";
    for (const ColumnText& column : columns) {
        text += "    " + quote_identifier(column.name) + " " + column.type + ",\n";
    }
    return text + "    PRIMARY KEY (" + list(key) + ")\n)";
}

std::string add_column(const TableName& table, const ColumnText& column) {
    return "ALTER TABLE " + table.quoted() + " ADD COLUMN " + quote_identifier(column.name) + " " +
           column.type;
}

std::string set_column_type(const TableName& table, const ColumnText& column) {
    return "ALTER TABLE " + table.quoted() + " ALTER COLUMN " + quote_identifier(column.name) +
           " TYPE " + column.type;
}

std::string create_index(const TableName& table, std::string_view column) {
    return "CREATE INDEX ON " + table.quoted() + " (" + quote_identifier(column) + ")";
}

std::string add_foreign_key(const TableName& table, std::string_view column,
                            const TableName& parent, std::string_view parent_key) {
    return "ALTER TABLE " + table.quoted() + " ADD FOREIGN KEY (" + quote_identifier(column) +
           ") REFERENCES " + parent.quoted() + " (" + quote_identifier(parent_key) +
           ") ON DELETE CASCADE";
}

std::string create_stage(std::string_view stage, const TableName& table,
                         std::span<const std::string> columns) {
    return "CREATE TEMPORARY TABLE " + quote_identifier(stage) +
           " ON COMMIT DELETE ROWS AS SELECT " + list(columns) + " FROM " + table.quoted() +
           " WITH NO DATA";
}

std::string copy_from_stdin(std::string_view table, std::span<const std::string> columns) {
    return "COPY " + std::string(table) + " (" + list(columns) + ") FROM STDIN";
}

std::string merge(const Merge& merge) {
    std::vector<std::string> names;
    std::string set, stored, excluded;
    const auto append = [](std::string& list, const std::string& item) {
        if (!list.empty()) list += ", ";
        list += item;
    };
    for (const ColumnText& column : merge.columns) {
        names.push_back(column.name);
        if (std::find(merge.key.begin(), merge.key.end(), column.name) != merge.key.end()) continue;
        const std::string name = quote_identifier(column.name);
        append(set, name + " = EXCLUDED." + name);
        append(stored, compared("t", column));
        append(excluded, compared("EXCLUDED", column));
    }
    std::string insert = list(names);
    std::string select = list(names, "s.");
    if (merge.changed) {
        const std::string name = quote_identifier(merge.changed->name);
        append(insert, name);
        append(select, "CAST($1 AS " + merge.changed->type + ")");
        if (!set.empty()) append(set, name + " = EXCLUDED." + name);
    }
    std::string text = "WITH merged AS (\nINSERT INTO " + merge.table.quoted() + " AS t (" +
                       insert + ")\nSELECT " + select + " FROM " + quote_identifier(merge.stage) +
                       " AS s\nON CONFLICT (" + list(merge.key) + ") DO ";
    if (set.empty()) {
        text += "NOTHING";
    } else {
        text += "UPDATE SET " + set + "\nWHERE ROW(" + stored + ") IS DISTINCT FROM ROW(" +
                excluded + ")";
    }
    // A row version that an UPDATE made carries the lock of the statement that made it in xmax; a
    // new row has none.
    return text +
           "\nRETURNING (xmax = 0) AS fresh)\n"
           "SELECT count(*) FILTER (WHERE fresh), count(*) FROM merged";
}

std::string erase(const TableName& table, const ColumnText& key) {
    return "DELETE FROM " + table.quoted() + " WHERE " + quote_identifier(key.name) +
           " = ANY (CAST($1 AS " + key_array_type(key) + "))";
}

std::string fingerprints(const TableName& table, std::span<const ColumnText> key,
                         std::string_view fingerprint) {
    const std::string print =
        fingerprint.empty() ? "NULL::text" : quote_identifier(fingerprint) + "::text";
    if (key.size() == 1) {
        const std::string name = quote_identifier(key.front().name);
        return "SELECT " + name + "::text, " + print + " FROM " + table.quoted() + " WHERE " +
               name + " = ANY (CAST($1 AS " + key_array_type(key.front()) + "))";
    }
    std::string joined;
    for (const ColumnText& part : key) {
        if (!joined.empty()) joined += " || chr(31) || ";
        joined += quote_identifier(part.name) + "::text";
    }
    return "SELECT " + joined + ", " + print + " FROM " + table.quoted() + " WHERE " + joined +
           " = ANY (CAST($1 AS text[]))";
}

std::string array_literal(std::span<const std::optional<std::string>> elements) {
    std::string text = "{";
    for (const auto& element : elements) {
        if (text.size() > 1) text += ',';
        if (element) {
            append_element(*element, text);
        } else {
            text += "NULL";
        }
    }
    return text + "}";
}

std::string array_literal(std::span<const std::string> elements) {
    std::string text = "{";
    for (const std::string& element : elements) {
        if (text.size() > 1) text += ',';
        append_element(element, text);
    }
    return text + "}";
}

}  // namespace ringtail::sql::postgres
