#pragma once
#include <span>

#include "destination/destination.hpp"
#include "destination/postgres/connection.hpp"

namespace ringtail::postgres {

class Streams final : public StreamStore {
  public:
    explicit Streams(Connection& connection) : connection_(connection) {}
    std::optional<Checkpoint> checkpoint(std::string_view stream) override;
    std::vector<Recheck> rechecks(std::string_view stream, Instant until,
                                  std::size_t limit) override;
    void hold(std::string_view stream, std::string_view holder) override;
    void release(std::string_view stream, std::string_view holder) override;

  private:
    Connection& connection_;
};

// Inside a load's transaction: step -1 forgets the key, any other is stored; of several for one key
// the last counts.
void store_rechecks(Connection& connection, std::string_view stream,
                    std::span<const Recheck> rechecks);

}  // namespace ringtail::postgres
