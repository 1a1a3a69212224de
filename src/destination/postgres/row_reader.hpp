#pragma once
#include <optional>
#include <string>
#include <vector>

#include "destination/postgres/connection.hpp"
#include "destination/reading/rows_text.hpp"
#include "destination/row_reader.hpp"

namespace ringtail::postgres {

// What PostgreSQL says, and the parameters of one statement.
class Words final : public reading::Words {
  public:
    explicit Words(Connection& connection) : connection_(connection) {}
    std::optional<reading::TableThere> table(const Table& table) override;
    std::string value(const reading::Column& column, std::string text) override;
    std::string by_bytes(const std::string& name, const reading::Column& column,
                         const std::string& is, std::string text) override;
    // Not all types of keys have a MIN().
    std::string one_of(const std::string& what, const std::string& from) override {
        return "SELECT " + what + " " + from + " LIMIT 1";
    }
    const std::vector<Param>& params() const { return params_; }

  private:
    std::string param(std::string text);

    Connection& connection_;
    std::vector<Param> params_;
};

class StoredRows final : public ringtail::RowReader {
  public:
    explicit StoredRows(Connection& connection) : connection_(connection) {}
    void read(const RowQuery& query, const RowSink& sink, const std::stop_token& stop) override;
    std::uint64_t count(const RowQuery& query) override;

  private:
    Connection& connection_;
};

}  // namespace ringtail::postgres
