#include "sql/postgres_text.hpp"

#include <fmt/core.h>

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

// The type that keys are compared in. A cast to varchar(50) or numeric(5,2) would cut or round the
// key, and it would be found where it is not.
std::string key_type(const ColumnText& key) {
    std::string type = key.type;
    const auto open = type.find('(');
    if (open != std::string::npos) type.erase(open, type.find(')', open) + 1 - open);
    return type == "character" ? "bpchar" : type;  // "character" alone is one character
}

void append(std::string& list, std::string_view between, std::string_view item) {
    if (!list.empty()) list += between;
    list += item;
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

std::string create_index(const TableName& table, std::span<const std::string> columns,
                         bool is_unique) {
    return fmt::format("CREATE {}INDEX ON {} ({})", is_unique ? "UNIQUE " : "", table.quoted(),
                       list(columns));
}

std::string add_foreign_key(const TableName& table, std::string_view column,
                            const TableName& parent, std::string_view parent_key) {
    return "ALTER TABLE " + table.quoted() + " ADD FOREIGN KEY (" + quote_identifier(column) +
           ") REFERENCES " + parent.quoted() + " (" + quote_identifier(parent_key) +
           ") ON DELETE CASCADE";
}

std::string validate_constraint(const TableName& table, std::string_view constraint) {
    return "ALTER TABLE " + table.quoted() + " VALIDATE CONSTRAINT " + quote_identifier(constraint);
}

std::string rows_without_parent(const TableName& table, std::string_view column,
                                const TableName& parent, std::string_view parent_key) {
    return fmt::format(
        "SELECT * FROM {} AS c WHERE c.{} IS NOT NULL AND NOT EXISTS (SELECT FROM {} AS p WHERE "
        "p.{} = c.{})",
        table.quoted(), quote_identifier(column), parent.quoted(), quote_identifier(parent_key),
        quote_identifier(column));
}

std::string create_stage(std::string_view stage, const TableName& table,
                         std::span<const std::string> columns) {
    return "CREATE TEMPORARY TABLE " + quote_identifier(stage) +
           " ON COMMIT DELETE ROWS AS SELECT " + list(columns) + " FROM " + table.quoted() +
           " WITH NO DATA";
}

std::string copy_from_stdin(std::string_view table, std::span<const std::string> columns,
                            Format format) {
    return "COPY " + std::string(table) + " (" + list(columns) + ") FROM STDIN" +
           (format == Format::binary ? " WITH (FORMAT binary)" : "");
}

std::string find_existing(const TableName& table, std::span<const ColumnText> key) {
    std::string arrays, names, condition;
    for (std::size_t i = 0; i < key.size(); ++i) {
        const std::string number = std::to_string(i + 1);
        const bool is_whole = key[i].type == "bigint";
        append(arrays, ", ", fmt::format("${}::{}[]", number, is_whole ? "bigint" : "text"));
        append(names, ", ", "k" + number);
        append(condition, " AND ",
               fmt::format("t.{} = CAST(k.k{} AS {})", quote_identifier(key[i].name), number,
                           key_type(key[i])));
    }
    return "SELECT k.place FROM unnest(" + arrays + ") WITH ORDINALITY AS k (" + names +
           ", place) WHERE EXISTS (SELECT FROM " + table.quoted() + " AS t WHERE " + condition +
           ")";
}

std::string update_from_stage(const Update& update) {
    std::string set, stored, staged, same_key;
    for (const ColumnText& column : update.columns) {
        const std::string name = quote_identifier(column.name);
        const bool is_key =
            std::any_of(update.key.begin(), update.key.end(),
                        [&](const ColumnText& part) { return part.name == column.name; });
        if (is_key) {
            append(same_key, " AND ", fmt::format("t.{0} = s.{0}", name));
            continue;
        }
        append(set, ", ", fmt::format("{0} = s.{0}", name));
        append(stored, ", ", compared("t", column));
        append(staged, ", ", compared("s", column));
    }
    if (set.empty()) return {};
    if (update.changed) {
        append(
            set, ", ",
            quote_identifier(update.changed->name) + " = CAST($1 AS " + update.changed->type + ")");
    }
    return "UPDATE " + update.table.quoted() + " AS t\nSET " + set + "\nFROM " +
           quote_identifier(update.stage) + " AS s\nWHERE " + same_key + "\nAND ROW(" + stored +
           ") IS DISTINCT FROM ROW(" + staged + ")";
}

std::string erase(const TableName& table, const ColumnText& key) {
    return "DELETE FROM " + table.quoted() + " WHERE " + quote_identifier(key.name) +
           " = ANY (CAST($1 AS " + key_type(key) + "[]))";
}

std::string fingerprints(const TableName& table, std::span<const ColumnText> key,
                         std::string_view fingerprint) {
    const std::string print =
        fingerprint.empty() ? "NULL::text" : quote_identifier(fingerprint) + "::text";
    if (key.size() == 1) {
        const std::string name = quote_identifier(key.front().name);
        return "SELECT " + name + "::text, " + print + " FROM " + table.quoted() + " WHERE " +
               name + " = ANY (CAST($1 AS " + key_type(key.front()) + "[]))";
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
