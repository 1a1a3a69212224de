#include "destination/relational/lease.hpp"

#include <fmt/core.h>

#include "base/holder.hpp"

namespace ringtail::relational {

Error held_by(std::string_view stream, const Lease& lease) {
    return Error(Fault::config,
                 fmt::format(
                     "the stream {} is being loaded by {}; its lease runs out in {} s unless it "
                     "is renewed",
                     stream, describe_holder(lease.holder), lease.seconds_left))
        .with_hint(
            "Stop the other one first. If it is gone, start again when its lease has run out.");
}

void take_lease(std::string_view stream, const std::function<bool(const std::string& dead)>& take,
                const std::function<Lease()>& read) {
    if (take("")) return;
    const Lease lease = read();
    // Only if it is still the same one: another process may have found it dead too.
    if (is_dead(lease.holder) && take(lease.holder)) return;
    throw held_by(stream, lease);
}

void check_lease(std::string_view stream, std::string_view holder, const Lease& lease) {
    if (lease.holder == holder) return;
    if (!lease.holder.empty() && lease.seconds_left > 0) throw held_by(stream, lease);
    throw Error(Fault::transient,
                fmt::format("the lease of the stream {} was lost; nothing was stored", stream));
}

}  // namespace ringtail::relational
