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
    // A subquery beside another may be planned as a hash of the whole table for each read; this is
    // one look into its index for each row.
    std::string beside(const std::string& table, const std::string& its_key, const std::string& by,
                       const std::string& key) override;
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
