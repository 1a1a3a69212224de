#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace ringtail::relational {

struct Lease {
    std::string holder;  // empty: nobody
    std::int64_t seconds_left = 0;
};

// Error(config): somebody else has the lease.
Error held_by(std::string_view stream, const Lease& lease);

// Takes the lease by `take(dead)`, which takes it where it is free, ours, run out or held by `dead`
// (empty: nobody) and says whether it did; `read` reads who has it. Throws held_by().
void take_lease(std::string_view stream, const std::function<bool(const std::string& dead)>& take,
                const std::function<Lease()>& read);

// For a lease that was locked for a load: nothing when it is `holder`'s, held_by() when it is
// somebody else's, Error(transient) when it is nobody's.
void check_lease(std::string_view stream, std::string_view holder, const Lease& lease);

}  // namespace ringtail::relational
