#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "destination/reading/rows_text.hpp"
#include "destination/relational/relational.hpp"
#include "destination/row_reader.hpp"

namespace ringtail::relational {

// What the database says, and the parameters of one statement.
class Words final : public reading::Words {
  public:
    explicit Words(Database& database) : database_(database) {}
    std::optional<reading::TableThere> table(const Table& table) override;
    std::string value(const reading::Column& column, std::string text) override;
    std::string by_bytes(const std::string& name, const reading::Column& column,
                         const std::string& is, std::string text) override;
    std::string shown(const std::string& name, const reading::Column& column) override {
        return database_.dialect().shown(name, column);
    }
    const std::vector<Param>& params() const { return params_; }

  private:
    Database& database_;
    std::vector<Param> params_;
};

class StoredRows final : public ringtail::RowReader {
  public:
    explicit StoredRows(Database& database) : database_(database) {}
    void read(const RowQuery& query, const RowSink& sink, const std::stop_token& stop) override;
    std::uint64_t count(const RowQuery& query) override;

  private:
    void read_loosely(RowQuery query, const RowSink& sink, const std::stop_token& stop);
    void read_as_ordered(const RowQuery& query, const RowSink& sink, const std::stop_token& stop);

    Database& database_;
};

}  // namespace ringtail::relational
