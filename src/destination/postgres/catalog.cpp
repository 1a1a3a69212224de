#include "destination/postgres/catalog.hpp"

#include "base/error.hpp"
#include "sql/utf8.hpp"

namespace ringtail::postgres {
namespace {

using sql::Kind;
using sql::postgres::TableName;

std::string lower(std::string text) {
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

// `base` is the name in pg_type, `modifier` the typmod, -1 for none.
sql::ColumnType type_of(std::string_view base, std::int64_t modifier) {
    sql::ColumnType type;
    const bool limited = modifier >= 0;
    if (base == "text" || base == "citext") {
        type.kind = Kind::text;
    } else if (base == "varchar" || base == "bpchar") {
        type.kind = Kind::text;
        if (limited) type.max_chars = static_cast<std::uint32_t>(modifier - 4);
    } else if (base == "bool") {
        type.kind = Kind::boolean;
    } else if (base == "int2" || base == "int4" || base == "int8") {
        type.kind = Kind::integer;
        type.bytes = static_cast<std::uint8_t>(base.back() - '0');
    } else if (base == "float4" || base == "float8") {
        type.kind = Kind::float64;
        type.bytes = static_cast<std::uint8_t>(base.back() - '0');
    } else if (base == "numeric") {
        type.kind = Kind::decimal;
        if (limited) {
            type.precision = static_cast<int>(((modifier - 4) >> 16) & 0xffff);
            type.scale =
                static_cast<int>(((modifier - 4) & 0x7ff) ^ 1024) - 1024;  // 11 bits with sign
        }
    } else if (base == "timestamptz" || base == "timestamp") {
        type.kind = base == "timestamp" ? Kind::timestamp : Kind::timestamptz;
        if (limited) type.precision = static_cast<int>(modifier);
    } else if (base == "date") {
        type.kind = Kind::date;
    } else if (base == "json" || base == "jsonb") {
        type.kind = Kind::json;
        type.holds_nul = base == "json";
    } else {
        type.kind = Kind::other;
    }
    return type;
}

constexpr std::string_view kTableQuery = R"(
SELECT c.oid, n.nspname, c.relname, c.relkind IN ('r', 'p'),
       COALESCE(obj_description(c.oid, 'pg_class') LIKE $3 || '%', false),
       has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
         AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE'),
       row_security_active(c.oid),
       COALESCE(obj_description(c.oid, 'pg_class') = $4, false)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f'))";

// A domain counts as the type it is made of. Types outside pg_catalog may have the name of one
// inside.
constexpr std::string_view kColumnQuery = R"(
SELECT a.attname, format_type(a.atttypid, a.atttypmod),
       CASE WHEN b.typnamespace = 'pg_catalog'::regnamespace OR b.typname = 'citext' THEN b.typname ELSE '' END,
       CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END,
       a.attgenerated <> '' OR a.attidentity = 'a',
       t.typtype = 'd',
       COALESCE(NOT l.collisdeterministic, false)
FROM pg_attribute a
JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
LEFT JOIN pg_collation l ON l.oid = a.attcollation
WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum)";

constexpr std::string_view kKeyQuery = R"(
SELECT i.indexrelid, a.attname
FROM pg_index i
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[])
WHERE i.indrelid = $1 AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL
  AND i.indexprs IS NULL AND i.indnatts = i.indnkeyatts
ORDER BY i.indexrelid, a.attname COLLATE "C")";

constexpr std::string_view kIndexQuery = R"(
SELECT i.indexrelid, a.attname
FROM pg_index i
CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
WHERE i.indrelid = $1 AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
  AND k.place <= i.indnkeyatts
ORDER BY i.indexrelid, k.place)";

// The columns of each index.
std::vector<std::vector<std::string>> grouped(const Rows& rows) {
    std::vector<std::vector<std::string>> indexes;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (i == 0 || rows.text(i, 0) != rows.text(i - 1, 0)) indexes.emplace_back();
        indexes.back().emplace_back(rows.text(i, 1));
    }
    return indexes;
}

}  // namespace

TableName place_of(Connection& connection, std::string_view name) {
    const auto& rules = sql::postgres::name_rules();
    std::string schema = connection.schema();
    const auto dot = name.find('.');
    if (dot != std::string_view::npos && dot > 0) {
        const std::string given(name.substr(0, dot));
        name.remove_prefix(dot + 1);
        const Rows found = connection.run(
            "SELECT nspname FROM pg_namespace WHERE nspname IN ($1, $2) ORDER BY nspname = $1 DESC",
            {given, lower(given)});
        if (found.size() == 0) {
            throw Error(Fault::config,
                        "PostgreSQL, " + connection.where() + ": there is no schema " + given)
                .with_hint("CREATE SCHEMA " + sql::quote_identifier(given) + "; or another prefix");
        }
        schema = found.text(0, 0);
    }
    if (name.empty() || name.find('\0') != std::string_view::npos) {
        throw Error(Fault::config,
                    "PostgreSQL cannot have a table named \"" + sql::storable(name) + "\"");
    }
    // The first is what is created where none of them exists.
    const std::string exact(name);
    std::vector<std::string> candidates;
    if (name.size() > rules.max_bytes) candidates.push_back(sql::hashed_name(name, rules));
    candidates.emplace_back(sql::clip(exact, rules.max_bytes));
    candidates.emplace_back(sql::clip(lower(exact), rules.max_bytes));
    for (const std::string& candidate : candidates) {
        const Rows found = connection.run(
            "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')",
            {schema, candidate});
        if (found.size() != 0) return {schema, candidate};
    }
    return {schema, candidates.front()};
}

std::optional<StoredTable> read_table(Connection& connection, std::string_view name) {
    StoredTable table;
    table.name = place_of(connection, name);
    table.shown = table.name.quoted();
    const Rows found = connection.run(
        std::string(kTableQuery), {table.name.schema, table.name.name, std::string(kCreatedComment),
                                   std::string(relational::kKeysFollowComment)});
    if (found.size() == 0) return std::nullopt;
    const Param oid(std::string(found.text(0, 0)));
    table.is_table = found.boolean(0, 3);
    table.ours = found.boolean(0, 4);
    table.writable = found.boolean(0, 5);
    table.row_security = found.boolean(0, 6);
    table.keys_follow = found.boolean(0, 7);

    const Rows columns = connection.run(std::string(kColumnQuery), {oid});
    for (std::size_t i = 0; i < columns.size(); ++i) {
        StoredColumn column{.name = std::string(columns.text(i, 0)),
                            .type_text = std::string(columns.text(i, 1)),
                            .type = type_of(columns.text(i, 2), columns.number(i, 3))};
        column.generated = columns.boolean(i, 4);
        if (columns.boolean(i, 5)) column.fixed = "it is of a domain type";
        column.compare_as_text = column.type.kind == Kind::json ||
                                 column.type.kind == Kind::other ||
                                 columns.text(i, 2) == "citext" || columns.boolean(i, 6);
        table.columns.push_back(std::move(column));
    }

    table.unique_keys = grouped(connection.run(std::string(kKeyQuery), {oid}));
    table.indexes = grouped(connection.run(std::string(kIndexQuery), {oid}));
    return table;
}

}  // namespace ringtail::postgres
