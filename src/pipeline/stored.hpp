#pragma once
#include <string>
#include <string_view>

#include "destination/destination.hpp"
#include "pipeline/load_unit.hpp"
#include "source/source.hpp"

namespace ringtail {

// Answers a source's questions from the destination, on a connection of the fetching thread's own.
class StoredRows final : public Stored {
  public:
    StoredRows(Destination& destination, std::string stream,
               std::size_t bytes_per_load = LoadSize{}.bytes)
        : destination_(destination),
          stream_(std::move(stream)),
          waiting_bytes_(kMostUnits * bytes_per_load) {}

    std::vector<std::optional<std::string>> fingerprints(
        const Table& table, std::span<const std::string> keys) override {
        return destination_.fingerprints(table, keys);
    }
    std::vector<Recheck> rechecks(Instant until, std::size_t limit) override {
        return destination_.streams().rechecks(stream_, until, limit);
    }

    std::size_t waiting_bytes() const override { return waiting_bytes_; }

  private:
    Destination& destination_;
    std::string stream_;
    const std::size_t waiting_bytes_;
};

}  // namespace ringtail
