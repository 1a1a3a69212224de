#pragma once
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "model/load.hpp"

namespace ringtail {

// Loads of several streams in one transaction, for a destination whose commits cost more than small
// loads do. Errors as Destination's.
class JointLoads {
  public:
    virtual ~JointLoads() = default;
    // As StreamStore::hold() of each, and which of them it has: what somebody else has is left to
    // them.
    virtual std::vector<bool> hold(std::span<const std::string> streams,
                                   std::string_view holder) = 0;
    // As Destination::load() of each, in their order: all of them or none. No two of one stream.
    virtual std::vector<LoadStats> load(std::span<const Load> loads, std::stop_token stop) = 0;
    virtual void release(std::span<const std::string> streams, std::string_view holder) = 0;
};

}  // namespace ringtail
