#include "destination/postgres/row_reader.hpp"

#include <fmt/core.h>

#include <utility>

#include "destination/postgres/catalog.hpp"
#include "destination/reading/canonical_row.hpp"
#include "destination/relational/there.hpp"
#include "sql/postgres_text.hpp"

namespace ringtail::postgres {

std::optional<reading::TableThere> Words::table(const Table& table) {
    const auto stored = read_table(connection_, table.name);
    if (!stored) return std::nullopt;
    return relational::there_of(table, *stored, sql::postgres::name_rules(), sql::quote_identifier);
}

std::string Words::param(std::string text) {
    params_.emplace_back(std::move(text));
    return "$" + std::to_string(params_.size());
}

std::string Words::value(const reading::Column& /*column*/, std::string text) {
    return param(std::move(text));
}

std::string Words::by_bytes(const std::string& name, const reading::Column& /*column*/,
                            const std::string& is, std::string text) {
    return name + "::text COLLATE \"C\" " + is + " " + param(std::move(text));
}

std::string Words::beside(const std::string& table, const std::string& /*its_key*/,
                          const std::string& by, const std::string& key) {
    return fmt::format(" LEFT JOIN LATERAL (SELECT * FROM {} c WHERE c.{} = {} LIMIT 1) b ON true",
                       table, by, key);
}

void StoredRows::read(const RowQuery& query, const RowSink& sink, const std::stop_token& stop) {
    const PatienceScope patience(connection_, {.stop = stop});
    Words words(connection_);
    const auto sql = reading::select(query, words);
    if (!sql) return;
    reading::CanonicalRow row(query, sink, stop);
    connection_.each_row(*sql, words.params(), [&](const Rows& one) {
        for (int i = 0; i < static_cast<int>(row.width()); ++i) {
            if (one.is_null(0, i))
                row.add(std::nullopt);
            else
                row.add(one.text(0, i));
        }
        row.end();
    });
}

std::uint64_t StoredRows::count(const RowQuery& query) {
    connection_.set_patience({});
    Words words(connection_);
    const auto sql = reading::count(query, words);
    if (!sql) return 0;
    return static_cast<std::uint64_t>(connection_.run(*sql, words.params()).number(0, 0));
}

}  // namespace ringtail::postgres
