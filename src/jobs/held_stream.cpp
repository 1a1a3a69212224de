#include "jobs/held_stream.hpp"

#include <fmt/core.h>

#include <utility>

namespace ringtail::jobs {

HeldStream::HeldStream(Destination& destination, std::string stream, std::string_view holder,
                       Logger& log)
    : destination_(destination), stream_(std::move(stream)), holder_(holder), log_(log) {
    renew();
}

HeldStream::~HeldStream() {
    try {
        destination_.streams().release(stream_, holder_);
    } catch (const std::exception& error) {
        log_.warning(fmt::format("{}: the lease runs out by itself: {}", stream_, error.what()));
    }
}

}  // namespace ringtail::jobs
