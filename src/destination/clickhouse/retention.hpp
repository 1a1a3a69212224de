#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "destination/clickhouse/server.hpp"
#include "destination/retention.hpp"

namespace ringtail::clickhouse {

// Erased rows are marked first, as by every load, and leave the disk by give_back().
class OldRowsOf final : public ringtail::Retention {
  public:
    explicit OldRowsOf(Server& server) : server_(server) {}
    std::uint64_t count(const OldRows& rows) override;
    std::vector<std::string> keys(const OldRows& rows, std::size_t most) override;
    std::vector<std::string> children(const OldRows::Child& child,
                                      std::span<const std::string> parents) override;
    void forget_rejects(std::string_view table, std::span<const std::string> keys) override;
    std::string give_back(std::span<const OldRows> rows, const std::function<bool()>& go_on,
                          const std::stop_token& stop) override;

  private:
    Server& server_;
};

}  // namespace ringtail::clickhouse
