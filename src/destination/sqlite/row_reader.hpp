#pragma once
#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "destination/reading/rows_text.hpp"
#include "destination/row_reader.hpp"
#include "sqlite/connection.hpp"

// RowReader's questions on one connection.
namespace ringtail {

// What SQLite says, and what its statement's parameters are.
class SqliteWords final : public reading::Words {
  public:
    explicit SqliteWords(sqlite::Connection& db) : db_(db) {}
    std::optional<reading::TableThere> table(const Table& table) override;
    std::string value(const reading::Column& column, std::string text) override;
    std::string by_bytes(const std::string& name, const reading::Column& column,
                         const std::string& is, std::string text) override;
    // The statement with the parameters bound, which must outlive it.
    sqlite::Statement prepare(const std::string& sql, const std::string& doing) const;

  private:
    sqlite::Connection& db_;
    std::vector<std::string> params_;
};

void read_rows(sqlite::Connection& db, const RowQuery& query, const RowSink& sink,
               const std::stop_token& stop);
std::uint64_t count_rows(sqlite::Connection& db, const RowQuery& query);

}  // namespace ringtail
