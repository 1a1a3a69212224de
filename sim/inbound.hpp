#pragma once
#include <cstdint>

#include "contact.hpp"

namespace ringtail::sim {

// When call `number` of the data set's `count` came in: spread over the days, in order.
std::int64_t inbound_time(const Shape& shape, std::uint32_t number, std::uint32_t count);

// The inbound call as inbound/calls/ delivers it, into an empty tree.
void write_inbound(const Writing& writing, std::uint32_t number, std::int64_t time, Tree& tree);

}  // namespace ringtail::sim
