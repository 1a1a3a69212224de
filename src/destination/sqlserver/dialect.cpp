#include "destination/sqlserver/dialect.hpp"

#include "destination/sqlserver/catalog.hpp"
#include "sql/sqlserver_text.hpp"

namespace ringtail::sqlserver {
namespace {

namespace text = sql::sqlserver;
using relational::Use;

text::Merge as_merge(const relational::Merge& merge) {
    text::Merge texts{merge.table, merge.stage, as_texts(merge.columns), as_texts(merge.key), {}};
    if (merge.changed) texts.changed = as_text(*merge.changed);
    return texts;
}

}  // namespace

std::string Dialect::quote(std::string_view name) const { return text::quote(name); }

std::vector<relational::Wider> Dialect::wider_types(const relational::StoredColumn& column,
                                                    Use use) const {
    std::vector<relational::Wider> choice;
    for (auto& wider : text::wider_types(column.type, use == Use::key, use == Use::reference))
        choice.push_back({std::move(wider.type_text), wider.type});
    return choice;
}

std::string Dialect::set_column_type(const relational::StoredTable& table,
                                     const relational::StoredColumn& column,
                                     const relational::Wider& wider) const {
    return text::alter_column(table.name, as_text(column), wider.type_text);
}

std::string Dialect::stage_name(std::string_view stage) const { return "#" + std::string(stage); }

std::vector<std::string> Dialect::create_stage(
    std::string_view stage, const relational::StoredTable& table,
    std::span<const relational::StoredColumn> columns) const {
    return text::create_stage(stage_name(stage), table.name,
                              as_texts({columns.begin(), columns.end()}));
}

std::string Dialect::update_from_stage(const relational::Merge& merge) const {
    return text::update_from_stage(as_merge(merge));
}

std::string Dialect::insert_from_stage(const relational::Merge& merge) const {
    return text::insert_from_stage(as_merge(merge));
}

std::vector<std::string> Dialect::create_own_tables() const { return text::create_own_tables(); }

std::string Dialect::now() const { return "SYSUTCDATETIME()"; }

std::string Dialect::now_plus(int seconds) const {
    return "DATEADD(second, " + std::to_string(seconds) + ", SYSUTCDATETIME())";
}

std::string Dialect::seconds_until(std::string_view time) const {
    return "DATEDIFF(second, SYSUTCDATETIME(), " + std::string(time) + ")";
}

std::string Dialect::by_bytes(const std::string& name, const reading::Column& column,
                              const std::string& is, const std::string& value) const {
    return text::compare_texts(name, is, value, column.type.kind == sql::Kind::text);
}

std::string Dialect::shown(const std::string& name, const reading::Column& column) const {
    return column.type.kind == sql::Kind::timestamptz ? text::in_utc(name) : name;
}

std::string Dialect::limit(std::size_t rows) const {
    return "OFFSET 0 ROWS FETCH NEXT " + std::to_string(rows) + " ROWS ONLY";
}

}  // namespace ringtail::sqlserver
