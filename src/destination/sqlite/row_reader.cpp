#include "destination/sqlite/row_reader.hpp"

#include <utility>

#include "destination/reading/canonical_row.hpp"
#include "destination/sqlite/shape.hpp"
#include "sql/names.hpp"

namespace ringtail {

std::optional<reading::TableThere> SqliteWords::table(const Table& table) {
    const Shape shape = read_shape(db_, table.name);
    if (!shape.exists()) return std::nullopt;
    reading::TableThere there{sql::quote_identifier(shape.name), {}};
    const auto columns = columns_in(shape, table);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (!columns[i]) {
            there.columns.emplace_back(std::nullopt);
            continue;
        }
        reading::Column column{sql::quote_identifier(columns[i]->name), columns[i]->type,
                               table.columns[i].type};
        // SQLite's times are texts.
        if (column.type.kind == sql::Kind::timestamptz) column.type.kind = sql::Kind::text;
        there.columns.emplace_back(std::move(column));
    }
    return there;
}

// As a number where it is one, as SQLite makes a text of it for a column of texts but not always
// the reverse.
std::string SqliteWords::value(const reading::Column& column, std::string text) {
    if (column.source == Type::int64) return text;
    params_.push_back(std::move(text));
    return "?";
}

std::string SqliteWords::by_bytes(const std::string& name, const reading::Column& /*column*/,
                                  const std::string& is, std::string text) {
    params_.push_back(std::move(text));
    return name + " COLLATE BINARY " + is + " ?";
}

sqlite::Statement SqliteWords::prepare(const std::string& sql, const std::string& doing) const {
    auto statement = db_.prepare(sql, doing);
    for (std::size_t i = 0; i < params_.size(); ++i)
        statement.bind_static(static_cast<int>(i) + 1, params_[i]);
    return statement;
}

void read_rows(sqlite::Connection& db, const RowQuery& query, const RowSink& sink,
               const std::stop_token& stop) {
    sqlite::Transaction transaction(db, sqlite::Transaction::Kind::read);
    SqliteWords words(db);
    const auto sql = reading::select(query, words);
    if (!sql) return;
    reading::CanonicalRow row(query, sink, stop);
    auto statement = words.prepare(*sql, "reading " + query.table.name);
    while (statement.step()) {
        for (int i = 0; i < static_cast<int>(row.width()); ++i) {
            if (statement.is_null(i))
                row.add(std::nullopt);
            else
                row.add(statement.text(i));
        }
        row.end();
    }
}

std::uint64_t count_rows(sqlite::Connection& db, const RowQuery& query) {
    SqliteWords words(db);
    const auto sql = reading::count(query, words);
    if (!sql) return 0;
    auto statement = words.prepare(*sql, "counting rows of " + query.table.name);
    return statement.step() ? static_cast<std::uint64_t>(statement.integer(0)) : 0;
}

}  // namespace ringtail
