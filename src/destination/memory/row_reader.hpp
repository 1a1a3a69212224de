#pragma once
#include <memory>
#include <utility>

#include "destination/memory/memory.hpp"
#include "destination/row_reader.hpp"

namespace ringtail {

class MemoryRows final : public RowReader {
  public:
    explicit MemoryRows(std::shared_ptr<MemoryDatabase> database)
        : database_(std::move(database)) {}
    void read(const RowQuery& query, const RowSink& sink, const std::stop_token& stop) override;
    std::uint64_t count(const RowQuery& query) override;

  private:
    using Row = MemoryDatabase::Row;
    std::vector<Row> select(const RowQuery& query) const;

    const std::shared_ptr<MemoryDatabase> database_;
};

}  // namespace ringtail
