#include "destination/sqlite/shape.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "sql/names.hpp"

namespace ringtail {
namespace {

// Asking for the list of tables makes SQLite resolve all views there are, which takes long where
// many sources have theirs. It is asked only about tables whose text has a word that may make them
// special.
void read_kind(sqlite::Connection& db, Shape& shape) {
    auto about = db.prepare(
        "SELECT strict, NOT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?1",
        "reading the table " + shape.name);
    about.bind_static(1, shape.name);
    if (!about.step()) return;
    shape.strict = about.integer(0) != 0;
    shape.has_rowid = about.integer(1) != 0;
}

}  // namespace

Shape read_shape(sqlite::Connection& db, const std::string& table) {
    Shape shape;
    auto about = db.prepare(
        "SELECT name, sql LIKE '%strict%' OR sql LIKE '%without%' OR sql LIKE '%virtual%' FROM "
        "sqlite_schema WHERE type IN ('table', 'view') AND name = ?1 COLLATE NOCASE LIMIT 1",
        "reading the table " + table);
    about.bind_static(1, table);
    if (!about.step()) return shape;
    shape.name = about.text(0);
    const bool may_be_special = about.integer(1) != 0;
    about.reset();
    if (may_be_special) read_kind(db, shape);
    auto columns = db.prepare("SELECT name, type, hidden FROM pragma_table_xinfo(?1)",
                              "reading the table " + table);
    columns.bind_static(1, table);
    while (columns.step()) {
        shape.columns.push_back(
            {std::string(columns.text(0)), std::string(columns.text(1)), columns.integer(2) != 0});
    }
    return shape;
}

std::vector<std::string> names_in(const Shape& shape, const Table& table) {
    std::vector<std::string> wanted;
    std::vector<std::string> existing;
    for (const Column& column : table.columns) wanted.push_back(column.name);
    for (const auto& column : shape.columns) existing.push_back(column.name);
    return sql::map_names(wanted, existing, {.folds_case = true});
}

std::vector<std::optional<StoredColumn>> columns_in(const Shape& shape, const Table& table) {
    const std::vector<std::string> names = names_in(shape, table);
    std::vector<std::optional<StoredColumn>> columns;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto found =
            std::find_if(shape.columns.begin(), shape.columns.end(),
                         [&](const Shape::Declared& c) { return c.name == names[i]; });
        if (found == shape.columns.end()) {
            columns.emplace_back(std::nullopt);
            continue;
        }
        columns.emplace_back(
            stored_column(found->name, found->type, table.columns[i].type, shape.strict));
        columns.back()->generated = found->generated;
    }
    return columns;
}

std::size_t place_of(const Table& table, const std::string& name) {
    const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                    [&](const Column& column) { return column.name == name; });
    if (found == table.columns.end()) {
        throw Error(Fault::bug, "table " + table.name + " has no column " + name);
    }
    return static_cast<std::size_t>(found - table.columns.begin());
}

}  // namespace ringtail
