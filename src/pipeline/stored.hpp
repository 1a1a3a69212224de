#pragma once
#include <string>
#include <string_view>

#include "destination/destination.hpp"
#include "source/source.hpp"

namespace ringtail {

// Answers a source's questions from the destination, on a connection of the fetching thread's own.
class StoredRows final : public Stored {
  public:
    StoredRows(Destination& destination, std::string stream)
        : destination_(destination), stream_(std::move(stream)) {}

    std::vector<std::optional<std::string>> fingerprints(
        const Table& table, std::span<const std::string> keys) override {
        return destination_.fingerprints(table, keys);
    }
    std::vector<Recheck> rechecks(Instant until, std::size_t limit) override {
        return destination_.streams().rechecks(stream_, until, limit);
    }

  private:
    Destination& destination_;
    std::string stream_;
};

}  // namespace ringtail
