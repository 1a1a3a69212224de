#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "destination/postgres/connection.hpp"
#include "destination/retention.hpp"

namespace ringtail::postgres {

class OldRowsOf final : public ringtail::Retention {
  public:
    explicit OldRowsOf(Connection& connection) : connection_(connection) {}
    std::uint64_t count(const OldRows& rows) override;
    std::vector<std::string> keys(const OldRows& rows, std::size_t most) override;
    std::vector<std::string> children(const OldRows::Child& child,
                                      std::span<const std::string> parents) override;
    void forget_rejects(std::string_view table, std::span<const std::string> keys) override;
    std::string give_back(std::span<const OldRows> rows, const std::function<bool()>& go_on,
                          const std::stop_token& stop) override;

  private:
    Connection& connection_;
};

}  // namespace ringtail::postgres
