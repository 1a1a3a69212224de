#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "destination/destination.hpp"

namespace ringtail::control {

struct OutboxOptions {
    std::string path;
    std::string stream;
    // Above so many bytes no load is taken until deliveries have been made and forgotten.
    std::uint64_t max_bytes = 10ULL << 30U;
    std::function<void()> queued;  // called after a commit that queued something, from any thread
};

// An outbox as a destination for rows of dialfire::make_delivery_tables(): each transaction becomes
// a delivery in the load's own transaction, "new" when it is seen first, "updated" when its JSON is
// another one, nothing when it is the same.
std::unique_ptr<Destination> make_outbox_destination(OutboxOptions options);

}  // namespace ringtail::control
