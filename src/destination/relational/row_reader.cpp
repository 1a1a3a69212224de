#include "destination/relational/row_reader.hpp"

#include "destination/reading/canonical_row.hpp"
#include "destination/relational/loose_texts.hpp"
#include "destination/relational/there.hpp"

namespace ringtail::relational {

std::optional<reading::TableThere> Words::table(const Table& table) {
    const auto stored = database_.schema().read_table(table.name);
    if (!stored) return std::nullopt;
    return there_of(table, *stored, database_.schema().name_rules(),
                    [&](std::string_view name) { return database_.dialect().quote(name); });
}

std::string Words::value(const reading::Column& column, std::string text) {
    // Of a column of whole numbers, that of a time is none.
    const bool is_number = column.source == Type::int64 && column.type.kind == sql::Kind::integer;
    if (is_number && database_.dialect().wants_numbers_bare()) return text;
    if (column.source == Type::timestamp)
        text = database_.dialect().sent_time(std::move(text), column.type);
    params_.emplace_back(std::move(text));
    return "?";
}

std::string Words::by_bytes(const std::string& name, const reading::Column& column,
                            const std::string& is, std::string text) {
    params_.emplace_back(std::move(text));
    return database_.dialect().by_bytes(name, column, is, "?");
}

void StoredRows::read(const RowQuery& query, const RowSink& sink, const std::stop_token& stop) {
    const PatienceScope patience(database_.session(), {.stop = stop});
    if (query.texts && database_.dialect().orders_texts_loosely()) {
        read_loosely(query, sink, stop);
    } else {
        read_as_ordered(query, sink, stop);
    }
}

// The database leaves out only what surely lies outside, and what else does is left out here.
void StoredRows::read_loosely(RowQuery query, const RowSink& sink, const std::stop_token& stop) {
    const RowQuery::Texts wanted = *query.texts;
    query.texts = loosened(wanted);
    query.columns.insert(query.columns.begin(), wanted.column);
    read_as_ordered(
        query,
        [&](std::span<const std::optional<std::string_view>> values) {
            const auto& text = values.front();
            if (text && *text >= wanted.from && *text <= wanted.to) sink(values.subspan(1));
        },
        stop);
}

void StoredRows::read_as_ordered(const RowQuery& query, const RowSink& sink,
                                 const std::stop_token& stop) {
    Words words(database_);
    const auto sql = reading::select(query, words);
    if (!sql) return;
    reading::CanonicalRow row(query, sink, stop);
    database_.session().stream(*sql, words.params(), [&](const RowView& shown) {
        for (std::size_t i = 0; i < row.width(); ++i) row.add(shown.at(i));
        row.end();
    });
}

std::uint64_t StoredRows::count(const RowQuery& query) {
    if (query.texts && database_.dialect().orders_texts_loosely()) {
        std::uint64_t rows = 0;
        RowQuery only = query;
        only.columns = {};
        only.beside.reset();
        read(only, [&](auto) { ++rows; }, {});
        return rows;
    }
    Words words(database_);
    const auto sql = reading::count(query, words);
    if (!sql) return 0;
    const Answer answer = database_.session().run(*sql, words.params());
    return std::stoull(answer.rows.at(0).at(0).value_or("0"));
}

}  // namespace ringtail::relational
