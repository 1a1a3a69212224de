#pragma once
#include <optional>
#include <string>

#include "destination/clickhouse/catalog.hpp"
#include "destination/clickhouse/server.hpp"
#include "destination/reading/rows_text.hpp"

namespace ringtail::clickhouse {

// What ClickHouse says: every value is a literal.
class Words final : public reading::Words {
  public:
    explicit Words(Server& server) : server_(server) {}
    std::optional<reading::TableThere> table(const Table& table) override;
    std::string value(const reading::Column& column, std::string text) override;
    std::string by_bytes(const std::string& name, const reading::Column& column,
                         const std::string& is, std::string text) override;
    std::string shown(const std::string& name, const reading::Column& column) override;

  private:
    Server& server_;
};

// "FROM … FINAL WHERE …": the newest version of each row that is not erased.
std::string from_current(const RowQuery& query, const reading::TableThere& there, Words& words);

// Lines for Server::query_with_keys().
std::string lines_of(std::span<const std::string> keys);

}  // namespace ringtail::clickhouse
