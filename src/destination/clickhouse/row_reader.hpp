#pragma once
#include "destination/clickhouse/server.hpp"
#include "destination/row_reader.hpp"

namespace ringtail::clickhouse {

// Reads a table page by page in the order of its key, as an answer is held whole: a page is some
// megabytes.
class StoredRows final : public ringtail::RowReader {
  public:
    explicit StoredRows(Server& server) : server_(server) {}
    void read(const RowQuery& query, const RowSink& sink, const std::stop_token& stop) override;
    std::uint64_t count(const RowQuery& query) override;

  private:
    Server& server_;
};

}  // namespace ringtail::clickhouse
