#include "control/database.hpp"

namespace ringtail::control {

std::int64_t micros(Instant at) { return at.time_since_epoch().count(); }
Instant from_micros(std::int64_t micros) { return Instant(std::chrono::microseconds(micros)); }

}  // namespace ringtail::control
