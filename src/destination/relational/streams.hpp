#pragma once
#include "destination/destination.hpp"
#include "destination/relational/relational.hpp"

namespace ringtail::relational {

class Streams final : public StreamStore {
  public:
    explicit Streams(Database& database) : database_(database) {}
    std::optional<Checkpoint> checkpoint(std::string_view stream) override;
    std::vector<Recheck> rechecks(std::string_view stream, Instant until,
                                  std::size_t limit) override;
    void hold(std::string_view stream, std::string_view holder) override;
    void release(std::string_view stream, std::string_view holder) override;

  private:
    Database& database_;
};

}  // namespace ringtail::relational
